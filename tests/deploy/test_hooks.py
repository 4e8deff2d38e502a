"""The hooks that other repositories take from this one, run by pre-commit in a repository of specs.

No package index is asked: pip builds and installs our package alone, and finds the libraries by path.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

from tests.project import Project

ROOT = Path(__file__).resolve().parents[2]
CALL = "environments/dev/apps/video-call.yaml"


@pytest.fixture
def repository(project: Project) -> Project:
    """A Git repository with the shipped specs and its own copy of the schemas."""
    project.run("schema", "schemas")
    _git(project, "init", "--quiet")
    _git(project, "add", ".")
    return project


def _git(project: Project, *command: str) -> None:
    subprocess.run(["git", *command], cwd=project.root, check=True)


@pytest.mark.parametrize(
    ("hook", "file", "starts"),
    [
        ("validate", "environments/prod/environment.yaml", True),
        ("validate", "infra/rec/environments/prod/apps/x.yaml", True),
        ("validate", "live streaming/templates/call/v1.yaml", True),
        ("validate", "CODEOWNERS", True),
        ("validate", ".github/CODEOWNERS", True),
        ("validate", ".gitlab/CODEOWNERS", True),
        ("validate", "docs/CODEOWNERS", True),
        ("validate", "infra/CODEOWNERS", False),  # no forge reads it
        ("validate", "myenvironments/x.yaml", False),
        ("schemas", "infra/rec/schemas/application.json", True),
        ("schemas", "myschemas/application.json", False),
        ("schemas", ".pre-commit-config.yaml", True),
    ],
)
def test_a_hook_starts_for_its_files_in_any_folder(hook: str, file: str, starts: bool) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (pattern,) = (each["files"] for each in hooks if each["id"] == f"trtc-recording-{hook}")
    assert bool(re.search(pattern, file)) is starts


def test_a_wrong_spec_and_an_old_schema_stop_a_commit(
    repository: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    current = (repository.root / "schemas/application.json").read_bytes()
    repository.edit(CALL, "mode: auto ", "mode: Auto ")
    repository.write("schemas/application.json", "{}\n")
    _git(repository, "add", ".")
    environment = os.environ | {
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "PIP_NO_BUILD_ISOLATION": "0",  # that is: no isolation
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", ROOT, "--all-files", "--color", "never"],
        cwd=repository.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    schemas, specs = re.split(r"^recording specs\.+", ran.stdout, flags=re.MULTILINE)
    assert "- files were modified by this hook" in schemas
    assert (repository.root / "schemas/application.json").read_bytes() == current
    assert f"{CALL}:9:9: REC011 recording.mode takes one of auto, manual" in specs, specs
