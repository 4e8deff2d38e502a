"""The scripts for three shells."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from provisioner.cli.completion_words import FILES
from provisioner.cli.main import COMPLETING
from tests.project import Project


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_the_shells_own(project: Project, shell: str) -> None:
    ran = project.run("completion", shell)
    assert ran.code == 0
    assert f"{COMPLETING}=1" in ran.out
    assert FILES in ran.out
    if program := shutil.which(shell):
        assert subprocess.run([program, "-n"], input=ran.out, text=True, check=False).returncode == 0


def test_help_of_a_command_is_its_own(project: Project) -> None:
    assert project.run("help", "console", "edit").out == project.run("console", "edit", "--help").out
    assert project.run("help").out.splitlines()[0] == "Usage: provisioner [OPTIONS] COMMAND [ARGS]..."
    assert 'no command "pln" (did you mean "plan"?)' in project.run("help", "pln").err
