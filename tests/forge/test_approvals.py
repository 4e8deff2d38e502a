"""Approvals count for what reviewers saw: the newest commit, this very plan, and another person's word."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.forge.publish import post
from provisioner.forge.registry import open_forge
from provisioner.reconcile.plan.seal import seal
from tests.conftest import ROOT
from tests.forge.fake import HEAD, MERGED, OLDER, TEAMS_TOKEN, TOKEN, FakeForge
from tests.forge.fake_gitlab import PROJECT
from tests.forge.jobs import variables
from tests.project import Project, Ran

PROD = "environments/prod/environment.yaml"


class Review:
    """A change to production under review, in one dialect."""

    def __init__(self, kind: str, project: Project, fake: FakeForge, patch: pytest.MonkeyPatch) -> None:
        self.kind, self.project, self.fake, self.patch = kind, project, fake, patch
        self.job()
        project.edit(PROD, "high: 2}", 'high: 2, teams: ["@acme/sre"]}')
        self.base = project.commit()
        self.plan()
        fake.teams = {"acme/calls": ["ann", "bob", "kim"], "acme/education": ["Ann", "cid"], "acme/sre": ["dee"]}

    def job(self, *, change: int | None = 7, commit: str = HEAD) -> None:
        """The process becomes a job of the forge's CI."""
        for name in ("CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"):
            self.patch.delenv(name, raising=False)
        for name, value in variables(self.kind, self.fake, self.project.root, change=change, commit=commit).items():
            self.patch.setenv(name, value)

    def plan(self) -> dict[str, Any]:
        assert self.project.run("plan", "prod", "--base", self.base, "--out", "plan.json").code == 0
        sealed: dict[str, Any] = json.loads((self.project.root / "plan.json").read_text())
        return sealed

    def show(self) -> None:
        """The job of `report --post`."""
        forge = open_forge(
            self.kind, variables(self.kind, self.fake, self.project.root, commit=self.fake.pulls[7].head)
        )
        plan = json.loads((self.project.root / "plan.json").read_text())
        post(forge, "what will happen", [plan], lambda: self.fake.now)

    def approve(self, *names: str) -> None:
        self.fake.wait()
        for name in names:
            self.fake.review(name)

    def check(self, *options: str) -> Ran:
        return self.project.run("approvals", "plan.json", "--check", *options)

    def verdicts(self) -> dict[str, str]:
        document = json.loads(self.check("--format", "json").out)
        return {row["owners"][0]: row["verdict"] for row in document["approvals"]}


@pytest.fixture
def review(kind: str, project: Project, fake: FakeForge, monkeypatch: pytest.MonkeyPatch) -> Review:
    return Review(kind, project, fake, monkeypatch)


def test_who_must_approve_is_known_without_a_forge(project: Project) -> None:
    project.run("plan", "prod", "--out", "plan.json")
    digest = json.loads((project.root / "plan.json").read_text())["seal"]["digest"]
    ran = project.run("approvals", "plan.json")
    assert (ran.code, ran.out.splitlines()) == (
        0,
        [
            f"prod, plan {digest[:12]}",
            "@acme/calls      1 of them  video-call  CODEOWNERS:5:1",
            "@acme/education  1 of them  classroom   CODEOWNERS:3:1",
        ],
    )
    project.run("plan", "dev", "--base", project.commit(), "--out", "plan.json")
    assert project.run("approvals", "plan.json").out.splitlines()[1:] == ["nobody needs to approve"]
    assert project.run("approvals", "plan.json", "--check").code == 0


def test_an_application_without_owner_is_named(project: Project) -> None:
    project.write("CODEOWNERS", "/environments/*/apps/classroom.yaml @acme/education\n")
    project.run("plan", "prod", "--out", "plan.json")
    rows = project.run("approvals", "plan.json").out.splitlines()[1:]
    assert rows[0] == "no owner in CODEOWNERS  nobody can  video-call  environments/prod/apps/video-call.yaml:1:1"


def test_all_groups_have_to_approve(review: Review) -> None:
    review.show()
    assert review.verdicts() == {"@acme/calls": "missing", "@acme/education": "missing", "@acme/sre": "missing"}
    review.approve("ann")
    assert review.verdicts() == {"@acme/calls": "approved", "@acme/education": "approved", "@acme/sre": "missing"}
    assert review.check().code == 1
    review.approve("dee")
    ran = review.check()
    assert (ran.code, ran.out.splitlines()[1:]) == (
        0,
        [
            "@acme/calls      1 of 1  video-call             approved ann",
            "@acme/education  1 of 1  classroom              approved ann",
            "@acme/sre        1 of 1  classroom, video-call  approved dee",
        ],
    )


@pytest.mark.parametrize("kind", ["github"])
def test_the_json_is_what_the_page_shows(review: Review) -> None:
    page = (ROOT / "docs/output.md").read_text("utf-8").split("## `provisioner approvals")[1]
    shown = json.loads(page.split("```json\n")[1].split("```")[0])
    review.show()
    review.approve("ann")
    review.fake.wait()
    review.fake.push(OLDER)
    review.show()
    real = json.loads(review.check("--format", "json").out)
    assert shown.keys() == real.keys()
    (entry,) = shown["approvals"]
    assert entry == next(row for row in real["approvals"] if row["owners"] == entry["owners"])
    assert real["void"] == ["ann: approved an older commit (aaaaaaaaaaaa)"]


def test_a_high_risk_needs_two(review: Review) -> None:
    review.project.run("apply", "prod", "--yes")
    review.project.edit("environments/prod/apps/video-call.yaml", "mode: auto", "mode: manual")
    review.plan()
    review.show()
    review.approve("ann", "dee")
    assert review.verdicts() == {"@acme/calls": "missing", "@acme/sre": "approved"}
    review.approve("bob")
    assert review.check().code == 0


def test_the_author_does_not_count(review: Review) -> None:
    review.show()
    review.approve("kim", "cid", "dee")
    ran = review.check()
    assert (ran.code, "does not count: kim: wrote the change" in ran.out) == (1, True)


def test_whoever_wrote_or_pushed_a_commit_does_not_count(review: Review) -> None:
    """A bot opened it; the commits are somebody's, with somebody's help, and somebody else pushed them."""
    pull = review.fake.pulls[7]
    pull.author, pull.written_by, pull.pushed_by = "dependabot", ["Ann", "cid"], ["bob"]
    review.show()
    review.approve("ann", "cid", "bob", "dee")
    ran = review.check()
    assert ran.code == 1
    assert all(f"does not count: {name}: wrote the change" in ran.out for name in ("ann", "bob", "cid"))
    pull.written_by, pull.pushed_by = ["zoe"], ["zoe"]
    assert review.check().code == 0


def test_a_change_for_another_branch_says_nothing_of_the_one_that_is_applied(review: Review) -> None:
    """A commit's status is that of every change that holds it: one for a weak branch would approve the other."""
    review.show()
    review.approve("ann", "dee")
    review.fake.statuses.clear()
    review.fake.pulls[7].target = "release"
    ran = review.check("--status")
    assert (ran.code, "this change is for the branch release, and what is applied is main" in ran.err) == (1, True)
    review.show()
    assert review.fake.statuses == []


def test_a_base_that_never_came_to_the_branch_is_nobodys_policy(review: Review) -> None:
    review.show()
    review.approve("ann", "dee")
    review.fake.strange.add(review.base)
    ran = review.check("--status")
    assert (ran.code, f"the plan's base {review.base[:12]} never came to main" in ran.err) == (1, True)


def test_even_a_plan_that_asks_nobody_is_judged_by_a_base_of_the_branch(review: Review) -> None:
    """Its status would say that all is well."""
    assert review.project.run("plan", "dev", "--base", review.base, "--out", "plan.json").code == 0
    review.fake.pulls[7].target = "release"
    ran = review.check("--status")
    assert (ran.code, review.fake.statuses) == (1, [])
    review.fake.pulls[7].target = "main"
    assert review.check("--status").code == 0
    assert [status["state"] for status in review.fake.statuses] == ["success"]


def test_a_weakened_guardrail_asks_the_base_although_nothing_else_changes(review: Review) -> None:
    review.project.run("apply", "prod", "--yes")
    review.project.edit(PROD, 'high: 2, teams: ["@acme/sre"]', "high: 0")
    review.project.edit("CODEOWNERS", "*                                           @acme/platform", "* @mallory")
    review.fake.teams |= {"acme/platform": ["pat", "pia"]}
    review.plan()
    review.show()
    assert review.verdicts() == {"@acme/platform": "missing", "@acme/sre": "missing"}
    review.approve("mallory", "pat", "dee")
    assert review.verdicts() == {"@acme/platform": "missing", "@acme/sre": "approved"}
    review.approve("pia")
    assert review.check().code == 0


def test_a_plan_without_base_or_with_other_guardrails_is_not_asked_about(review: Review) -> None:
    review.project.edit(PROD, "required: 1, ", "")
    review.project.run("plan", "prod", "--out", "plan.json")
    assert "names no base" in review.check().err
    forged = {key: value for key, value in review.plan().items() if key != "seal"}
    forged["guardrails"]["changes"] = []
    review.project.write("plan.json", json.dumps(seal(forged, datetime.now(UTC))))
    ran = review.check()
    assert (ran.code, "does not say what becomes of the guardrails here" in ran.err) == (1, True)


def test_a_new_push_voids_every_approval(review: Review) -> None:
    review.show()
    review.approve("ann", "dee")
    assert review.check().code == 0
    review.fake.wait()
    review.fake.push(OLDER)
    assert "ann: the plan was shown for an older commit" in review.check().out
    review.show()
    assert "ann: approved an older commit (aaaaaaaaaaaa)" in review.check().out
    review.approve("ann", "dee")
    assert review.check().code == 0


def test_another_plan_voids_every_approval(review: Review) -> None:
    """The console drifted: the same commit would do something else now."""
    review.show()
    review.approve("ann", "dee")
    console = review.project.console("prod")
    console.edit(20000101, mode="manual", enabled=True)
    review.plan()
    ran = review.check()
    assert (ran.code, "another plan was shown" in ran.out) == (1, True)
    review.fake.wait()
    review.show()
    assert "ann: approved before this plan was shown" in review.check().out
    review.approve("ann", "dee")
    assert review.check().code == 0


def test_an_approval_of_what_was_never_shown_is_none(review: Review) -> None:
    review.approve("ann", "dee")
    ran = review.check()
    assert (ran.code, "ann: no plan of prod was shown on this change" in ran.out) == (1, True)
    sealed = json.loads((review.project.root / "plan.json").read_text())["seal"]["digest"]
    marker = {
        "key": "plan+prod",
        "plans": {"prod": {"digest": sealed, "commit": HEAD, "since": "2020-01-01T00:00:00Z"}},
    }
    review.fake.add("mallory", f"<!-- trtc-recording {json.dumps(marker)} -->\ntrust me")
    assert review.check().code == 1


@pytest.mark.parametrize("kind", ["github"])  # GitLab's API tells approvals only
def test_who_asks_for_changes_holds_the_group_back(review: Review) -> None:
    review.show()
    review.approve("ann", "dee")
    review.fake.review("bob", "CHANGES_REQUESTED")
    ran = review.check()
    assert (ran.code, "missing ann not bob" in ran.out) == (1, True)


@pytest.mark.parametrize("kind", ["github"])
@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ("APPROVED", "approved"),
        ("APPROVED COMMENTED PENDING", "approved"),
        ("CHANGES_REQUESTED APPROVED", "approved"),
        ("DISMISSED APPROVED", "approved"),
        ("APPROVED DISMISSED", "missing"),
        ("APPROVED CHANGES_REQUESTED DISMISSED", "missing"),
        ("APPROVED CHANGES_REQUESTED", "missing"),
        ("CHANGES_REQUESTED DISMISSED", "missing"),
        ("APPROVED SOMETHING_NEW", "missing"),
        ("COMMENTED", "missing"),
    ],
)
def test_a_reviewers_last_opinion_counts(review: Review, states: str, verdict: str) -> None:
    """GitHub keeps a review that was dismissed in its place, as DISMISSED; comments and drafts are no opinion."""
    review.show()
    for state in states.split():
        review.fake.wait()
        review.fake.review("ann", state)
    review.approve("dee")
    ran = review.check()
    rows = {row.split()[0]: row for row in ran.out.splitlines()[1:]}
    assert verdict in rows["@acme/calls"]
    assert ("not ann" in rows["@acme/calls"]) is states.endswith("CHANGES_REQUESTED")
    assert ("ann: the review was dismissed" in ran.out) is states.endswith(("DISMISSED", "NEW"))


@pytest.mark.parametrize("kind", ["github"])
def test_an_approval_of_a_commit_that_is_gone_is_void_in_words(review: Review) -> None:
    review.show()
    review.approve("dee")
    review.fake.review("ann", commit=None)
    ran = review.check()
    assert (ran.code, "ann: approved a commit that is gone" in ran.out) == (1, True)


@pytest.mark.parametrize("kind", ["gitlab"])
def test_an_approval_from_before_every_push_is_void_in_words(review: Review) -> None:
    """GitLab forgets versions; whoever approved before the first that is left approved none of them."""
    review.show()
    review.approve("ann", "dee")
    review.fake.pulls[7].pushes = [(review.fake.now + timedelta(minutes=5), HEAD)]
    ran = review.check()
    assert (ran.code, "ann: approved a commit that is gone" in ran.out) == (1, True)


@pytest.mark.parametrize("kind", ["gitlab"])
def test_a_forks_job_asks_about_the_request_where_it_is(review: Review) -> None:
    """CI_PROJECT_ID is the fork there, and its own request of that number is another one, or none."""
    for name, value in {
        "CI_MERGE_REQUEST_PROJECT_ID": PROJECT,
        "CI_MERGE_REQUEST_PROJECT_URL": f"{review.fake.url}/acme/recording",
        "CI_PROJECT_ID": "99",
        "CI_JOB_URL": f"{review.fake.url}/mallory/recording/-/jobs/99",
    }.items():
        review.patch.setenv(name, value)
    ran = review.project.run("report", "plan.json", "--post", "gitlab")
    assert f"Comment: {review.fake.url}/acme/recording/-/merge_requests/7#note_1" in ran.err
    review.fake.wait()
    review.approve("ann", "dee")
    assert not any("/projects/99" in line for line in review.fake.seen)


def test_the_jobs_forge_reads_its_own_codeowners(review: Review) -> None:
    """`.github/CODEOWNERS` comes first on GitHub and is nothing to GitLab, in the work tree and in the base alike."""
    review.project.write(".github/CODEOWNERS", "* @acme/platform\n")
    review.base = review.project.commit()
    review.plan()
    owners = {tuple(row["owners"]) for row in review.project.json("approvals", "plan.json")["approvals"]}
    expected = {"github": {("@acme/platform",)}, "gitlab": {("@acme/calls",), ("@acme/education",)}}[review.kind]
    assert owners - {("@acme/sre",)} == expected


def test_a_team_that_cannot_be_read_is_no_approval(review: Review) -> None:
    review.fake.closed_to.add("(groups|teams)/.*members")
    review.show()
    review.approve("ann", "dee")
    ran = review.check()
    assert ran.code == 1
    assert "@acme/sre        0 of 1  classroom, video-call  unknown" in ran.out
    assert "cannot tell: @acme/sre: " in ran.out
    assert "answers 403: Resource not accessible by integration" in ran.out
    assert TOKEN not in ran.out + ran.err


def test_after_the_merge_the_review_counts_for_the_merged_commit(review: Review) -> None:
    review.show()
    review.approve("ann", "dee")
    review.job(change=None, commit=MERGED)
    ran = review.check()
    assert (ran.code, "came to its branch without a pull or merge request" in ran.err) == (1, True)
    review.fake.pulls[7].merged_as = MERGED
    assert review.check().code == 0


def test_the_answer_becomes_a_status_that_a_branch_rule_can_require(review: Review) -> None:
    review.show()
    review.check("--status")
    review.approve("ann", "dee")
    review.check("--status")
    digest = json.loads((review.project.root / "plan.json").read_text())["seal"]["digest"][:12]
    assert [
        (status["state"], status["description"])
        for status in review.fake.statuses
        if status["name"] == "trtc-recording/prod/approvals" and status["commit"] == HEAD
    ] == [
        ("pending", f"0 of 3 groups have approved; plan {digest}"),
        ("success", f"3 of 3 groups have approved; plan {digest}"),
    ]
    assert review.project.run("approvals", "plan.json", "--status").code == 1


def test_a_plan_that_expired_is_not_asked_about(review: Review) -> None:
    plan = {key: value for key, value in review.plan().items() if key != "seal"}
    review.project.write("plan.json", json.dumps(seal(plan, datetime(2019, 12, 31, tzinfo=UTC))))
    assert "the plan expired at 2020-01-01T00:00:00Z" in review.check().err


def test_outside_of_a_job_there_is_nobody_to_ask(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    project.run("plan", "prod", "--base", project.commit(), "--out", "plan.json")
    ran = project.run("approvals", "plan.json", "--check")
    assert (ran.code, "this is no job of GitHub Actions or GitLab CI" in ran.err) == (1, True)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 502])
def test_no_failure_shows_a_token(review: Review, naps: list[float], status: int) -> None:
    """Whatever the forge answers, and however much is logged."""
    review.show()
    body = {"message": f"{TOKEN} {TEAMS_TOKEN}\n::error::owned", "errors": [TOKEN]}
    review.fake.fail("reviews|approvals|members", status, times=50, body=body)
    ran = review.project.run("--verbose", "approvals", "plan.json", "--check")
    assert ran.code == 1
    assert f"answers {status}: *** ***\\u000a\\u003a:error\\u003a:owned" in ran.out + ran.err
    assert TOKEN not in ran.out + ran.err
    assert TEAMS_TOKEN not in ran.out + ran.err
