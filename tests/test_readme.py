"""The README's tour does what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.project import Project


def tour() -> list[tuple[str, list[str]]]:
    """Commands of the tour's console blocks, each with the lines that its output must hold."""
    section = (ROOT / "README.md").read_text("utf-8").split("## Five-minute tour")[1].split("\n## ")[0]
    steps: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return steps


def test_every_command_of_the_tour_prints_what_the_readme_shows(project: Project) -> None:
    steps = tour()
    assert len(steps) >= 10
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command, expected in steps:
        ran = subprocess.run(
            ["sh", "-c", command], cwd=project.root, env=environment, capture_output=True, text=True, check=False
        )
        shown = (ran.stdout + ran.stderr).splitlines()
        for line in expected:
            pattern = re.escape(line).replace("…", ".*")
            assert any(re.fullmatch(pattern, seen) for seen in shown), f"{command} does not print: {line}\n{shown}"
