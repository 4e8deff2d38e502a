"""CloudEvents over HTTP: who may send, what is taken, and how much of it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from provisioner.console.audit.audit_event import AuditEvent
from provisioner.console.audit.receiver import MOST_BYTES, receiving
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import Secret

EVENT = {
    "specversion": "1.0",
    "id": "e1",
    "source": "trtc.cloud.tencent",
    "type": "trtc:CloudEvent:ConsoleCall",
    "subject": "qcs::trtc::uin/1:sdkappid/20001001",
    "time": 1772366400000,
    "data": {"eventName": "ModifyRecordMode", "userIdentity": {"userName": "kim"}},
}
BEARER = {"Authorization": "Bearer t0ken"}


@dataclass
class Receiver:
    address: str
    heard: list[AuditEvent] = field(default_factory=list)

    def post(self, body: bytes, headers: dict[str, str] | None = None, method: str = "POST") -> int:
        host, _, port = self.address.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=5)
        try:
            connection.request(method, "/", body, BEARER if headers is None else headers)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Receiver]:
    heard: list[AuditEvent] = []

    def hear(events: Sequence[AuditEvent]) -> None:
        heard.extend(events)

    with receiving("127.0.0.1", 0, Secret("t0ken"), hear) as address:
        yield Receiver(address, heard)


@pytest.fixture
def receiver(served: Receiver) -> Receiver:
    served.heard.clear()
    return served


def test_one_event_and_a_batch(receiver: Receiver) -> None:
    assert receiver.post(json.dumps(EVENT).encode()) == 202
    assert receiver.post(json.dumps([EVENT, {**EVENT, "id": "e2"}]).encode()) == 202
    assert [(event.id, event.who, event.applications) for event in receiver.heard] == [
        ("e1", "kim", frozenset({20001001})),
        ("e1", "kim", frozenset({20001001})),
        ("e2", "kim", frozenset({20001001})),
    ]


def test_attributes_in_headers(receiver: Receiver) -> None:
    attributes = {"ce-type": EVENT["type"], "ce-id": "e3", "ce-subject": EVENT["subject"], "ce-time": "1772366400000"}
    assert receiver.post(json.dumps(EVENT["data"]).encode(), {**BEARER, **attributes}) == 202  # type: ignore[dict-item]
    ((event),) = receiver.heard
    assert (event.id, event.action, event.at is not None) == ("e3", "ModifyRecordMode", True)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer other"}, {"Authorization": "t0ken"}, {"Authorization": "Basic t0ken"}],
    ids=["none", "other", "bare", "basic"],
)
def test_whoever_does_not_know_the_token_is_not_heard(receiver: Receiver, headers: dict[str, str]) -> None:
    assert receiver.post(json.dumps(EVENT).encode(), headers) == 401
    assert receiver.heard == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"7", 400),
        (b"[7]", 400),
        (b"{}", 400),
        (b"[" * 100_000, 400),
        (b'{"type": "cvm:CloudEvent:ApiCall"}', 202),
        (json.dumps([EVENT] * 1001).encode(), 400),
        (b"[]", 202),
        (b" " * (MOST_BYTES + 1), 413),
    ],
    ids=range(11),
)
def test_what_is_no_event_of_ours(receiver: Receiver, body: bytes, status: int) -> None:
    assert receiver.post(body) == status
    assert receiver.heard == []


def test_only_posts(receiver: Receiver) -> None:
    assert receiver.post(b"", method="GET") == 405


def test_a_port_that_is_taken(receiver: Receiver) -> None:
    port = int(receiver.address.rpartition(":")[2])
    with (
        pytest.raises(ProvisionerError, match="nobody can listen on"),
        receiving("127.0.0.1", port, Secret("x"), lambda _: None),
    ):
        raise AssertionError("unreachable")
