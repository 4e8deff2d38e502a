"""Faults on demand: kept in the state file, so that another process may set them, drawn by the server."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from provisioner.foundation.errors import UsageError
from provisioner.simulator.database import Database
from provisioner.simulator.fault_kinds import AUDIT, CALLBACK, RECORDING, Conditions, fault_kind


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, in which calls, and how often.

    `actions` are names with `*` as wildcard, none meaning all. Each call that matches is struck with `probability`,
    decided by `seed` and the number of draws alone; after `count` strikes the fault is spent, None is for ever.
    Raises UsageError where it makes no sense.
    """

    kind: str
    actions: tuple[str, ...] = ()
    count: int | None = None
    probability: float = 1.0
    seconds: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        kind = fault_kind(self.kind)
        if not 0 < self.probability <= 1 or (self.count is not None and self.count < 1):
            raise UsageError("a fault strikes with a probability above 0 and up to 1, and at least once")
        kind.check(self.seconds)

    def concerns(self, action: str) -> bool:
        """Whether it strikes calls of that action, or callbacks, audit records or recordings of that name."""
        if fault_kind(self.kind).of != next((prefix for prefix in _PREFIXES if action.startswith(prefix)), ""):
            return False
        return not self.actions or any(fnmatchcase(action, pattern) for pattern in self.actions)

    def strikes(self, draw: int) -> bool:
        """Whether the call of that number (from 0) among those that match is struck."""
        return self.probability == 1 or random.Random(f"{self.seed}:{self.kind}:{draw}").random() < self.probability


@dataclass(frozen=True, slots=True)
class SetFault:
    """A fault as it stands in the state: its number, and how many calls it has seen and struck."""

    number: int
    fault: Fault
    drawn: int
    struck: int

    @property
    def spent(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.fault.count is not None and self.struck >= self.fault.count


class Faults:
    """The faults of one state file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, fault: Fault) -> int:
        """Set a fault; answers its number. It holds for every server on the file from the next call on."""
        with self._database.writing() as connection:
            row = connection.execute("INSERT INTO faults (fault) VALUES (?)", (json.dumps(asdict(fault)),))
            return row.lastrowid or 0

    def all(self) -> list[SetFault]:
        """Every fault that was set, spent ones included, in order."""
        return _standing(self._database.rows(_STANDING))

    def clear(self, number: int | None = None) -> int:
        """Take one fault away, or all of them; answers how many there were."""
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM faults WHERE ? IS NULL OR id = ?", (number, number)).rowcount

    def draw(self, action: str) -> Conditions:
        """Under what this call of `action` happens, all faults that strike it together; counts it."""
        if not _concerned(self.all(), action):  # the usual case takes no write lock
            return Conditions()
        with self._database.writing(durable=False) as connection:
            return conditions(draw(connection, action))


_PREFIXES = (CALLBACK, AUDIT, RECORDING)


def draw(connection: sqlite3.Connection, action: str) -> list[Fault]:
    """The faults that strike this one `action`, counted, within a transaction of the caller's."""
    struck = []
    for entry in _concerned(_standing(connection.execute(_STANDING)), action):
        hit = entry.fault.strikes(entry.drawn)
        struck.extend([entry.fault] if hit else [])
        update = "UPDATE faults SET drawn = drawn + 1, struck = struck + ? WHERE id = ?"
        connection.execute(update, (int(hit), entry.number))
    return struck


def conditions(faults: Iterable[Fault]) -> Conditions:
    """Under what happens that these faults strike together."""
    found = Conditions()
    for fault in faults:
        fault_kind(fault.kind).worsen(found, fault.seconds)
    return found


_STANDING = "SELECT id, fault, drawn, struck FROM faults ORDER BY id"


def _standing(rows: Iterable[tuple[Any, ...]]) -> list[SetFault]:
    return [SetFault(number, _from_json(text), drawn, struck) for number, text, drawn, struck in rows]


def _concerned(standing: Iterable[SetFault], action: str) -> list[SetFault]:
    return [entry for entry in standing if not entry.spent and entry.fault.concerns(action)]


@cache  # every call looks at the faults, and they are few
def _from_json(text: str) -> Fault:
    members: dict[str, Any] = json.loads(text)
    return Fault(**{**members, "actions": tuple(members["actions"])})
