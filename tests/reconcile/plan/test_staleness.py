"""Whatever differs between a sealed plan and the same plan made now is told, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.reconcile.plan.seal import seal
from provisioner.reconcile.plan.staleness import PlanRuns, moved
from tests.project import Project
from tests.report import plans

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
Edit = Callable[[dict[str, Any]], None]


def told(old: dict[str, Any], new: dict[str, Any], runs: PlanRuns | None = None, late: float = 0) -> list[str]:
    now = NOON + timedelta(seconds=late)
    return [str(one) for one in moved(seal(old, NOON), new, now, runs or PlanRuns())]


def guarded() -> dict[str, Any]:
    change = {
        "id": "approvals",
        "title": "Approvals",
        "direction": "weakened",
        "severity": "high",
        "before": "required: 2",
        "after": "required: 0",
        "applications": [],
        "origin": plans.place("environments/prod/environment.yaml", 5),
        "asks": [{"owners": ["@acme/sre"], "required": 1, "origin": plans.place("CODEOWNERS", 2)}],
    }
    return plans.review(guardrails={"commit": "a" * 40, "broken": None, "changes": [change]})


@pytest.mark.parametrize(("late", "found"), [(0, []), (1, ["the plan expired at 2026-02-01T12:00:00Z"])])
def test_a_plan_counts_for_a_day(late: int, found: list[str]) -> None:
    assert told(plans.review(), plans.review(), late=86_400 + late) == found


def test_a_value_that_is_not_set_is_told_in_words() -> None:
    def plan(before: object, after: object) -> dict[str, Any]:
        return plans.plan(plans.app("call", plans.change("/recording/mode", before, after)))

    assert told(plan(None, "auto"), plan("é", None)) == [
        'call /recording/mode: the spec said "auto", now (not set)',
        'call /recording/mode: the console said (not set), now "\\u00e9"',
    ]


def edits() -> dict[str, tuple[Edit, str]]:
    """By what is edited: how, and what is told."""

    def put(*at: Any, to: Any) -> Edit:
        def edit(plan: dict[str, Any]) -> None:
            below: Any = plan
            for key in at[:-1]:
                below = below[key]
            below[at[-1]] = to

        return edit

    room = ("applications", 1)
    finding = (*room, "findings", 0)
    return {
        "tier": (put("tier", to="staging"), 'tier was "production", now "staging"'),
        "console": (put("console", to="elsewhere"), 'console was "embedded console (simulated)", now "elsewhere"'),
        "scope": (put("scope", to=["classroom"]), 'scope was (not set), now ["classroom"]'),
        "base": (put("base", "commit", to="f" * 40), f'base commit was "{"0" * 40}", now "{"f" * 40}"'),
        "no base": (put("base", to=None), f'base was {{"ref": "main", "commit": "{"0" * 40}", "valid": true}}, now'),
        "guardrail": (
            put("guardrails", "changes", 0, "after", to="required: 1"),
            'guardrail approvals after was "required: 0", now "required: 1"',
        ),
        "guardrail gone": (
            put("guardrails", "changes", to=[]),
            'guardrail approvals is gone, "required: 2" -> "required: 0"',
        ),
        "who is asked": (
            put("guardrails", "changes", 0, "asks", 0, "required", to=3),
            "guardrail approvals asks @acme/sre required was 1, now 3",
        ),
        "nobody is asked": (
            put("guardrails", "changes", 0, "asks", to=[]),
            "guardrail approvals asks @acme/sre is gone",
        ),
        "owner": (put(*room, "owner", to="@mallory"), 'classroom: owner was "@acme/education", now "@mallory"'),
        "file": (put(*room, "file", to="x.yaml"), "classroom: file was "),
        "SDKAppId": (put(*room, "sdkAppId", to=7), "classroom: its SDKAppId was "),
        "cause": (
            put(*room, "changes", 0, "causes", to=["this-change"]),
            'classroom /recording/settings/maxIdleTime: causes was ["drift"], now ["this-change"]',
        ),
        "place": (
            put(*room, "changes", 0, "origin", "line", to=8),
            "classroom /recording/settings/maxIdleTime: origin line was 9, now 8",
        ),
        "severity": (
            put(*finding, "severity", to="low"),
            'classroom: finding shorter-idle-time severity was "medium", now "low"',
        ),
        "finding gone": (
            put(*room, "findings", to=[]),
            "classroom: finding shorter-idle-time is gone, A room that everybody left ends its file after 1m (was 5m).",
        ),
        "acknowledged": (
            put(*finding, "acknowledged", to={"reason": "x", "expires": "2026-01-01", "origin": plans.place("f", 1)}),
            "classroom: finding shorter-idle-time acknowledged was (not set), now {",
        ),
        "cost": (put(*room, "cost", "direction", to="more"), 'classroom: cost direction was "less", now "more"'),
        "unread": (
            put("applications", 0, "cannotVerify", 0, "reason", to="who knows"),
            "archive: cannot verify /recording/settings/callback/keyRef reason was ",
        ),
        "attested": (
            put(
                *room, "attested", to={"who": "ann", "when": "2026-01-01T00:00:00Z", "expires": "2026-02-01T00:00:00Z"}
            ),
            "classroom: attested was (not set), now {",
        ),
        "unmanaged": (
            put("unmanaged", to=[{"name": "shadow", "sdkAppId": 9}]),
            "unmanaged application 9 is new, shadow",
        ),
        "specs": (
            put("specDigest", to="9" * 64),
            "the specs say something else in settings that the plan does not change",
        ),
        "console's other settings": (
            put("observationDigest", to="9" * 64),
            "the console shows something else in settings that the plan does not change",
        ),
    }


@pytest.mark.parametrize("what", edits())
def test_every_member_of_the_document_counts(what: str) -> None:
    edit, words = edits()[what]
    old, new = guarded(), deepcopy(guarded())
    edit(new)
    assert words in [line[: len(words)] for line in told(old, new)], told(old, new)


def test_recorded_minutes_move_by_the_day_and_decide_nothing() -> None:
    old, new = guarded(), deepcopy(guarded())
    new["applications"][1]["affected"] = {"minutesPerDay": 7, "unknown": None, "costPerDay": None, "currency": None}
    assert told(old, new) == []


def test_what_a_run_has_done_is_no_difference() -> None:
    """Its changes are gone and with them what they gave rise to; what the run did not do counts as before."""
    old = guarded()
    new = deepcopy(old)
    done = new["applications"][1]
    done.update(action="none", changes=[], cost={"direction": "same", "reasons": []})
    done["findings"] = [each for each in done["findings"] if each["source"] == "specs"]
    new.update(observationDigest="9" * 64, totals={"change": 0, "unchanged": 2, "cannotVerify": 1})
    assert told(old, new, PlanRuns(frozenset({"classroom"}), frozenset({"classroom"}))) == []
    assert told(old, new, PlanRuns(frozenset({"classroom"}))) == []
    assert told(old, new)[0] == "classroom /recording/settings/maxIdleTime: console and spec agree now"
    new["guardrails"]["changes"] = []
    assert told(old, new, PlanRuns(done=frozenset({"classroom"})))[0].startswith("guardrail approvals is gone")


def test_a_removed_application_is_forgotten_once_it_stopped() -> None:
    gone = plans.stop("old", removed=True)
    old, new = plans.plan(gone), plans.plan(unmanaged=[{"name": "old", "sdkAppId": gone["sdkAppId"]}])
    assert told(old, new, PlanRuns(done=frozenset({"old"}))) == []
    assert "old: its spec is gone" in told(old, new)


def test_the_base_is_compared_with_again(project: Project) -> None:
    """`main` has moved on to commits that the reviewers never saw; what the plan said of causes is another."""
    first = project.commit()
    project.run("apply", "--yes", "dev")
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert project.run("plan", "dev", "--base", "main", "--out", "plan.json").code == 0
    assert project.run("verify", "plan.json").out == "Nothing changed: the plan is valid.\n"
    second = project.commit("the template")
    assert project.run("verify", "plan.json").out.splitlines() == [
        f'base commit was "{first}", now "{second}"',
        f'guardrails commit was "{first}", now "{second}"',
        'video-call /recording/settings/maxIdleTime: causes was ["template"], now ["drift"]',
        "Changed since the plan was sealed: 3 things. Make the plan again.",
    ]
    assert project.run("apply", "--yes", "--plan", "plan.json").code == 1


def test_an_owner_that_changed_since_is_told(project: Project) -> None:
    """No value moves, so that today nothing else would say that somebody else was asked."""
    project.run("plan", "dev", "--out", "plan.json")
    project.edit("environments/dev/apps/classroom.yaml", 'owner: "@acme/education"', 'owner: "@acme/mallory"')
    refused = project.run("apply", "--yes", "--plan", "plan.json")
    assert (refused.code, 'classroom: owner was "@acme/education", now "@acme/mallory"' in refused.err) == (1, True)
