"""The ladder at a glance."""

from __future__ import annotations

import shutil

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.simulator import SeedApplication
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


def many(project: Project, count: int, environment: str = "dev") -> None:
    text = (project.root / f"environments/{environment}/apps/support-desk.yaml").read_text("utf-8")
    seeds = []
    for number in range(count):
        name, sdk_app_id = f"desk-{number:03}", 20002000 + number
        copy = text.replace("name: support-desk", f"name: {name}").replace("20001003", str(sdk_app_id))
        project.write(f"environments/{environment}/apps/{name}.yaml", copy)
        seeds.append(SeedApplication(sdk_app_id, name, "new", enabled=True))
    project.run("plan", environment)
    project.console(environment).seed(seeds)


def test_many_applications_fit_two_screens(project: Project, time: Time) -> None:
    many(project, 60)
    for number in range(0, 60, 2):  # thirty of which there is something else to know of each
        project.edit(
            f"environments/dev/apps/desk-{number:03}.yaml",
            "owner:",
            f"hold: {{reason: r{number}, since: 2026-01-30}}\nowner:",
        )
    shown = project.run("status", "dev").out
    assert len(shown.splitlines()) <= 50
    assert "applications more: choose by ENV/PATTERN, --owner, --differs; or --verbose" in shown
    every = project.run("status", "dev", "--verbose").out
    assert all(f"\ndesk-{number:03}" in every for number in range(60))


def test_applications_are_chosen_by_pattern_owner_and_whether_they_differ(project: Project, time: Time) -> None:
    project.run("apply", "dev", "--yes")

    def rows(*arguments: str) -> list[str]:
        (column,) = project.json("status", *arguments)["environments"]
        return sorted(column["applications"])

    assert rows("dev/*-*") == ["support-desk", "video-call"]
    assert rows("dev", "--owner", "@acme/support") == ["support-desk"]
    assert rows("dev", "--differs") == []
    console = project.console("dev")
    template = console.application(20001001).template or {}
    console.edit(20001001, template={**template, "MaxIdleTime": 300})
    assert rows("dev", "--differs") == ["video-call"]
