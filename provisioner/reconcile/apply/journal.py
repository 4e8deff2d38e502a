"""What was done to an environment, by whom and when: a durable record that a rerun and `history` read.

One JSON object an entry, kept by run; nothing is ever rewritten. Where it is kept is a Store's: a folder
(`journal_folder.py`) or a bucket (`journal_bucket.py`).
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Protocol

from provisioner.foundation.clock import Clock, timestamp
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.plan.staleness import PlanRuns
from provisioner.recording.limits import EFFECT_WINDOW

VERSION = 1

UNREADABLE = "unreadable"
"""The event of a line that somebody has damaged; whoever only looks for others passes it over."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line: what happened, when (UTC), and its details by event.

    `begin` {who, engine, plan, console} · `equal` {sdkAppIds, stopAuto: {sdkAppId: {name, owner, onRemove}}} ·
    `released` {sdkAppIds} whose removal is over · `write` {name, sdkAppId, changes} before anything is sent ·
    `applied` {name, sdkAppId, requests, effectiveAfter, digest, owner, onRemove} ·
    `webhook` {name, sdkAppId, url} where people change the rest · `failed` {name, sdkAppId, reason} · `end` {}.
    """

    run: str
    event: str
    at: str
    details: Mapping[str, Any]


class Sink(Protocol):
    """Where one run's lines go."""

    def add(self, line: bytes) -> None:
        """Keep one line; it outlives this process before `add` returns. Raises ProvisionerError, then keeps no more."""

    def close(self) -> None:
        """Nothing more is added."""


class JournalStore(Protocol):
    """Where the runs of one environment's journal are kept."""

    def open(self, run: str) -> Sink:
        """A new run. Raises ProvisionerError where none can be kept: then nothing must be written anywhere."""

    def runs(self) -> Iterator[tuple[str, str]]:
        """Every run's name and its lines, oldest first. Raises ProvisionerError."""


class Journal:
    """The journal of one environment."""

    def __init__(self, store: JournalStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def begin(self, guard: Callable[[], None] = lambda: None, **details: Any) -> Run:
        """Start a run. Raises ProvisionerError where the journal cannot be written: then nothing must be.

        `guard` raises where the environment's lock is no longer ours; it is asked before each entry.
        """
        moment = self._clock()
        unique = f"{os.getpid()}-{secrets.token_hex(3)}"  # containers on several machines have the same process ids
        name = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond:06}Z-{unique}"
        run = Run(name, self._store.open(name), self._clock, guard)
        try:
            run.record("begin", version=VERSION, **details)
        except BaseException:
            run.close()
            raise
        return run

    def entries(self) -> Iterator[JournalEntry]:
        """Every entry of every run, oldest run first."""
        for name, text in self._store.runs():
            yield from _entries(name, text)


class Run:
    """One run. Every record is kept for good before `record` returns. Safe to use from several threads."""

    def __init__(self, name: str, sink: Sink, clock: Clock, guard: Callable[[], None]) -> None:
        self.name = name
        self._sink = sink
        self._clock = clock
        self._guard = guard

    def record(self, event: str, **details: Any) -> None:
        """Append one entry. Raises ProvisionerError; what was to follow must not happen then."""
        self._guard()
        entry = {"event": event, "at": timestamp(self._clock()), **details}
        self._sink.add((json.dumps(entry, ensure_ascii=True, sort_keys=False) + "\n").encode())

    def close(self) -> None:
        """Release the sink; nothing is written afterwards."""
        self._sink.close()


def runs_of(entries: Iterable[JournalEntry], plan: str) -> PlanRuns:
    """The journal's say on the sealed plan with this digest."""
    begun: set[str] = set()
    done: set[str] = set()
    finished = None
    for _, group in groupby(entries, key=lambda entry: entry.run):
        run = list(group)
        if run[0].details.get("plan") == plan:
            begun.update(_names(run, "write"))
            done.update(_names(run, "applied"))
            if run[-1].event == "end" and not any(entry.event == "failed" for entry in run):
                finished = run[-1].at
    return PlanRuns(frozenset(begun), frozenset(done), finished)


def _names(run: Iterable[JournalEntry], event: str) -> set[str]:
    """Applications of a run's entries; those that somebody has damaged name none."""
    names = (entry.details.get("name") for entry in run if entry.event == event)
    return {name for name in names if isinstance(name, str)}


def holds_after(entries: Iterable[JournalEntry]) -> dict[int, datetime]:
    """From when on rooms are created by what was last written, by SDKAppId; also where nobody saw how a write ended.

    Times that cannot be read are passed over.
    """
    latest: dict[int, datetime] = {}
    for entry in entries:
        if entry.event in ("write", "applied"):
            number, told = entry.details.get("sdkAppId"), entry.details.get("effectiveAfter")
            try:
                moment = moment_of(told) if told else moment_of(entry.at) + EFFECT_WINDOW
            except (TypeError, ValueError, OverflowError):
                continue
            if isinstance(number, int):
                latest[number] = max(moment, latest.get(number, moment))
    return latest


def open_writes(entries: Iterable[JournalEntry]) -> set[int]:
    """Applications of whose last write nobody saw that it ended well: its run was killed, or its answer was lost."""
    found: set[int] = set()
    for entry in entries:
        number, settled = entry.details.get("sdkAppId"), entry.details.get("sdkAppIds")
        if entry.event == "equal" and isinstance(settled, list):
            found.difference_update(one for one in settled if isinstance(one, int))
        elif entry.event == "applied" and isinstance(number, int):
            found.discard(number)
        elif entry.event == "write" and isinstance(number, int):
            found.add(number)
    return found


def moment_of(text: str) -> datetime:
    """A time of an entry, in UTC. Raises TypeError, ValueError, OverflowError where somebody has damaged it."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _entries(run: str, text: str) -> Iterator[JournalEntry]:
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        try:
            document = json.loads(line)
            event, at = document.pop("event"), document.pop("at")
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            if number < len(lines):  # the last line is one that a kill has torn: its run never acted on it
                yield JournalEntry(run, UNREADABLE, "", {})
            continue
        if isinstance(event, str) and isinstance(at, str):
            yield JournalEntry(run, event, at, document)
        elif number < len(lines):
            yield JournalEntry(run, UNREADABLE, "", {})


def unwritable(place: str, reason: str) -> ProvisionerError:
    """What a Sink raises."""
    return ProvisionerError(
        f"the journal cannot be written: {reason}",
        where=place,
        fix="Nothing more is written to the console without a journal. Make room or give access, then run again.",
    )
