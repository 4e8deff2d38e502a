"""A confirmation is a finding before it ends, and counts like drift once it has."""

from __future__ import annotations

import pytest

from tests.project import Project


@pytest.fixture
def prod(project: Project) -> Project:
    project.edit("environments/prod/environment.yaml", "console: {driver: embedded}", "console: {driver: runbook}")
    for name in ("video-call", "classroom"):
        assert project.run("attest", f"prod/{name}", "--yes", "--who", "Ada", "--expires", "60d").code == 0
    return project


def found(project: Project, *arguments: str) -> dict[str, list[str]]:
    plan = project.json("plan", *arguments)
    ours = {"REC095", "REC096"}
    return {app["name"]: [one["id"] for one in app["findings"] if one["id"] in ours] for app in plan["applications"]}


def test_what_counts_on_is_no_finding(prod: Project) -> None:
    assert found(prod, "prod") == {"video-call": [], "classroom": [], "support-desk": []}


def test_two_weeks_before_it_ends_it_is_one(prod: Project) -> None:
    prod.run("attest", "prod/classroom", "--yes", "--who", "Ada", "--expires", "13d")
    assert found(prod, "prod")["classroom"] == ["REC095"]
    told = prod.run("drift", "prod")
    assert "classroom: What Ada confirmed counts until" in told.words
    assert "provisioner attest prod/classroom" in told.words
    assert prod.run("drift", "prod/classroom", "--exit-code").code == 0


def test_once_it_has_ended_it_counts_like_drift(prod: Project) -> None:
    prod.run("attest", "prod/classroom", "--yes", "--who", "Ada", "--expires", "1s")
    import time

    time.sleep(1.1)
    assert found(prod, "prod")["classroom"] == ["REC096"]
    ran = prod.run("drift", "prod/classroom", "--exit-code")
    assert ran.code == 2
    assert "what was confirmed of 1 counts no longer" in ran.words
    assert "What Ada confirmed counted until" in ran.words
