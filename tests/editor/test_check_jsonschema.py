"""The JSON Schemas in check-jsonschema, which runs in pre-commit hooks and CI."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.specs.discovery import spec_files
from tests.conftest import ROOT
from tests.project import Project

SCHEMAS = ROOT / "provisioner/specs/schema"


def check(schema: str, *files: Path | str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--output-format", "json"]
    return subprocess.run(
        [*command, "--schemafile", str(SCHEMAS / f"{schema}.json"), *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("kind", ["application", "environment", "template", "embedded"])
def test_shipped_files_fit_their_schema(kind: str) -> None:
    files = [ROOT / file.path for file in spec_files(ROOT) if file.kind == kind]
    assert len(files) >= 2
    ran = check(kind, *files)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_wrong_file_is_refused_with_the_path_of_each_fault(project: Project) -> None:
    call = "environments/dev/apps/video-call.yaml"
    project.edit(call, "mode: auto", "mode: automatic")
    project.edit(call, "sdkAppId: 20001001", "sdkAppId: '20001001'")
    ran = check("application", project.root / call)
    assert ran.returncode == 1
    errors = json.loads(ran.stdout)["errors"]
    assert {error["path"] for error in errors} == {"$.recording.mode", "$.sdkAppId"}


def test_what_render_writes_fits_the_effective_schema(project: Project) -> None:
    for form in ("yaml", "json"):
        project.write(f"effective.{form}", project.run("render", "prod/classroom", "--format", form).out)
        assert check("effective", project.root / f"effective.{form}").returncode == 0


def test_the_schemas_are_schemas() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--check-metaschema"]
    ran = subprocess.run([*command, *sorted(SCHEMAS.glob("*.json"))], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
