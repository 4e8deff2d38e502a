"""A plan on a change: the comment, what it remembers, and the statuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from provisioner.forge.marker import Marker, ShownPlan, read_marker
from provisioner.forge.port import Forge
from provisioner.forge.publish import Subject, post, post_checklists, post_drift, summarise
from provisioner.forge.registry import open_forge
from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.reconcile.plan.seal import seal
from provisioner.report.runbook.checklist import Checklist
from tests.forge.fake import HEAD, OLDER, FakeForge
from tests.forge.jobs import variables

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def plan(environment: str = "dev", change: int = 2) -> dict[str, Any]:
    totals = {"change": change, "unchanged": 1, "cannotVerify": 1 if environment == "prod" else 0}
    return seal({"planVersion": 1, "environment": environment, "applications": [], "totals": totals}, NOON)


def shown(fake: FakeForge) -> Marker:
    (comment,) = fake.comments()
    marker = read_marker(comment.body)
    assert marker
    return marker


def test_one_comment_shows_all_plans_and_each_is_a_status(forge: Forge, fake: FakeForge) -> None:
    plans = [plan("prod"), plan("dev")]
    note = post(forge, "## What will happen", plans, lambda: NOON)
    (comment,) = fake.comments()
    assert comment.body.splitlines()[1:] == ["## What will happen"]
    assert note.url.startswith(fake.url)
    assert shown(fake) == Marker(
        "plan+dev+prod", {one["environment"]: ShownPlan(one["seal"]["digest"], HEAD, NOON) for one in plans}
    )
    prod, dev = (one["seal"]["digest"][:12] for one in plans)
    assert [(status["name"], status["commit"], status["description"]) for status in fake.statuses] == [
        ("trtc-recording/prod", HEAD, f"2 to change, 1 cannot be verified; plan {prod}"),
        ("trtc-recording/dev", HEAD, f"2 to change; plan {dev}"),
    ]


def test_the_comment_remembers_since_when_it_shows_a_plan(forge: Forge, fake: FakeForge) -> None:
    post(forge, "one", [plan("dev"), plan("prod")], lambda: NOON)
    post(forge, "two", [plan("dev"), plan("prod", change=3)], lambda: LATER)
    assert {name: one.since for name, one in shown(fake).plans.items()} == {"dev": NOON, "prod": LATER}


def test_a_new_commit_shows_every_plan_anew(kind: str, forge: Forge, fake: FakeForge, tmp_path: Path) -> None:
    post(forge, "one", [plan()], lambda: NOON)
    fake.push(OLDER)
    newer = open_forge(kind, variables(kind, fake, tmp_path, commit=OLDER))
    post(newer, "one", [plan()], lambda: LATER)
    assert shown(fake).plans["dev"] == ShownPlan(plan()["seal"]["digest"], OLDER, LATER)


def test_a_job_that_was_overtaken_posts_nothing(forge: Forge, fake: FakeForge) -> None:
    fake.push(OLDER)
    with pytest.raises(ConflictError, match="moved on to cccccccccccc since this job began with aaaaaaaaaaaa"):
        post(forge, "one", [plan()])
    assert (fake.comments(), fake.statuses) == ([], [])


def test_outside_of_a_change_there_is_nowhere_to_comment(kind: str, fake: FakeForge, tmp_path: Path) -> None:
    pushed = open_forge(kind, variables(kind, fake, tmp_path, change=None))
    with pytest.raises(UsageError, match="no pull request or merge request"):
        post(pushed, "one", [plan()])


def test_a_status_is_set_in_spite_of_a_broken_answer(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    fake.fail("^POST .*/statuses/", 502, done=True)
    post(forge, "one", [plan()], lambda: NOON)
    assert {status["description"] for status in fake.statuses} == {f"2 to change; plan {plan()['seal']['digest'][:12]}"}


def test_a_plan_without_a_seal_is_not_posted(forge: Forge, fake: FakeForge) -> None:
    unsealed = {key: value for key, value in plan().items() if key != "seal"}
    with pytest.raises(UsageError, match="without a seal"):
        post(forge, "one", [unsealed])
    assert fake.seen == []


@pytest.mark.parametrize("name", ["--> <b>", "dev\n", ""])
def test_a_plan_that_this_tool_never_made_is_refused(forge: Forge, fake: FakeForge, name: str) -> None:
    with pytest.raises(UsageError, match="was not made by this tool"):
        post(forge, "one", [plan(name)])
    assert fake.comments() == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!-- trtc-recording {} -->",
        '<!-- trtc-recording {"key":"a","plans":[]} -->',
        '<!-- trtc-recording {"key":"a","plans":{"dev":{"digest":"x","commit":"y","since":"soon"}}} -->',
        'text\n<!-- trtc-recording {"key":"a"} -->',
    ],
)
def test_what_is_no_marker_is_none(body: str) -> None:
    assert read_marker(body) is None


def test_the_summary_is_added_to_the_page_of_the_job(fake: FakeForge, tmp_path: Path) -> None:
    forge = open_forge("github", variables("github", fake, tmp_path))
    summarise(forge, "one")
    summarise(forge, "two")
    assert (tmp_path / "summary.md").read_text() == "one\ntwo\n"
    summarise(open_forge("gitlab", variables("gitlab", fake, tmp_path)), "three")  # has no such page


def test_drift_is_one_issue_while_it_lasts(forge: Forge, fake: FakeForge) -> None:
    post_drift(forge, Subject("prod"), "one", drifted=True)
    post_drift(forge, Subject("prod"), "two", drifted=True)
    post_drift(forge, Subject("dev"), "other", drifted=True)
    post_drift(forge, Subject("prod"), "healed", drifted=False)
    assert post_drift(forge, Subject("prod"), "healed", drifted=False) is None
    assert [(issue.title, issue.body.splitlines()[1], issue.open) for issue in fake.issues()] == [
        ("Recording settings of prod have drifted", "healed", False),
        ("Recording settings of dev have drifted", "other", True),
    ]


def test_two_projects_of_one_repository_keep_issues_of_their_own(forge: Forge, fake: FakeForge) -> None:
    root, folder = Subject("prod"), Subject("prod", "infra/@rec/")
    list_ = Checklist("@acme/calls", 1, "steps")
    for subject in (root, folder):
        post_drift(forge, subject, "drifted", drifted=True)
        post_checklists(forge, subject, [list_], "done")
    for subject in (root, folder):
        post_checklists(forge, subject, [list_], "done")
    assert [issue.title.replace("\u2060", "") for issue in fake.issues() if issue.open] == [
        "Recording settings of prod have drifted",
        "Recording settings of prod to set by hand: @acme/calls",
        "Recording settings of prod (infra/@rec) have drifted",
        "Recording settings of prod (infra/@rec) to set by hand: @acme/calls",
    ]
    assert not any("@rec" in issue.title for issue in fake.issues())
    post_drift(forge, root, "healed", drifted=False)
    assert len(post_checklists(forge, root, [], "done").closed) == 1
    assert ["(infra/" in issue.title for issue in fake.issues() if issue.open] == [True, True]
