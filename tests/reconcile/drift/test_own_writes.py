"""What the journal says of this tool's own calls, and what the audit log proves by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.drift.own_writes import OwnWrite, kept, own_writes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, YOUNG = NOON - timedelta(hours=2), NOON - timedelta(minutes=1)


class Log:
    """An audit log that has the calls of `ids`."""

    needed = ("AlterRecording", "ModifyRecordMode")

    def __init__(self, *ids: str) -> None:
        self.ids = ids

    def shows(self, request_id: str, _at: datetime) -> bool:
        return request_id in self.ids


def proof(*ids: str, **own: tuple[str, datetime]) -> dict[str, bool]:
    writes = {request: OwnWrite(*write) for request, write in own.items()}
    return kept(Log(*ids), writes, NOON)  # type: ignore[arg-type]


def applied(at: str = "2026-03-01T12:00:00Z", **details: Any) -> JournalEntry:
    return JournalEntry("run", "applied", at, details)


def test_calls_are_known_by_request_id() -> None:
    entries = [
        applied(requests=["AlterRecording r1", "ModifyRecordMode r2", "NoAnswer "]),
        applied(requests="AlterRecording r3"),
        applied("?", requests=["AlterRecording r4"]),
        applied(),
        JournalEntry("run", "write", "2026-03-01T12:00:00Z", {"requests": ["AlterRecording r5"]}),
    ]
    assert own_writes(entries) == {"r1": OwnWrite("AlterRecording", NOON), "r2": OwnWrite("ModifyRecordMode", NOON)}


def test_a_call_that_the_log_shows_proves_that_it_keeps_such_calls() -> None:
    assert proof("r1", r1=("AlterRecording", OLD)) == {"AlterRecording": True}


def test_a_call_that_the_log_lacks_proves_that_it_does_not() -> None:
    assert proof(r1=("AlterRecording", OLD)) == {"AlterRecording": False}


def test_a_young_call_counts_only_where_it_is_there() -> None:
    assert proof(r1=("AlterRecording", YOUNG)) == {}
    assert proof("r1", r1=("AlterRecording", YOUNG)) == {"AlterRecording": True}
    assert proof("r1", r1=("AlterRecording", OLD), r2=("AlterRecording", YOUNG)) == {"AlterRecording": True}
