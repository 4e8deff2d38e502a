"""TUICallKit's webhook over REST: what is sent, what is believed of an answer, and what a lost answer is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from provisioner.console.calls.call_webhooks import CallAdmin, CallWebhook, CallWebhooks
from provisioner.console.port import AmbiguousWriteError, ConsoleError, Unreadable
from provisioner.console.tencent.client import Endpoint
from provisioner.foundation.text_safety import Secret
from provisioner.simulator import Account, ConsoleServer, ConsoleState, Fault, SeedApplication
from tests.console.endpoint import Reply, endpoint

APP = 20001001
ADMIN = CallAdmin(APP, "administrator", Secret("key-canary"))
URL = "https://hooks.example.com/calls"


@contextmanager
def service(*script: Reply) -> Iterator[tuple[CallWebhooks, Any]]:
    with endpoint(*script) as served:
        webhooks = CallWebhooks(Endpoint(served.host, "http", direct=True), lambda: datetime.now(UTC))
        yield webhooks, served
        webhooks.close()


def says(status: int = 200, **document: Any) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        body = json.dumps(document).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def shows(url: object, events: object) -> Reply:
    return says(ErrorCode=0, ActionStatus="OK", RequestId="r", Response={"Url": url, "CallbackCommandList": events})


def test_what_is_set_is_read_in_the_order_of_events() -> None:
    commands = ["Call.CallbackAfterRecordChanged", "Call.CallbackAfterStartCall"]
    with service(shows(URL, commands)) as (webhooks, served):
        assert webhooks.read(ADMIN) == CallWebhook(URL, ("start-call", "record-changed"))
    assert served.seen[0][2] == {}


def test_nothing_set_is_no_error() -> None:
    with service(says(ErrorCode=100301, ErrorInfo="none")) as (webhooks, _):
        assert webhooks.read(ADMIN) == CallWebhook(None, None)


@pytest.mark.parametrize(
    ("url", "events"),
    [
        (7, []),
        ("x" * 3000, "Call.CallbackAfterEndCall"),
        (None, ["Call.CallbackAfterNoise"]),
        ([], [{"a": 1}]),
        ({}, ["Call.CallbackAfterEndCall"] * 101),
    ],
    ids=range(5),
)
def test_what_is_not_as_documented_cannot_be_verified(url: object, events: object) -> None:
    with service(shows(url, events)) as (webhooks, _):
        found = webhooks.read(ADMIN)
    assert isinstance(found.url, Unreadable)
    assert isinstance(found.events, Unreadable) or events == []


@pytest.mark.parametrize(
    "reply",
    [says(500), says(ErrorCode="0"), says(), says(ErrorCode=True), says(ErrorCode=70003, ErrorInfo="\x1bsig")],
    ids=range(5),
)
def test_what_is_no_answer_is_an_error_without_the_signature(reply: Reply) -> None:
    with service(reply) as (webhooks, _), pytest.raises(ConsoleError) as error:
        webhooks.read(ADMIN)
    assert "usersig" not in str(error.value)
    assert "canary" not in str(error.value)
    assert "\x1b" not in str(error.value)


def test_both_are_set_together_and_a_lost_answer_is_ambiguous(tmp_path: Path) -> None:
    with ConsoleState(tmp_path / "console.sqlite") as state:
        state.seed([SeedApplication(APP, "call", "new")])
        with ConsoleServer(state, [Account("AKIDx", "key", "1")]) as server:
            webhooks = CallWebhooks(Endpoint(server.endpoint, "http", direct=True), lambda: datetime.now(UTC))
            assert webhooks.read(ADMIN) == CallWebhook(None, None)
            assert webhooks.write(ADMIN, URL, ["end-call", "record-changed"])
            assert webhooks.read(ADMIN) == CallWebhook(URL, ("end-call", "record-changed"))
            state.faults.add(Fault("reset-after", ("set_callback",), count=1))
            with pytest.raises(AmbiguousWriteError):
                webhooks.write(ADMIN, f"{URL}/2", ["end-call"])
            assert webhooks.read(ADMIN) == CallWebhook(f"{URL}/2", ("end-call",))
            with pytest.raises(ConsoleError, match="100001"):
                webhooks.write(ADMIN, "ftp://x", ["end-call"])
            with pytest.raises(ConsoleError, match="60006"):
                webhooks.read(CallAdmin(4711, "administrator", Secret("k")))
            webhooks.close()
