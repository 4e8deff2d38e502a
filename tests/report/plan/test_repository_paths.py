"""In a monorepo every path that a forge reads begins at the repository's root; what people read at home does not."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from provisioner.report.plan.formats import formats_of
from tests.project import Project

CALL = "environments/prod/apps/video-call.yaml"
BELOW = "infra/rec/"


@pytest.fixture
def monorepo(project: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The shipped specs in `infra/rec` of a repository, with a sealed plan."""
    root = tmp_path_factory.mktemp("monorepo")
    shutil.copytree(project.root, root / BELOW)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    monkeypatch.chdir(root / BELOW)
    moved = Project(root / BELOW)
    assert moved.run("plan", "prod", "--out", "plan.json").code == 0
    return moved


@pytest.mark.parametrize("form", [name for name, form in formats_of("report").items() if form.for_forges])
def test_a_plan_for_a_forge(monorepo: Project, form: str) -> None:
    shown = monorepo.run("report", "plan.json", "--format", form).out
    paths = shown.count("environments/prod/") + shown.count("templates/call/")
    assert bool(paths) is (form not in ("json", "terraform"))  # which name fields and counts, no lines
    assert paths == shown.count(f"{BELOW}environments/prod/") + shown.count(f"{BELOW}templates/call/")


def test_findings_for_a_forge(monorepo: Project) -> None:
    monorepo.edit(CALL, "mode: auto", "mode: Auto")
    assert f"file={BELOW}{CALL},line=" in monorepo.run("validate", "--format", "github").out
    document = json.loads(monorepo.run("validate", "--format", "sarif").out)
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in document["runs"][0]["results"]
    }
    assert f"{BELOW}{CALL}" in uris
    assert f"\n{CALL}:" in f"\n{monorepo.run('validate').out}"
    assert BELOW not in monorepo.run("validate", "--format", "json").out


def test_an_environments_own_finding_stands_at_the_head_of_its_file(monorepo: Project) -> None:
    """Code Quality knows no finding without a place."""
    plan = json.loads((monorepo.root / "plan.json").read_text("utf-8"))
    finding = {"id": "X", "severity": "high", "message": "m", "origin": None, "path": "", "source": "plan"}
    plan["findings"] = [{**finding, "irreversible": False, "acknowledged": None}]
    monorepo.write("odd.json", json.dumps({name: value for name, value in plan.items() if name != "seal"}))
    ran = monorepo.run("report", "odd.json", "--format", "codequality")
    assert f"{BELOW}environments/prod/environment.yaml" in [issue["location"]["path"] for issue in json.loads(ran.out)]


def test_the_text_of_a_pull_request(monorepo: Project) -> None:
    monorepo.edit("environments/dev/apps/video-call.yaml", "mode: auto", "mode: manual")
    told = monorepo.json("promote", "dev", "prod", "--dry-run")
    assert f"Recorded in `{BELOW}environments/prod/promotions/" in told["pullRequest"]["body"]


def test_another_folder_can_be_named(monorepo: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    root: Path = monorepo.root.parents[1]
    monkeypatch.chdir(root)
    assert monorepo.run("validate").code == 1
    ran = monorepo.run("-C", BELOW, "report", "plan.json", "--format", "github")
    assert ran.code == 0
    assert f"file={BELOW}" in ran.out
    monkeypatch.chdir(root)
    assert monorepo.run("-C", "nowhere", "validate").code == 1
