"""The installed plugin under the real engine, in projects that have never seen this checkout."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from provisioner.simulator import Account, ConsoleServer, ConsoleState, SeedApplication
from tests.deploy.conftest import Clean, Installed
from tests.engine.stack import needs_pulumi
from tests.project import Project

pytestmark = needs_pulumi

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """\
name: calls
runtime: {{name: python, options: {{toolchain: pip, virtualenv: {venv}}}}}
stackConfigDir: environments
options: {{refresh: always}}
"""
PROGRAM = """\
from provisioner.api import pulumi_program

pulumi_program()
"""
STACK = ("--stack", "dev")


def test_a_repository_of_specs_comes_up(installed: Installed, clean: Clean, project: Project) -> None:
    project.write("Pulumi.yaml", PROJECT.format(venv=clean.root))
    project.write("__main__.py", PROGRAM)
    installed.run("stack", "init", *STACK)
    assert "2 updated" in installed.run("up", "--yes", "--skip-preview", *STACK)
    # The engine's default providers are of no use here, so a team may forbid them.
    installed.run("config", "set", "--path", "pulumi:disable-default-providers[0]", "*", *STACK)
    assert "5 unchanged" in installed.run("preview", "--expect-no-changes", *STACK)
    with project.console("dev") as console:
        assert console.accepted_writes() > 0


def test_the_operators_program_comes_up_in_an_empty_folder(
    installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, _ = yaml.safe_load_all((ROOT / "deploy/operator/program.yaml").read_text("utf-8"))
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    account = Account("AKIDprogram", "key-of-the-program", "100000000001")
    with ConsoleState(tmp_path / "console.sqlite") as state:
        state.seed([SeedApplication(20001002, "classroom", "new")])
        with ConsoleServer(state, [account]) as server:
            resources = program["program"]["resources"]
            resources["trtc"]["properties"]["console"]["endpoint"] = f"http://{server.endpoint}"
            project = {"name": "classroom", "runtime": "yaml", **program["program"]}
            (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project), "utf-8")
            keys = {"TENCENTCLOUD_SECRET_ID": account.secret_id, "TENCENTCLOUD_SECRET_KEY": account.secret_key}
            installed.run("stack", "init", *STACK)
            assert "3 created" in installed.run("up", "--yes", "--skip-preview", *STACK, **keys)
            assert "3 unchanged" in installed.run("preview", "--expect-no-changes", *STACK, **keys)
            state.edit(20001002, template={**(state.application(20001002).template or {}), "MaxIdleTime": 60})
            assert "1 to update" in installed.run("preview", "--refresh", *STACK, **keys)  # as the operator does
            installed.run("up", "--yes", "--skip-preview", "--refresh", *STACK, **keys)
        recorded = state.application(20001002)
    assert recorded.template is not None
    assert recorded.template["MaxIdleTime"] == 30
