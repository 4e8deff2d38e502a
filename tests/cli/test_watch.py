"""Watch: told once of each change, again after a failure, by a poll and by a push."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from provisioner.cli.watching import Pushed, Watched
from provisioner.console.audit.audit_event import AuditEvent
from provisioner.simulator import AuditCaller, Fault
from tests.console.endpoint import Endpoint, answers, endpoint, status
from tests.project import Project, Ran

KIM = AuditCaller("kim@acme", "198.51.100.9", "ConsoleCall")
CALL = 20001001


@pytest.fixture
def applied(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    assert project.run("apply", "dev", "--yes").code == 0
    monkeypatch.setenv("HOOK_KEY", "secret")
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return project


def watch(project: Project, served: Endpoint) -> Ran:
    webhook = ("--webhook", f"http://{served.host}/", "--webhook-key-ref", "env:HOOK_KEY")
    return project.run("watch", "dev", "--once", *webhook)


def click(project: Project, **change: Any) -> None:
    with project.console("dev") as state:
        state.edit(CALL, **{"mode": "manual", "by": KIM, **change})


def types(served: Endpoint) -> list[str]:
    return [body["type"].rpartition(".")[2] for _, _, body in served.seen]


def test_each_change_is_told_once(applied: Project) -> None:
    with endpoint(answers()) as served:
        assert watch(applied, served).code == 0
        assert served.seen == []  # nothing differs, and nobody was told that something did
        click(applied)
        ran = watch(applied, served)
        assert ran.code == 2
        assert re.search(
            r"dev: dev/video-call is NOT being recorded; as specified until at least 20\S+ \S+ UTC; "
            r"changed by kim@acme at 20",
            ran.out,
        )
        assert watch(applied, served).code == 2
        assert types(served) == ["detected"]
        click(applied, enabled=False)
        watch(applied, served)
        click(applied, mode="auto", enabled=True)
        assert watch(applied, served).code == 0
        assert watch(applied, served).code == 0
        assert types(served) == ["detected", "changed", "resolved"]
    ids = [body["id"] for _, _, body in served.seen]
    assert len(set(ids)) == 3


def test_each_look_leaves_the_gauges_of_every_application(applied: Project) -> None:
    file = applied.root / "watch.prom"
    assert applied.run("watch", "dev", "--once", "--metrics", "watch.prom").code == 0
    watched = Watched("dev", {}, Pushed(), whole=True)
    assert watched.look() == 0
    click(applied)
    assert watched.look() == 2  # reads what the audit log names, and knows the rest from before
    assert watched.latest is not None
    assert [(entry.name, entry.differs) for entry in watched.latest.applications] == [
        ("classroom", False),
        ("support-desk", False),
        ("video-call", True),
    ]
    assert (
        'trtc_recording_as_specified{application="video-call",command="drift",environment="dev"} 1.0'
        in file.read_text()
    )
    assert applied.run("watch", "dev", "--once", "--metrics", "watch.prom").code == 2
    assert (
        'trtc_recording_as_specified{application="video-call",command="drift",environment="dev"} 0.0'
        in file.read_text()
    )


def test_the_event_names_application_fields_and_whoever_did_it(applied: Project) -> None:
    click(applied)
    with endpoint(answers()) as served:
        watch(applied, served)
    ((_, headers, event),) = served.seen
    assert (event["specversion"], event["source"], event["subject"]) == ("1.0", "/trtc-recording/dev", "dev")
    assert headers["webhook-id"] == event["id"]
    (found,) = event["data"]["applications"]
    assert found["name"] == "video-call"
    assert found["changes"] == [{"path": "/recording/mode", "console": "manual", "specs": "auto"}]
    assert (found["changedBy"][0]["who"], found["changedBy"][0]["address"]) == ("kim@acme", "198.51.100.9")
    assert (event["data"]["drifted"], event["data"]["of"]) == (1, 3)


def test_a_receiver_that_fails_is_told_again_under_the_same_id(applied: Project) -> None:
    click(applied)
    with endpoint(status(503), answers()) as served:
        failed = watch(applied, served)
        assert (failed.code, "webhook: the webhook at" in failed.err) == (1, True)
        assert watch(applied, served).code == 2
        assert watch(applied, served).code == 2
    first, second = (body["id"] for _, _, body in served.seen)
    assert first == second


def test_a_pushed_entry_is_enough_where_the_log_is_late(applied: Project) -> None:
    with applied.console("dev") as state:
        state.wind(600)  # past our own calls
        state.faults.add(Fault("audit-late", seconds=3600))
    pushed = Pushed()
    watched = Watched("dev", {}, pushed)
    assert watched.look() == 0
    click(applied)
    assert watched.look() == 0  # the log does not show it yet
    with applied.console("dev") as state:
        now = datetime.fromtimestamp(state.now(), UTC)
    event = AuditEvent("p", now, "kim", "ModifyRecordMode", "", "ConsoleCall", "r", frozenset({CALL}), False)
    pushed.add([event])
    assert pushed.wake.is_set()
    assert watched.look() == 2


def test_a_console_that_fails_is_told_and_the_next_look_goes_on(applied: Project) -> None:
    with applied.console("dev") as state:
        state.faults.add(Fault("reset-before", ("DescribeAppStatList",), count=4))
    watched = Watched("dev", {}, Pushed())
    from provisioner.console.tencent import client

    original = client._BACK_OFF
    client._BACK_OFF = ()
    try:
        assert watched.look() == 1
    finally:
        client._BACK_OFF = original
    with applied.console("dev") as state:
        state.faults.clear()
    assert watched.look() == 0


@pytest.mark.parametrize(
    "options",
    [("--webhook", "https://x.example/"), ("--listen", "127.0.0.1:0"), ("--webhook-key-ref", "env:X")],
    ids=["no key", "no token", "no address"],
)
def test_half_of_a_pair_is_refused(applied: Project, options: tuple[str, ...]) -> None:
    ran = applied.run("watch", "dev", "--once", *options)
    assert (ran.code, "go together" in ran.err) == (1, True)


def test_it_watches_until_it_is_stopped_and_hears_a_push(applied: Project) -> None:
    with applied.console("dev") as state:
        state.wind(600)
        state.faults.add(Fault("audit-late", seconds=3600))
    command = [sys.executable, "-m", "provisioner", "watch", "dev", "--every", "3600", "--listen", "127.0.0.1:0"]
    log = applied.root / "watch.err"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [*command, "--token-ref", "env:HOOK_KEY"], cwd=applied.root, stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        assert process.stdout
        try:
            assert b"dev: as specified" in process.stdout.readline()
            address = _address(log)
            click(applied)
            with applied.console("dev") as state:
                when = int(state.now() * 1000)
            _push(address, when)
            line = process.stdout.readline()
            assert b"dev/video-call is NOT being recorded; " in line
            assert b"changed by kim" in line
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def _address(log: Path) -> str:
    for _ in range(100):
        words = log.read_text().split()
        found = [word for word in words if word.startswith("http://")]
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def _push(address: str, when: int) -> None:
    import urllib.request

    data = {"eventName": "ModifyRecordMode", "userIdentity": {"userName": "kim"}}
    event = {"specversion": "1.0", "id": "p1", "type": "trtc:CloudEvent:ConsoleCall", "time": when, "data": data}
    body = json.dumps({**event, "subject": f"sdkappid/{CALL}"}).encode()
    request = urllib.request.Request(address, body, {"Authorization": "Bearer secret"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 202
