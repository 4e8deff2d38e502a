"""A repository that `provisioner init` wrote, brought up by the real engine: the plugin is found on the path."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from provisioner.cli.main import run
from tests.engine.stack import needs_pulumi
from tests.project import Project


@needs_pulumi
def test_up_imports_and_writes_what_a_plan_shows(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path)]) == 0
    (tmp_path / ".venv").symlink_to(sys.prefix)
    path = f"{tmp_path}/.venv/bin{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    ran = subprocess.run(
        [sys.executable, "-m", "provisioner.provider.local_run", "up", "dev"],
        cwd=tmp_path,
        env={**kept, "PATH": path, "PULUMI_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "= 1 imported" in ran.stdout
    account = Project(tmp_path).console("dev").application(20000001)
    assert account.mode == "auto"
