"""`provisioner drift`: what the console does now comes first, then the repair; what weighs enough to fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.project import Project

CALL, DESK = 20001001, 20001003
FILE = "environments/dev/apps/video-call.yaml"


@pytest.fixture
def applied(project: Project) -> Project:
    assert project.run("apply", "dev", "--yes").code == 0
    return project


def states(document: Any) -> dict[str, list[tuple[str, str]]]:
    return {
        app["name"]: [(found["id"], found["severity"]) for found in app["present"]]
        for app in document["applications"]
        if app["present"]
    }


def idle(project: Project, seconds: int) -> None:
    template = project.console("dev").application(CALL).template
    assert template is not None
    project.console("dev").edit(CALL, template={**template, "MaxIdleTime": seconds})


def test_an_outage_leads_and_its_repair_follows(applied: Project) -> None:
    applied.console("dev").edit(CALL, mode="manual")
    told = applied.run("drift", "dev").out
    order = ["dev/video-call is NOT being recorded; as specified until at", "HIGH not-recording", "Applying the specs:"]
    places = [told.index(words) for words in [*order, "MEDIUM start-recording", "~ recording.mode"]]
    assert places == sorted(places)
    assert max(map(len, told.splitlines())) <= 80


def test_whose_cause_is_drift_is_said_so_and_counted(applied: Project) -> None:
    applied.console("dev").edit(CALL, mode="manual")
    document = applied.json("drift", "dev")
    assert states(document) == {"video-call": [("not-recording", "high")]}
    (app,) = (app for app in document["applications"] if app["changes"])
    assert [change["causes"] for change in app["changes"]] == [["drift"]]
    markdown = applied.run("drift", "dev", "--format", "markdown").out
    (counts,) = (line for line in markdown.splitlines() if line.startswith("| `dev`"))
    assert [cell.strip() for cell in counts.split("|")[3:7]] == ["1", "2", "0", "1"]
    assert "### Console drift\n" in markdown
    assert "Causes are unknown" not in markdown


@pytest.mark.parametrize(
    ("seconds", "mode", "codes"),
    [
        (5, "auto", {"high": 0, "medium": 0, "low": 0}),
        (300, "auto", {"high": 0, "medium": 0, "low": 2}),
        (300, "manual", {"high": 2, "medium": 2, "low": 2}),
    ],
)
def test_what_weighs_enough_to_fail(applied: Project, seconds: int, mode: str, codes: dict[str, int]) -> None:
    idle(applied, seconds)
    applied.console("dev").edit(CALL, mode=mode)
    assert {weight: applied.run("drift", "dev", "--fail-on", weight).code for weight in codes} == codes
    assert applied.run("drift", "dev", "--exit-code").code == (2 if codes["low"] else 0)
    assert applied.run("drift", "dev").code == 0


def test_what_cannot_be_verified_fails_whatever_it_weighs(applied: Project) -> None:
    applied.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    assert applied.run("drift", "dev", "--fail-on", "high").code == 4


def test_a_change_that_is_reviewed_is_no_outage(applied: Project) -> None:
    applied.commit()
    applied.edit(FILE, "mode: auto", "mode: manual")
    document = applied.json("plan", "dev", "--base", "HEAD")
    assert states(document) == {}
    assert "NOT being recorded" not in applied.run("plan", "dev", "--base", "HEAD").out


def test_an_outage_is_told_beside_a_change_of_something_else(applied: Project) -> None:
    applied.commit()
    applied.edit("environments/dev/apps/classroom.yaml", "mode: auto", "mode: manual")
    applied.console("dev").edit(CALL, mode="manual")
    applied.console("dev").edit(DESK, mode="auto", template=applied.console("dev").application(CALL).template)
    document = applied.json("plan", "dev", "--base", "HEAD")
    assert states(document) == {
        "support-desk": [("recording-unwanted", "high")],
        "video-call": [("not-recording", "high")],
    }
    told = applied.run("plan", "dev", "--base", "HEAD").out
    assert told.index("NOW, BEFORE ANYTHING IS APPLIED") < told.index("HIGH not-recording (video-call)")
    assert told.index("HIGH not-recording (video-call)") < told.index("HIGH RISK")


def test_a_change_that_makes_drift_the_rule_still_says_what_was_lost(applied: Project) -> None:
    """The base asked for automatic recording; the pull request adopts what somebody clicked."""
    applied.commit()
    applied.console("dev").edit(CALL, mode="manual")
    applied.edit(FILE, "mode: auto", "mode: manual")
    assert states(applied.json("plan", "dev", "--base", "HEAD")) == {"video-call": [("not-recording", "high")]}


def test_without_a_base_nobody_knows_what_was_asked(project: Project) -> None:
    assert states(project.json("plan", "dev")) == {}


def test_a_sealed_plan_is_out_of_date_once_something_else_is_lost(applied: Project) -> None:
    applied.commit()
    applied.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    applied.run("plan", "dev", "--base", "HEAD", "--out", "plan.json")
    assert applied.run("verify", "plan.json").code == 0
    applied.console("dev").edit(CALL, mode="manual")
    assert applied.run("verify", "plan.json").code == 1
