"""The README's tour does what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.project import Project

Steps = list[tuple[str, list[str]]]
"""Commands, each with the lines that its output must hold."""


def steps_of(page: str) -> Steps:
    """The commands of a page's console blocks."""
    steps: Steps = []
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return steps


def follow(steps: Steps, folder: Path) -> None:
    """Run each command, and look for the lines it is said to print; `…` stands for anything."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command, expected in steps:
        ran = subprocess.run(
            ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        shown = (ran.stdout + ran.stderr).splitlines()
        for line in expected:
            pattern = re.escape(line).replace("…", ".*")
            assert any(re.fullmatch(pattern, seen) for seen in shown), f"{command} does not print: {line}\n{shown}"


def test_every_command_of_the_tour_prints_what_the_readme_shows(project: Project) -> None:
    tour = (ROOT / "README.md").read_text("utf-8").split("## Five-minute tour")[1].split("\n## ")[0]
    steps = steps_of(tour)
    assert len(steps) >= 10
    follow(steps, project.root)
