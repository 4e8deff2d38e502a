"""The endpoints, as backends, the vendor and everybody else reach them."""

from __future__ import annotations

import base64
import logging
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioner.controller.events import LARGEST_BODY
from provisioner.controller.store.port import StoreUnavailableError
from tests.controller.scene import callback
from tests.controller.served import KEY, TOKEN, Served, serving, specs


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(specs(tmp_path_factory.mktemp("served"))) as running:
        yield running


def until(told: Callable[[], bool]) -> None:
    """Wait for what happens beside the endpoints."""
    for _ in range(400):
        if told():
            return
        time.sleep(0.02)
    raise AssertionError("it never happened")


def recording(served: Served) -> list[str]:
    return [row["room"] for row in served.get("/status.json")[1]["recording"]]


def test_a_call_is_recorded_from_the_backends_word_until_the_rooms_dismissal(served: Served) -> None:
    status, answer = served.begin("happy")
    assert (status, answer["call"], answer["wanted"]) == (200, "call-1", True)
    until(lambda: "happy" in recording(served))
    assert served.begin("happy")[1]["state"] == "running"  # told twice
    assert served.callback(callback(102, "happy", time.time())) == (200, {"code": 0})
    until(lambda: "happy" not in recording(served))


def test_the_backend_ends_a_call(served: Served) -> None:
    served.begin("ended")
    until(lambda: "ended" in recording(served))
    body = {"application": "support-desk", "room": "ended", "call": "call-1"}
    assert served.post("/v1/dev/calls/end", body)[0] == 200
    until(lambda: "ended" not in recording(served))
    assert served.post("/v1/dev/calls/end", body | {"call": "no-such-call"}) == (
        200,
        {"call": "no-such-call", "state": None},
    )


def test_callkits_end_of_a_call_ends_it_and_wraps_what_recorders_tell(served: Served) -> None:
    served.begin("kit", "call-kit")
    until(lambda: "kit" in recording(served))
    path = f"/v1/dev/callkit/{TOKEN}?SdkAppid=20001003&CallbackCommand=x&contenttype=json"
    record = {"RoomId": "kit", "CallId": "call-kit", "AcceptTime": 1, "EndTime": 2}
    end = {"CallbackCommand": "Call.CallbackAfterEndCall", "CallRecord": record, "EventTime": 1}
    inner = callback(301, "elsewhere", time.time(), TaskId="t-1", UserId="callkit_robot", Payload={"Status": 0})
    wrapped = {"CallbackCommand": "Call.CallbackAfterRecordChanged", "CallId": "c", "Callback": inner}
    start = {"CallbackCommand": "Call.CallbackAfterStartCall", "RoomId": "", "CallId": "c"}
    for body in (end, wrapped, start):
        assert served.post(path, body, {"Authorization": ""})[0] == 200
    assert served.post("/v1/dev/callkit/wrong?SdkAppid=20001003", end)[0] == 401
    assert served.post(f"/v1/dev/callkit/{TOKEN}?SdkAppid=7", end)[0] == 404
    until(lambda: "kit" not in recording(served))
    assert served.get("/status.json")[1]["foreignTasks"] == 1


@pytest.mark.parametrize("key", ["CONTROLLER_CALLBACK_KEY", "CONTROLLER_NEXT_KEY"])
def test_either_of_two_keys_signs_while_one_replaces_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("CONTROLLER_CALLBACK_KEY", "present")
    monkeypatch.setenv("CONTROLLER_NEXT_KEY", "next")
    signer = "present" if key == "CONTROLLER_CALLBACK_KEY" else "next"
    with serving(specs(tmp_path)) as running:
        body = callback(101, "room", time.time())
        assert running.callback(body, key=signer)[0] == 200
        assert running.callback(body, key=KEY)[0] == 401


def _nested() -> bytes:
    return b'{"a":' * 50_000 + b"1" + b"}" * 50_000


HOSTILE: dict[str, tuple[Callable[[Served], tuple[int, Any]], int]] = {
    "another key": (lambda s: s.callback(callback(102, "r", time.time()), key="forged"), 401),
    "no signature": (lambda s: s.callback(callback(102, "r", time.time()), Sign=""), 401),
    "a signature that is no ASCII": (lambda s: s.callback(callback(102, "r", time.time()), Sign="é"), 401),
    "unknown application": (lambda s: s.callback(callback(102, "r", time.time()), app=4711), 404),
    "an id that is none": (lambda s: s.callback(callback(102, "r", time.time()), app="20001003x"), 404),
    "digits of another script": (lambda s: s.callback(callback(102, "r", time.time()), app="²"), 404),
    "an id without end": (lambda s: s.callback(callback(102, "r", time.time()), app="9" * 5_000), 404),
    "unknown environment": (lambda s: s.post("/v1/nowhere/callbacks", {}), 404),
    "no JSON": (lambda s: s.callback(b"no json"), 400),
    "nested without end": (lambda s: s.callback(_nested()), 400),
    "no UTF-8": (lambda s: s.callback(b"\xff\xfe"), 400),
    "a list": (lambda s: s.callback([1]), 400),
    "a path as room": (lambda s: s.callback(callback(102, "../../x", time.time())), 400),
    "a long room": (lambda s: s.callback(callback(102, "r" * 65_536, time.time())), 400),
    "a room with a line break": (lambda s: s.callback(callback(102, "r\nERROR all is well", time.time())), 400),
    "half a surrogate": (lambda s: s.callback(callback(102, "\ud800", time.time())), 400),
    "too large": (lambda s: s.callback(b" " * (LARGEST_BODY + 1)), 413),
    "another content type": (
        lambda s: s.callback(callback(102, "r", time.time()), **{"Content-Type": "text/plain"}),
        415,
    ),
    "no time": (lambda s: s.callback(callback(102, "r", 0)), 400),
    "another kind of event": (lambda s: s.callback(callback(999, "r", time.time())), 200),
    "an unknown key": (lambda s: s.begin("r", Authorization="no header"), 400),
    "a path as the backend's room": (lambda s: s.begin("../../x"), 400),
    "the backend's long room": (lambda s: s.begin("r" * 65), 400),
    "a long call": (lambda s: s.begin("r", "c" * 129), 400),
    "a flag as time": (lambda s: s.begin("r", beganAt=True), 400),
    "a time before 1970": (lambda s: s.begin("r", beganAt=-1), 400),
    "the backend's unknown application": (
        lambda s: s.post("/v1/dev/calls", {"application": "nobody", "room": "r", "call": "c"}),
        404,
    ),
    "an automatic application": (
        lambda s: s.post("/v1/dev/calls", {"application": "video-call", "room": "r", "call": "c"}),
        409,
    ),
    "a wrong token": (lambda s: s.post("/v1/dev/calls", {"room": "r"}, {"Authorization": "Bearer wrong"}), 401),
    "no token": (lambda s: s.post("/v1/dev/calls", {"room": "r"}, {"Authorization": ""}), 401),
    "nothing to modify": (
        lambda s: s.post("/v1/dev/modify", {"application": "support-desk", "room": "nothing-there"}),
        409,
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_wrong_is_refused_in_one_line_that_repeats_nothing_and_starts_nothing(
    served: Served, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    caplog.set_level(logging.INFO)
    send, status = HOSTILE[what]
    before = served.controller.overview().sessions
    assert send(served)[0] == status
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("provisioner.controller.app")]
    assert len(lines) <= 1
    assert not any(word in line for line in lines for word in ("../..", TOKEN, "rrrr", "all is well", "forged"))
    assert served.controller.overview().sessions == before


def test_a_slow_client_is_let_go(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioner.controller.app._BODY_SECONDS", 0.2)
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"POST /v1/dev/calls HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 408 ")


def test_a_store_that_cannot_be_used_answers_503_and_says_so(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> Any:
        raise StoreUnavailableError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(served.controller.store, "submit", fails)
        assert served.begin("r", "never")[0] == 503
        assert served.callback(callback(102, "r", time.time()))[0] == 503
        status, answer = served.get("/readyz")
        assert (status, answer["troubles"]) == (503, ["the disk is full"])
        assert served.get("/healthz")[0] == 200  # to restart it would help nobody
    assert served.get("/readyz") == (200, {"ready": True, "troubles": []})


def test_the_page_shows_hostile_names_as_text(served: Served) -> None:
    served.begin("<script>", "</td><b>\u202e")
    until(lambda: "<script>" in recording(served))
    page = served.get("/")[1]
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "\\u202e" in page


def test_metrics_tell_what_was_told_and_what_waits(served: Served) -> None:
    text = served.get("/metrics")[1]
    assert 'controller_told_total{taken="kept",what="begin"}' in text
    assert "controller_queue_age_seconds" in text


def test_the_status_needs_the_token_where_the_service_is_not_simulated(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = served.controller.contracts.environments["dev"].environment
    monkeypatch.setattr(type(held.console), "driver", "tencent", raising=False)
    ask = served.pool.request
    assert ask("GET", f"{served.url}/").status == 401
    basic = base64.b64encode(f"me:{TOKEN}".encode()).decode()
    assert ask("GET", f"{served.url}/", headers={"Authorization": f"Basic {basic}"}).status == 200
