"""What a journal of many applications tells on a screen: alike things once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from syrupy.assertion import SnapshotAssertion

from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.report.console.history import render_confirmations, render_run
from provisioner.specs.documents.observation import Observation

IDLE = "/recording/settings/maxIdleTime"
FORMATS = "/recording/settings/formats"


def entry(event: str, **details: Any) -> JournalEntry:
    return JournalEntry("1", event, "2026-02-02T12:00:00Z", details)


def write(number: int, after: str = "10s") -> JournalEntry:
    changes = [
        {"path": IDLE, "before": "5s", "after": after},
        {"path": FORMATS, "before": None, "after": ["mp4", "hls"]},
    ]
    return entry("write", name=f"app-{number:03}", sdkAppId=20000000 + number, changes=changes)


def applied(number: int) -> JournalEntry:
    at = f"2026-02-02T12:{number % 60:02}:00Z"
    return entry("applied", name=f"app-{number:03}", sdkAppId=20000000 + number, effectiveAfter=at)


def run(*entries: JournalEntry) -> list[JournalEntry]:
    begin = entry("begin", who="Ada", engine="provisioner apply", console="TRTC console")
    return [begin, *entries, entry("end")]


MANY = run(
    *(each for number in range(50) for each in (write(number), applied(number))),
    write(60, "20s\x1b[31m"),
    applied(60),
    *(
        entry("failed", name=f"app-{number:03}", sdkAppId=number, reason="RequestLimitExceeded")
        for number in range(70, 75)
    ),
)


def test_what_is_alike_of_many_stands_once(snapshot: SnapshotAssertion) -> None:
    shown = "\n".join(render_run(MANY))
    assert shown == snapshot
    assert max(map(len, shown.splitlines())) <= 80


def test_verbose_lists_each_and_few_are_listed_anyway() -> None:
    everything = "\n".join(render_run(MANY, verbose=True))
    assert all(f"app-{number:03} " in everything for number in range(50))
    few = run(write(1), applied(1), write(2), applied(2))
    assert list(render_run(few)) == list(render_run(few, verbose=True))
    assert "    app-001 20000001  formats: (not set) -> [mp4, hls]" in render_run(few)


def test_confirmations_of_one_day_stand_once() -> None:
    now = datetime(2026, 2, 2, 12, tzinfo=UTC)
    seen = [
        Observation(f"app-{number:03}", number, "Ada", now, now + timedelta(days=30, seconds=number), {})
        for number in range(9)
    ]
    assert list(render_confirmations(seen)) == [
        "2026-02-02T12:00:00Z  Ada confirmed 9 applications; the first counts until 2026-03-04T12:00:00Z",
        "    app-000, app-001, app-002, app-003 and 5 more (--verbose lists them)",
    ]
    assert len(list(render_confirmations(seen, verbose=True))) == 9
    assert list(render_confirmations(seen[:1])) == [
        "2026-02-02T12:00:00Z  Ada confirmed app-000; it counts until 2026-03-04T12:00:00Z"
    ]
