"""The ladder at a glance."""

from __future__ import annotations

import shutil

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.project import Project
from tests.promotion.support import CALL, PROD, PROD_CALL, PROD_ROOM, Time, promoted, settings, stand_still


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return stand_still(monkeypatch)


def test_what_runs_where_and_what_keeps_it_from_the_next_step(
    project: Project, time: Time, snapshot: SnapshotAssertion
) -> None:
    project.edit(PROD, "site:", "gates: {soak: 24h}\nsite:")
    settings(project, CALL, "maxIdleTime: 20s")
    for environment in ("dev", "prod"):
        project.run("apply", environment, "--yes")
    time.wait(hours=3)
    project.edit(PROD_ROOM, "owner:", "hold: {reason: exams until March, since: 2026-01-30}\nowner:")
    bypass = ("--bypass", "soak", "--reason", "Incident", "--expires", "2026-01-31")
    assert promoted(project, "dev", "prod", "--app", "video-call", *bypass).code == 0
    text = project.run("status").out
    assert max(map(len, text.splitlines())) <= 80
    assert text == snapshot
    assert project.run("status", "--format", "markdown").out == snapshot
    dev, prod = project.json("status")["environments"]
    assert dev["applications"]["video-call"]["soakLeft"] == {"prod": 21 * 3600 - 1}
    assert prod["applications"]["video-call"]["differs"] == 1
    assert prod["applications"]["classroom"]["held"] == {"reason": "exams until March", "since": "2026-01-30"}
    assert prod["unmanaged"] == ["webinar-trial"]


def test_renamed_applications_share_a_row_and_a_lonely_one_has_a_gap(project: Project, time: Time) -> None:
    shutil.move(project.root / PROD_CALL, project.root / "environments/prod/apps/calls.yaml")
    project.edit("environments/prod/apps/calls.yaml", "name: video-call ", "name: calls\naliases: [video-call] ")
    (project.root / "environments/prod/apps/support-desk.yaml").unlink()
    lines = project.run("status").out.splitlines()
    (row,) = [line for line in lines if line.startswith("calls ")]
    assert row.count("HIGH not-recording") == 2
    assert lines[lines.index(row) + 1].count("call@v1 auto") == 2
    (row,) = [line for line in lines if line.startswith("support-desk ")]
    assert row.endswith(" -")


def test_a_console_that_cannot_be_read_is_told_and_the_rest_is_shown(project: Project, time: Time) -> None:
    project.edit(PROD, "{driver: embedded}", "{driver: tencent}")
    ran = project.run("status")
    assert ran.code == 0
    assert "console not readable" in ran.out
    assert "cannot be listed" in ran.out
    assert [line for line in ran.out.splitlines() if line.startswith("prod: ")]


def test_only_named_environments_are_looked_at(project: Project, time: Time) -> None:
    assert [env["name"] for env in project.json("status", "dev")["environments"]] == ["dev"]
