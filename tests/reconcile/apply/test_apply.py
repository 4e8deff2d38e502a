"""What apply writes, and what it refuses to write."""

from __future__ import annotations

from concurrent.futures import wait
from threading import Event
from typing import Any

import pytest

from provisioner.cli.session import session
from provisioner.console.tencent.client import TencentClient
from provisioner.reconcile.apply import apply
from provisioner.reconcile.apply.apply import apply_plan, applying
from tests.days import LATER
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"


def stop(project: Project) -> None:
    """Everything applied, then the call application goes manual."""
    project.run("apply", "--yes", "dev")
    project.edit(CALL, "mode: auto", "mode: manual")


def test_stopping_a_recording_is_refused_until_it_is_meant(project: Project) -> None:
    stop(project)
    refused = project.run("apply", "--yes", "dev")
    assert refused.code == 1
    assert f"{CALL}:9:9: video-call: stop-recording:" in refused.err
    assert "cannot be recovered" in refused.err
    assert "--allow stop-recording=video-call" in refused.err
    assert project.console("dev").application(20001001).mode == "auto"


def test_an_allowance_lets_it_pass(project: Project) -> None:
    stop(project)
    assert project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-call").code == 0
    assert project.console("dev").application(20001001).mode == "manual"


def test_an_intent_lets_it_pass_until_it_expires(project: Project) -> None:
    stop(project)
    intent = "intent: {stop-recording: {reason: moved to REST, expires: %s}}\n"
    text = (project.root / CALL).read_text()
    project.write(CALL, text + intent % "2020-01-01")
    assert project.run("apply", "--yes", "dev").code == 1
    project.write(CALL, text + intent % LATER)
    assert project.run("apply", "--yes", "dev").code == 0
    assert project.console("dev").application(20001001).mode == "manual"


def test_an_allowance_for_nothing_is_wrong_usage(project: Project) -> None:
    assert "did you mean" in project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-cal").err
    assert project.run("apply", "--yes", "dev", "--allow", "stop=video-call").code == 1


def test_new_type_recording_cannot_be_switched_off(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.edit(CALL, "enabled: true", "enabled: false")
    refused = project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-call")
    assert refused.code == 1
    assert "REC091: New-type recording cannot be switched off again" in refused.err
    assert project.console("dev").application(20001001).enabled


def test_a_console_that_moved_since_the_plan_is_not_overwritten(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    console = project.console("dev")
    with session("dev") as opened:
        plan = opened.plan()
        template = console.application(20001001).template
        assert template is not None
        console.edit(20001001, template={**template, "MaxIdleTime": 300})
        with applying(opened.state, opened.console, engine="tests") as applier:
            (outcome,) = apply_plan(plan, applier)
    assert "the console changed since the plan was made; nothing was written" in str(outcome.error)
    kept = console.application(20001001).template
    assert kept is not None
    assert kept["MaxIdleTime"] == 300


def test_one_failure_does_not_stop_the_others(project: Project) -> None:
    project.edit("environments/dev/environment.yaml", "subAppId: 1500000010, ", "subAppId: 1500000010, procedure: x, ")
    project.edit(
        "environments/dev/apps/classroom.yaml",
        "template: classroom@v1",
        "template: classroom@v1\n  settings: {callback: {url: 'https://example.com/x', keyRef: env:NO_SUCH_KEY}}",
    )
    ran = project.run("apply", "--yes", "dev")
    assert ran.code == 3
    assert "failed classroom (1/2): the secret env:NO_SUCH_KEY is not set" in ran.err
    assert "applied video-call" in ran.out
    assert project.console("dev").application(20001001).mode == "auto"


def test_a_read_only_console_is_not_written(project: Project) -> None:
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: embedded, readOnly: true}")
    ran = project.run("apply", "--yes", "dev")
    assert ran.code == 1
    assert "console.readOnly is set" in ran.err
    assert not project.console("dev").application(20001001).enabled


OLD = ("video-call: {sdkAppId: 20001001}", "video-call: {sdkAppId: 20001001, generation: old}")


def test_old_type_recording_is_switched_off_only_where_it_is_meant(project: Project) -> None:
    project.edit("environments/dev/embedded.yaml", *OLD)
    project.run("apply", "--yes", "dev")
    assert project.console("dev").application(20001001).enabled
    project.edit(CALL, "enabled: true", "enabled: false")
    refused = project.run("apply", "--yes", "dev")
    assert refused.code == 1
    assert f"{CALL}:8:12: video-call: stop-recording:" in refused.err
    assert project.console("dev").application(20001001).enabled
    assert project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-call").code == 0
    assert not project.console("dev").application(20001001).enabled


def test_an_allowance_for_one_application_lets_no_other_pass(project: Project) -> None:
    stop(project)
    project.edit("environments/dev/apps/classroom.yaml", "mode: auto", "mode: manual")
    refused = project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-call")
    assert refused.code == 1
    assert "classroom: stop-recording:" in refused.err
    assert "video-call: stop-recording:" not in refused.err
    assert project.console("dev").application(20001001).mode == "auto"


def test_ctrl_c_finishes_what_is_in_flight_and_says_what_is_left(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "_WRITERS", 1)
    begun = Event()
    real = TencentClient.write

    def write(client: TencentClient, action: str, body: dict[str, Any]) -> dict[str, Any]:
        begun.set()
        return real(client, action, body)

    def interrupted(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(apply, "wait", wait)
        assert begun.wait(30)
        raise KeyboardInterrupt

    monkeypatch.setattr(TencentClient, "write", write)
    monkeypatch.setattr(apply, "wait", interrupted)
    ran = project.run("apply", "--yes", "dev")
    assert ran.code == 3
    assert ran.out.count("applied ") == 1
    assert "failed video-call (1/2): video-call: not done, the run was stopped" in ran.err
    assert project.console("dev").application(20001002).mode == "auto"
    assert not project.console("dev").application(20001001).enabled
    assert project.json("history", "dev")[-1]["event"] == "end"
    assert project.run("apply", "--yes", "dev").code == 0
