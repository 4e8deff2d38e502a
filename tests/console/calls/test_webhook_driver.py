"""Webhooks of calls from the spec to the service and back: planned, applied, drifted, repaired; on every driver."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from provisioner.simulator import Account, ConsoleServer, ConsoleState, Fault, SeedApplication
from tests.project import Project

CALL = 20001001
BLOCK = """\
calls:
  webhook: {url: https://hooks.example.com/calls, events: [record-changed, end-call]}
  sdkSecretKeyRef: env:SDK_KEY
"""
FILE = "environments/dev/apps/video-call.yaml"
COMMANDS = ["Call.CallbackAfterEndCall", "Call.CallbackAfterRecordChanged"]


def declare(project: Project, file: str = FILE, block: str = BLOCK) -> None:
    project.write(file, (project.root / file).read_text("utf-8") + block)


def differing(project: Project, environment: str = "dev") -> list[str]:
    (app,) = project.json("plan", f"{environment}/video-call")["applications"]
    return [change["path"] for change in app["changes"]]


def test_from_the_spec_to_the_service_and_back(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    declare(project)
    assert differing(project) == ["/calls/webhook/url", "/calls/webhook/events"]
    assert project.run("apply", "dev", "--yes").code == 0
    with project.console("dev") as state:
        assert state.call_webhook(CALL) == ("https://hooks.example.com/calls", COMMANDS)
        writes = state.accepted_writes()
        state.set_call_webhook(CALL, "https://elsewhere.example", [COMMANDS[0]])
    drift = project.run("drift", "dev", "--exit-code")
    assert (drift.code, "calls.webhook.url" in drift.out) == (2, True)
    with project.console("dev") as state:
        state.faults.add(Fault("reset-after", ("set_callback",), count=1))
    assert project.run("apply", "dev", "--yes").code == 0  # read back, not written twice
    assert differing(project) == []
    with project.console("dev") as state:
        assert state.accepted_writes() == writes  # the template was not touched


def test_an_environment_gives_it_to_all_of_its_applications(project: Project) -> None:
    where = "environments/dev/environment.yaml"
    declare(project, where, "calls: {webhook: {url: https://all.example.com/calls, events: [end-call]}}\n")
    ran = project.run("validate", "dev")
    assert (ran.code, "sdkSecretKeyRef" in ran.out + ran.err) == (1, True)  # each application has a key of its own
    for name in ("video-call", "classroom", "support-desk"):
        declare(project, f"environments/dev/apps/{name}.yaml", "calls: {sdkSecretKeyRef: env:SDK_KEY}\n")
    assert project.run("apply", "dev", "--yes").code == 0
    with project.console("dev") as state:
        found = [state.call_webhook(number) for number in (20001001, 20001002, 20001003)]
    assert found == [("https://all.example.com/calls", ["Call.CallbackAfterEndCall"])] * 3


def test_an_event_that_nobody_knows_cannot_be_verified(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    declare(project)
    with project.console("dev") as state:
        state.set_call_webhook(CALL, "https://hooks.example.com/calls", ["Call.CallbackAfterSomethingNew"])
    (app,) = project.json("plan", "dev/video-call")["applications"]
    assert [field["path"] for field in app["cannotVerify"]] == ["/calls/webhook/events"]


def test_a_webhook_without_its_key_is_refused(project: Project) -> None:
    declare(project, block="calls: {webhook: {url: 'https://x.example', events: [end-call]}}\n")
    ran = project.run("validate", "dev")
    assert (ran.code, "sdkSecretKeyRef" in ran.out + ran.err) == (1, True)


def test_a_read_only_console_is_not_written(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    declare(project)
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: embedded, readOnly: true}")
    ran = project.run("apply", "dev", "--yes")
    assert (ran.code, "console.readOnly is set" in ran.err) == (1, True)


@pytest.fixture
def live(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConsoleState]:
    """Production's console is changed by people; the call service is the simulator."""
    monkeypatch.setenv("SDK_KEY", "key")
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with ConsoleState(project.root / "live.sqlite") as state:
        state.seed([SeedApplication(20000101, "video-call", "new")])
        with ConsoleServer(state, [Account("AKIDx", "key", "1")]) as server:
            where = f"{{driver: runbook, endpoint: 'http://{server.endpoint}'}}"
            project.edit("environments/prod/environment.yaml", "{driver: embedded}", where)
            yield state


def test_where_people_change_the_console_the_webhook_is_set_over_the_api(project: Project, live: ConsoleState) -> None:
    declare(project, "environments/prod/apps/video-call.yaml")
    assert project.run("attest", "prod/video-call", "--yes", "--who", "Ada").code == 0
    assert differing(project, "prod") == ["/calls/webhook/url", "/calls/webhook/events"]
    ran = project.run("apply", "prod/video-call", "--yes")
    assert ran.code == 0, ran.out + ran.err
    assert "set video-call: webhook of calls" in ran.out
    assert live.call_webhook(20000101) == ("https://hooks.example.com/calls", COMMANDS)
    assert differing(project, "prod") == []
    assert "webhook of calls: https://hooks.example.com/calls" in project.run("history", "prod").out
    events = [entry["event"] for entry in json.loads(project.run("history", "prod", "--format", "json").out)]
    written = [event for event in events if event != "attested"]
    assert written == ["begin", "webhook", "end"]  # nothing that would say that the rest was applied


def test_doctor_reads_it_and_grades_it_documented(project: Project, live: ConsoleState) -> None:
    declare(project, "environments/prod/apps/video-call.yaml")
    live.set_call_webhook(20000101, "https://hooks.example.com/calls", COMMANDS)
    document = json.loads(project.run("doctor", "prod/video-call", "--format", "json").out)
    (check,) = [check for check in document["checks"] if check["name"] == "get_callback"]
    assert check["verdict"] == "ok"
    fields = [field for field in document["fields"] if field["path"].startswith("/calls/")]
    assert [(field["grade"], field["shown"]) for field in fields] == [("documented", "shown")] * 2
    live.faults.add(Fault("server-error", ("get_callback",)))
    document = json.loads(project.run("doctor", "prod/video-call", "--format", "json").out)
    assert [check["verdict"] for check in document["checks"] if check["name"] == "get_callback"] == ["fails"]


def test_what_the_service_has_can_be_adopted(project: Project) -> None:
    declare(project)
    project.run("apply", "dev", "--yes")
    with project.console("dev") as state:
        state.set_call_webhook(CALL, "https://other.example/calls", ["Call.CallbackAfterStartCall"])
    assert project.run("adopt", "dev/video-call").code == 0
    assert differing(project) == []
    assert "webhook: {url: https://other.example/calls, events: [start-call]}" in (project.root / FILE).read_text(
        "utf-8"
    )
