"""The nightly look: one issue while the console differs."""

from __future__ import annotations

import re
from time import sleep

import pytest

from provisioner.report.text.markdown import fenced
from tests.forge.fake import FakeForge
from tests.forge.jobs import variables
from tests.project import Project

CALL = 20000101


@pytest.fixture
def night(kind: str, project: Project, fake: FakeForge, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A scheduled job after production was brought in line."""
    project.run("apply", "prod", "--yes")
    for name, value in variables(kind, fake, project.root, change=None).items():
        monkeypatch.setenv(name, value)
    for name in ("CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"):
        monkeypatch.delenv(name, raising=False)
    return project


def test_drift_opens_an_issue_once_and_closes_it(kind: str, night: Project, fake: FakeForge) -> None:
    assert night.run("drift", "prod", "--post", kind).code == 0
    assert fake.issues() == []
    night.console("prod").edit(CALL, mode="manual")
    for _ in range(2):
        ran = night.run("drift", "prod", "--post", kind, "--exit-code")
        assert (ran.code, ran.err) == (
            2,
            f"Issue: {fake.url}/acme/recording{'' if kind == 'github' else '/-'}/issues/1\n",
        )
    (issue,) = fake.issues()
    assert issue.title == "Recording settings of prod have drifted"
    told = issue.body.partition("\n")[2]
    assert told.startswith("**prod/video-call is NOT being recorded; as specified until at least 20")
    assert told.index("HIGH not-recording") < told.index("Applying the specs:") < told.index("MEDIUM start-recording")
    assert "~ video-call  20000101  @acme/calls" in issue.body
    assert re.search(r"~ recording.mode +manual -> auto +apps/video-call.yaml:9:9", issue.body)
    night.console("prod").edit(CALL, mode="auto")
    assert night.run("drift", "prod", "--post", kind).err.startswith("Closed: ")
    assert (issue.open, "agree again" in issue.body) == (False, True)


def test_the_same_drift_is_told_once(kind: str, night: Project, fake: FakeForge) -> None:
    night.console("prod").edit(CALL, mode="manual")
    night.run("drift", "prod", "--post", kind)
    fake.seen.clear()
    night.run("drift", "prod", "--post", kind)
    assert not [line for line in fake.seen if line.startswith(("PATCH", "PUT"))]


def test_half_an_environment_has_no_issue(kind: str, night: Project) -> None:
    ran = night.run("drift", "prod/video-call", "--post", kind)
    assert (ran.code, "about a whole environment" in ran.err) == (1, True)


def test_a_block_of_code_cannot_be_left_and_keeps_its_budget() -> None:
    assert list(fenced(["a ```` b", "\x1b[2J", "x" * 40, "y"], 20)) == [
        "`````text",
        "a ```` b",
        "\\u001b[2J",
        "… and 2 more lines",
        "`````",
    ]


def test_a_confirmation_that_has_ended_keeps_the_issue_until_somebody_looks_again(
    kind: str, night: Project, fake: FakeForge
) -> None:
    night.edit("environments/prod/environment.yaml", "console: {driver: embedded}", "console: {driver: runbook}")
    night.run("attest", "prod/*", "--yes", "--who", "Ada", "--expires", "1s")
    sleep(1.1)
    assert night.run("drift", "prod", "--post", kind, "--exit-code").code == 2
    (issue,) = fake.issues()
    assert issue.open
    assert "What people confirmed of 3 applications counts no longer" in issue.body
    assert "provisioner attest prod/APP" in issue.body
    fake.seen.clear()
    night.run("drift", "prod", "--post", kind)  # the next night tells nobody again
    assert not [line for line in fake.seen if line.startswith(("PATCH", "PUT"))]
    night.run("attest", "prod/*", "--yes", "--who", "Ada")
    assert night.run("drift", "prod", "--post", kind).err.startswith("Closed: ")
