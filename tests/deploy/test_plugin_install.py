"""The plugin as other people get it: a tarball, the real engine, and a project that has never seen this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy import dist
from provisioner import __version__
from provisioner.provider.local_run import pulumi_environment
from tests.deploy.conftest import Clean
from tests.engine.stack import needs_pulumi
from tests.project import Project

pytestmark = needs_pulumi
PULUMI = shutil.which("pulumi") or "pulumi"

PROJECT = """\
name: calls
runtime: {{name: python, options: {{toolchain: pip, virtualenv: {venv}}}}}
stackConfigDir: environments
options: {{refresh: always}}
"""
PROGRAM = """\
from provisioner.provider.program import main

main()
"""


@pytest.fixture(scope="module")
def installed(release: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of commands whose PULUMI_HOME holds the plugin, its libraries from the package registry."""
    home = tmp_path_factory.mktemp("installed")
    caller = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "TENCENTCLOUD_"))}
    environment = pulumi_environment(
        caller
        | {
            "PULUMI_HOME": str(home / "home"),
            "PULUMI_BACKEND_URL": home.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "dev",  # what the committed salt was made with
            "PIP_NO_COMPILE": "1",
            "NO_COLOR": "1",
        },
        Path(PULUMI),
    )
    tarball = release / f"{dist.PLUGIN}-linux-amd64.tar.gz"
    install = [PULUMI, "plugin", "install", "resource", "trtc", __version__, "--file", str(tarball)]
    ran = subprocess.run(install, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return environment


def test_a_project_of_its_own_comes_up_with_the_installed_plugin(
    installed: dict[str, str], clean: Clean, project: Project
) -> None:
    project.write("Pulumi.yaml", PROJECT.format(venv=clean.root))
    project.write("__main__.py", PROGRAM)

    def pulumi(*command: str) -> str:
        ran = subprocess.run(
            [PULUMI, *command, "--stack", "dev", "--non-interactive"],
            env=installed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    pulumi("stack", "init")
    assert "2 updated" in pulumi("up", "--yes", "--skip-preview")
    # The engine's default providers are of no use here, so a team may forbid them.
    pulumi("config", "set", "--path", "pulumi:disable-default-providers[0]", "*")
    assert "5 unchanged" in pulumi("preview", "--expect-no-changes")
    with project.console("dev") as console:
        assert console.accepted_writes() > 0
