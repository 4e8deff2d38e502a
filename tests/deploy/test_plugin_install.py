"""The installed plugin under the real engine, in projects that have never seen this checkout."""

from __future__ import annotations

from tests.deploy.conftest import Clean, Installed
from tests.engine.stack import needs_pulumi
from tests.project import Project

pytestmark = needs_pulumi

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
