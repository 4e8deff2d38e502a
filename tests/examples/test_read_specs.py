"""The first example reads specs, and tells of broken ones."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT
from tests.project import Project


def run(project: Project) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "examples/01-read-specs/example.py"), "dev"]
    return subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)


def test_it_tells_what_is_recorded_and_by_which_line(project: Project) -> None:
    ran = run(project)
    assert ran.returncode == 0, ran.stderr
    assert (
        "20001002 classroom: recorded automatically, from classroom@v1 (environments/dev/apps/classroom.yaml:9:9)"
        in (ran.stdout.splitlines())
    )
    assert any("support-desk: recorded by its backend" in line for line in ran.stdout.splitlines())


def test_it_tells_every_error(project: Project) -> None:
    project.edit("environments/dev/apps/classroom.yaml", "mode: auto", "mode: always")
    ran = run(project)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("environments/dev/apps/classroom.yaml:9:9: REC0")
