"""`pulumi preview` and `up` where people change the console."""

from __future__ import annotations

import pytest

from tests.project import Project
from tests.provider.engine import Engine

CALL = "environments/dev/apps/video-call.yaml"
APPLICATIONS = ("classroom", "support-desk", "video-call")


@pytest.fixture
def engine(project: Project) -> Engine:
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    return Engine(project.root, "dev")


def attest_all(project: Project) -> None:
    for name in APPLICATIONS:
        assert project.run("attest", f"dev/{name}", "--yes", "--who", "Ada").code == 0


def test_what_nobody_confirmed_is_no_change_and_is_told(engine: Engine) -> None:
    preview = engine.preview()
    assert preview.code == 0
    assert preview.diffs == {}
    assert any(
        "3 cannot be verified. On the TRTC console, as people confirmed it." in m for m in preview.messages("info")
    )


def test_a_preview_shows_what_differs_from_what_was_confirmed(project: Project, engine: Engine) -> None:
    attest_all(project)
    assert engine.up().code == 0
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert engine.preview().diffs == {"video-call": ["recording.settings.maxIdleTime"]}


def test_up_fails_in_words_that_name_the_way(project: Project, engine: Engine) -> None:
    attest_all(project)
    engine.up()
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    failed = engine.up()
    assert failed.code != 0
    (message,) = failed.messages("error")[:1]
    assert "SDKAppId 20001001 was not written: people change this console" in message
    assert (
        "`provisioner apply dev` prints the steps; `provisioner attest dev/video-call` confirms the result." in message
    )
    assert "Traceback" not in message
    assert project.run("attest", "dev/video-call", "--yes", "--who", "Ada").code == 0
    assert engine.up().code == 0


def test_what_stands_in_no_console_needs_nobody(project: Project, engine: Engine) -> None:
    attest_all(project)
    engine.up()
    project.edit(CALL, '"@acme/calls"', '"@acme/voice"')
    again = engine.up()
    assert (again.code, again.steps["video-call"]) == (0, "update")
