"""Which change has which consequence, found from a real change and not from a plan that a test wrote."""

from __future__ import annotations

import pytest

from tests.project import Project

DEV = "environments/dev/environment.yaml"
CALL = "environments/dev/apps/video-call.yaml"
IDLE = "/recording/settings/maxIdleTime"


def findings(project: Project, name: str = "video-call") -> list[tuple[str, str, str]]:
    (app,) = project.json("plan", f"dev/{name}")["applications"]
    return [(found["id"], found["severity"], found["message"]) for found in app["findings"]]


def ids(project: Project, name: str = "video-call") -> list[tuple[str, str]]:
    return [(found, severity) for found, severity, _ in findings(project, name)]


def idle(project: Project, value: str) -> None:
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", f"maxIdleTime: {value}")


@pytest.fixture
def applied(project: Project) -> Project:
    idle(project, "10s")
    assert project.run("apply", "--yes", "dev").code == 0
    return project


def test_a_shorter_idle_time(applied: Project) -> None:
    applied.edit("templates/call/v1.yaml", "maxIdleTime: 10s", "maxIdleTime: 9s")
    ((name, severity, message),) = findings(applied)
    assert (name, severity) == ("shorter-idle-time", "medium")
    assert "9s" in message
    assert "10s" in message


def test_a_longer_idle_time_is_no_risk(applied: Project) -> None:
    applied.edit("templates/call/v1.yaml", "maxIdleTime: 10s", "maxIdleTime: 11s")
    assert findings(applied) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("7d", "6d", [("shorter-retention", "medium")]),
        ("7d", "8d", []),
        ("7d", "forever", []),
        ("forever", "3650d", [("shorter-retention", "medium")]),
    ],
)
def test_a_shorter_retention(project: Project, before: str, after: str, found: list[tuple[str, str]]) -> None:
    if before != "7d":
        project.edit(DEV, "retention: 7d", f"retention: {before}")
    project.run("apply", "--yes", "dev")
    project.edit(DEV, f"retention: {before}", f"retention: {after}")
    assert [entry for entry in ids(project) if entry[0].startswith("shorter")] == found


def test_another_account_of_the_same_vendor_is_a_moved_storage(applied: Project) -> None:
    applied.edit(DEV, "subAppId: 1500000010", "subAppId: 1500000019")
    ((name, severity, message),) = findings(applied)
    assert (name, severity) == ("storage-moved", "medium")
    assert "1500000019" in message
    assert "1500000010" in message


def test_another_vendor_is_a_moved_storage_and_told_once(applied: Project) -> None:
    text = (applied.root / DEV).read_text()
    begin = text.index("storage:")
    block = text[begin : text.index("}}", begin) + 2]
    keys = "accessKeyRef: env:A, secretKeyRef: env:B"
    cos = f"storage: {{vendor: cos, cos: {{bucket: rec-1250000000, region: ap-singapore, {keys}}}}}"
    applied.edit(DEV, block, cos)
    assert ids(applied).count(("storage-moved", "medium")) == 1


def test_a_first_storage_has_not_moved(project: Project) -> None:
    assert "storage-moved" not in [name for name, _ in ids(project)]


def test_manual_recording_that_becomes_automatic_starts_and_does_not_enable(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.edit("environments/dev/apps/support-desk.yaml", "mode: manual", "mode: auto")
    found = [name for name, _ in ids(project, "support-desk")]
    assert "start-recording" in found
    assert "enabled-for-good" not in found


def test_only_new_type_recording_is_enabled_for_good(project: Project) -> None:
    project.edit("environments/dev/embedded.yaml", "{sdkAppId: 20001002}", "{sdkAppId: 20001002, generation: old}")
    assert {name for name, _ in ids(project)} >= {"start-recording", "enabled-for-good"}
    old = {name for name, _ in ids(project, "classroom")}
    assert "start-recording" in old
    assert "enabled-for-good" not in old
