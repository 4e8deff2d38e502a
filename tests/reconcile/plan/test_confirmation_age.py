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
    assert "provisioner attest prod/APP" in told.words
    assert prod.run("drift", "prod/classroom", "--exit-code").code == 0
    assert "confirmation ends 20" in prod.run("status", "prod/classroom", "--differs").out
    assert ages(prod) == {"video-call": None, "classroom": "REC095", "support-desk": "nobody looked"}


def ages(project: Project) -> dict[str, str | None]:
    """What status says of each application's confirmation."""
    (environment,) = project.json("status", "prod")["environments"]
    held = {name: app["confirmation"] for name, app in environment["applications"].items()}
    return {name: one["finding"] if one else "nobody looked" for name, one in held.items()}


def test_of_many_it_is_told_once(prod: Project) -> None:
    prod.run("attest", "prod/classroom", "prod/video-call", "--yes", "--who", "Ada", "--expires", "13d")
    assert prod.run("drift", "prod").words.count("look again before") == 1
    assert "classroom, video-call: What Ada confirmed counts until" in prod.run("drift", "prod").words


def test_once_it_has_ended_it_counts_like_drift(prod: Project) -> None:
    prod.run("attest", "prod/classroom", "--yes", "--who", "Ada", "--expires", "1s")
    import time

    time.sleep(1.1)
    assert found(prod, "prod")["classroom"] == ["REC096"]
    ran = prod.run("drift", "prod/classroom", "--exit-code")
    assert ran.code == 2
    assert "what was confirmed of 1 counts no longer" in ran.words
    assert ran.words.count("What Ada confirmed counted until") == 1
    assert ages(prod)["classroom"] == "REC096"
    assert "confirmation ended 20" in prod.run("status", "prod").out
    # The alert on it goes on: what has ended is in the past, not gone.
    for command in ("drift", "status"):
        lapses = prod.run(command, "prod", "--metrics", "-").out
        assert 'trtc_recording_observation_lapses_timestamp_seconds{application="classroom"' in lapses
