"""`apply --post` where people change the console: one issue an owner, instead of a red job."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.forge.fake import BOT, Call, Entry, FakeForge
from tests.forge.jobs import variables
from tests.project import Project

ENVIRONMENT = "environments/prod/environment.yaml"
CALL = "environments/prod/apps/video-call.yaml"
CREATE = r"^POST .*/issues$"
EDIT = r"^(PATCH|PUT) .*/issues/\d+$"
APPLICATIONS = ("classroom", "support-desk", "video-call")


@pytest.fixture
def job(kind: str, project: Project, fake: FakeForge, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A job on the applied branch of a project whose console people change."""
    project.edit(ENVIRONMENT, "{driver: embedded}", "{driver: runbook}")
    for name, value in variables(kind, fake, project.root, change=None).items():
        monkeypatch.setenv(name, value)
    return project


def attest(project: Project, *names: str) -> None:
    for name in names or APPLICATIONS:
        assert project.run("attest", f"prod/{name}", "--yes", "--who", "Ada").code == 0


def raise_idle_time(project: Project) -> None:
    project.edit(CALL, "template: call@v1", "template: call@v1\n  settings: {maxIdleTime: 20s}")


def opened(fake: FakeForge) -> dict[str, Entry]:
    """The open issues, by owner."""
    return {issue.title.rpartition(": ")[2].replace("\u2060", ""): issue for issue in fake.issues() if issue.open}


def writes(fake: FakeForge) -> list[str]:
    return [line for line in fake.seen if re.search(f"{CREATE}|{EDIT}", line)]


def test_each_owner_has_one_issue_and_the_job_is_green(kind: str, job: Project, fake: FakeForge) -> None:
    attest(job, "video-call")
    raise_idle_time(job)
    page = f"{fake.url}/acme/recording{'' if kind == 'github' else '/-'}/issues"
    ran = job.run("apply", "prod", "--yes", "--post", kind)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(
        "prod: 3 applications wait for people:\n"
        f"  issue #1 (@acme/calls, 1 application): {page}/1\n"
        f"  issue #2 (@acme/education, 1 application): {page}/2\n"
        f"  issue #3 (@acme/support, 1 application): {page}/3\n"
    )
    calls = opened(fake)["@acme/calls"].body
    assert "**1 application of `prod` waits for people.** Owner: `@acme/calls`." in calls
    assert "- [ ] **video-call**, SDKAppId `20000101`; compared with what Ada confirmed on " in calls
    assert "| **Recording wait time (?)** | `maxIdleTime` | `5 seconds` | **`20 seconds`** |" in calls
    assert "  2. [ ] **Fill in the " in calls
    assert "look first, because nobody has confirmed what the console shows" in opened(fake)["@acme/education"].body


def test_the_same_left_is_told_once_and_boxes_that_people_ticked_stay(kind: str, job: Project, fake: FakeForge) -> None:
    attest(job)
    raise_idle_time(job)
    job.run("apply", "prod", "--yes", "--post", kind)
    issue = opened(fake)["@acme/calls"]
    issue.body = issue.body.replace("  1. [ ] **Open", "  1. [x] **Open").replace("\n", "\r\n")
    fake.seen.clear()
    assert job.run("apply", "prod", "--yes", "--post", kind).code == 0
    assert writes(fake) == []
    job.edit(CALL, "maxIdleTime: 20s", "maxIdleTime: 40s")
    job.run("apply", "prod", "--yes", "--post", kind)
    assert ("[x]" in issue.body, "`40 seconds`" in issue.body) == (False, True)  # something else is to be done now


def test_an_issue_is_edited_in_place_and_closes_when_nothing_is_left(kind: str, job: Project, fake: FakeForge) -> None:
    job.run("apply", "prod", "--yes", "--post", kind)
    assert len(opened(fake)) == 3
    attest(job, "video-call", "classroom")
    raise_idle_time(job)
    ran = job.run("apply", "prod", "--yes", "--post", kind)
    assert re.findall(r"Closed: .*/issues/(\d)\n", ran.err) == ["2"]
    assert len(fake.issues()) == 3
    assert "`20 seconds`" in opened(fake)["@acme/calls"].body
    attest(job)
    last = job.run("apply", "prod", "--yes", "--post", kind)
    assert (last.code, len(re.findall("Closed: ", last.err)), opened(fake)) == (0, 2, {})
    assert all("Nothing is left to do by hand for `prod`" in issue.body for issue in fake.issues())
    fake.seen.clear()
    assert job.run("apply", "prod", "--yes", "--post", kind).code == 0
    assert writes(fake) == []


def test_what_was_merged_before_stays_on_the_list(kind: str, job: Project, fake: FakeForge) -> None:
    """A plan of one application says nothing of the others."""
    attest(job)
    raise_idle_time(job)
    job.run("plan", "prod/classroom", "--out", "plan.json")
    ran = job.run("apply", "--plan", "plan.json", "--yes", "--post", kind)
    assert (ran.code, "prod: 1 application waits for people:" in ran.out) == (0, True)
    assert set(opened(fake)) == {"@acme/calls"}


@pytest.mark.usefixtures("naps")
def test_a_console_with_an_api_leaves_nobody_waiting(kind: str, job: Project, fake: FakeForge) -> None:
    job.run("apply", "prod", "--yes", "--post", kind)
    job.edit(ENVIRONMENT, "{driver: runbook}", "{driver: embedded}")
    ran = job.run("apply", "prod", "--yes", "--post", kind)
    assert (ran.code, "prod: 2 applied." in ran.out, opened(fake)) == (0, True, {})
    fake.fail(r"GET .*/issues$", 500, times=99)
    ran = job.run("apply", "prod", "--yes", "--post", kind)
    assert (ran.code, "Whether a checklist is still open is not known: " in ran.err) == (0, True)


def test_a_refused_stop_is_red_and_posts_nothing(kind: str, job: Project, fake: FakeForge) -> None:
    attest(job)
    job.edit(CALL, "mode: auto", "mode: manual")
    ran = job.run("apply", "prod", "--yes", "--post", kind)
    assert (ran.code, "stop-recording" in ran.err, fake.issues()) == (1, True, [])


def test_nobody_is_told_to_stop_what_another_plan_did_not_acknowledge(kind: str, job: Project, fake: FakeForge) -> None:
    attest(job)
    job.edit(CALL, "mode: auto", "mode: manual")
    ran = job.run("apply", "prod/classroom", "--yes", "--post", kind)
    assert ran.code == 0
    told = opened(fake)["@acme/calls"].body
    assert "video-call**, SDKAppId `20000101`: wait, this must not be carried out yet. stop-recording: " in told
    assert "Stop recording automatically" not in told


def test_a_job_that_died_between_two_issues_is_finished_by_the_next(kind: str, job: Project, fake: FakeForge) -> None:
    job.run("apply", "prod", "--yes", "--post", kind)
    wanted = {owner: issue.body for owner, issue in opened(fake).items()}
    for step in range(1, 4):
        fake.entries.clear()
        fake.before = _dies_at(step)
        assert job.run("apply", "prod", "--yes", "--post", kind).code == 1
        fake.before = lambda _call: None
        assert len(opened(fake)) == step - 1
        assert job.run("apply", "prod", "--yes", "--post", kind).code == 0
        assert {owner: issue.body for owner, issue in opened(fake).items()} == wanted
        assert len(fake.issues()) == 3


def _dies_at(step: int) -> Callable[[Call], None]:
    left = step

    def before(call: Call) -> None:
        nonlocal left
        if call.method == "POST" and call.path.endswith("/issues"):
            left -= 1
            if left == 0:
                raise ConnectionAbortedError

    return before


@pytest.mark.usefixtures("naps")
@pytest.mark.parametrize("match", [r"^GET .*/issues$", CREATE], ids=["list", "create"])
@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_a_forge_that_refuses_is_an_error_in_words(
    kind: str, job: Project, fake: FakeForge, match: str, status: int
) -> None:
    fake.fail(match, status, times=9)
    ran = job.run("apply", "prod", "--yes", "--post", kind)
    assert ran.code == 1
    assert ("GitHub" if kind == "github" else "GitLab") in ran.err
    assert not re.search("Traceback|internal error", ran.err)


def test_what_others_wrote_is_never_touched(kind: str, job: Project, fake: FakeForge) -> None:
    job.run("apply", "prod", "--yes", "--post", kind)
    mine = fake.issues()[0].body
    fake.entries.clear()
    forged = fake.add("mallory", mine, title="forged")
    other = fake.add(BOT, mine.replace("checklist+prod+", "checklist+dev+"), title="of another environment")
    attest(job)
    assert job.run("apply", "prod", "--yes", "--post", kind).code == 0
    assert (forged.open, other.open) == (True, True)


def test_an_owner_in_a_title_reaches_nobody_and_fits(kind: str, job: Project, fake: FakeForge) -> None:
    owner = "@all #1 !2 [x](http://a) " + "x" * 230
    job.edit(CALL, '"@acme/calls"', f'"{owner}"')
    assert job.run("apply", "prod", "--yes", "--post", kind).code == 0
    (title,) = [issue.title for issue in fake.issues() if "xx" in issue.title]
    assert len(title) < 255
    assert not re.search(r"@all|#1|!2", title)


def test_without_post_the_steps_stand_and_the_exit_code_is_one(job: Project) -> None:
    assert job.run("apply", "prod", "--yes").code == 1
