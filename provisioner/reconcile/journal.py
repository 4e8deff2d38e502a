"""What was done to an environment, by whom and when: an fsynced record that a rerun and `history` read.

One file a run, one JSON object a line. A kill leaves at most one torn line at the end, which readers pass over;
nothing is ever rewritten.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from provisioner.foundation.clock import Clock, timestamp
from provisioner.foundation.errors import ProvisionerError

VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what happened, when (UTC), and its details by event.

    `begin` {who, engine, plan, console} · `equal` {sdkAppIds} · `write` {name, sdkAppId, changes} before anything is
    sent · `applied` {name, sdkAppId, requests, effectiveAfter} · `failed` {name, sdkAppId, reason} · `end` {}.
    """

    run: str
    event: str
    at: str
    details: Mapping[str, Any]


class Journal:
    """The journal of one environment: a folder that only grows."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def begin(self, **details: Any) -> Run:
        """Start a run. Raises ProvisionerError where the journal cannot be written: then nothing must be."""
        moment = self._clock()
        name = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond:06}Z-{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            run = Run(self._folder / f"{name}.jsonl", name, self._clock)
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        run.record("begin", version=VERSION, **details)
        return run

    def entries(self) -> Iterator[Entry]:
        """Every entry of every run, oldest run first."""
        for file in sorted(self._folder.glob("*.jsonl")):
            yield from _read(file)


class Run:
    """One run's file. Every record is on the disk before `record` returns."""

    def __init__(self, path: Path, name: str, clock: Clock) -> None:
        self.name = name
        self._path = path
        self._clock = clock
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o644)
        _sync_folder(path.parent)

    def record(self, event: str, **details: Any) -> None:
        """Append one entry. Raises ProvisionerError; what was to follow must not happen then."""
        entry = {"event": event, "at": timestamp(self._clock()), **details}
        line = json.dumps(entry, ensure_ascii=True, sort_keys=False) + "\n"
        try:
            os.write(self._descriptor, line.encode())
            os.fsync(self._descriptor)
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def close(self) -> None:
        os.close(self._descriptor)


@dataclass(frozen=True, slots=True)
class PlanRuns:
    """What runs of one sealed plan have done: applications that were `begun`, those that are `done`.

    `finished` is when a run ended with nothing left to do, None before that.
    """

    begun: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    finished: str | None = None


def runs_of(entries: Iterable[Entry], plan: str) -> PlanRuns:
    """The journal's say on the sealed plan with this digest."""
    begun: set[str] = set()
    done: set[str] = set()
    finished = None
    for _, group in groupby(entries, key=lambda entry: entry.run):
        run = list(group)
        if run[0].details.get("plan") == plan:
            begun.update(entry.details["name"] for entry in run if entry.event == "write")
            done.update(entry.details["name"] for entry in run if entry.event == "applied")
            if run[-1].event == "end" and not any(entry.event == "failed" for entry in run):
                finished = run[-1].at
    return PlanRuns(frozenset(begun), frozenset(done), finished)


def _read(file: Path) -> Iterator[Entry]:
    for line in file.read_text("utf-8", errors="replace").splitlines():
        try:
            document = json.loads(line)
            event, at = document.pop("event"), document.pop("at")
        except (ValueError, KeyError, AttributeError):
            continue  # torn by a kill: the run that wrote it never acted on it
        yield Entry(file.stem, event, at, document)


def _unwritable(path: Path, error: OSError) -> ProvisionerError:
    return ProvisionerError(
        f"the journal cannot be written: {error.strerror or error}",
        where=str(path),
        fix="Nothing more is written to the console without a journal. Check the folder and the free space.",
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
