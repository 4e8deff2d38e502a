"""TUICallKit's REST in the simulator: who may speak for an application, and what it takes."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from provisioner.recording.user_sig import user_sig
from provisioner.simulator import ConsoleServer, ConsoleState
from tests.simulator.support import MANUAL

EVENT = "Call.CallbackAfterEndCall"


def ask(server: ConsoleServer, action: str, body: bytes = b"{}", **change: Any) -> dict[str, Any]:
    sig = user_sig(MANUAL, "any key", "administrator", now=int(time.time()), seconds=60)
    query = {"sdkappid": MANUAL, "identifier": "administrator", "usersig": sig, "contenttype": "json", **change}
    connection = http.client.HTTPConnection(server.endpoint, timeout=5)
    try:
        connection.request("POST", f"/v4/call_config/{action}?{urlencode(query)}", body)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()


def test_what_is_set_replaces_everything_and_is_shown(server: ConsoleServer, state: ConsoleState) -> None:
    assert ask(server, "get_callback")["ErrorCode"] == 100301
    for url in ("https://one.example", "https://two.example"):
        body = json.dumps({"Url": url, "CallbackCommandList": [EVENT, EVENT]}).encode()
        assert ask(server, "set_callback", body)["ErrorCode"] == 0
    assert ask(server, "get_callback")["Response"] == {"Url": "https://two.example", "CallbackCommandList": [EVENT]}
    assert state.call_webhook(MANUAL) == ("https://two.example", [EVENT])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"usersig": "nonsense"}, 70003),
        ({"identifier": "kim"}, 70013),
        ({"sdkappid": 4711}, 70013),
        ({"sdkappid": "x"}, 60006),
        ({"usersig": user_sig(MANUAL, "k", "administrator", now=1, seconds=60)}, 70001),
    ],
    ids=range(5),
)
def test_whoever_cannot_speak_for_the_application_is_refused(
    server: ConsoleServer, change: dict[str, Any], code: int
) -> None:
    assert ask(server, "get_callback", **change)["ErrorCode"] == code


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("set_callback", b"[", 60004),
        ("set_callback", b"[]", 60004),
        ("set_callback", b"{}", 100001),
        ("set_callback", json.dumps({"Url": "https://x", "CallbackCommandList": ["Other"]}).encode(), 100001),
        ("set_callback", b"x" * (1 << 17), 60002),
        ("del_callback", b"{}", 60009),
    ],
    ids=range(6),
)
def test_what_it_does_not_take(server: ConsoleServer, action: str, body: bytes, code: int) -> None:
    assert ask(server, action, body)["ErrorCode"] == code
