"""Callbacks that wait to be sent, as rows beside what they tell of: whoever sends them shares the work by claims.

Nothing is kept, and so nothing sent, for an application without a target: addresses in specs and templates belong to
somebody, and a simulator leaves them alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.recording.limits import LONGEST_CALLBACK_URL
from provisioner.simulator.callbacks.bodies import Told
from provisioner.simulator.calls.events import Room
from provisioner.simulator.database import Database

CLAIM_SECONDS = 15.0
"""How long one sender keeps others off a callback: three times what an answer may take."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an application's callbacks go, and the key that signs them."""

    url: str
    key: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many callbacks were answered 200, given up after a minute, and wait."""

    answered: int
    given_up: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """One callback that this sender may send now. `first_at` is when it was first tried (this machine's clock)."""

    number: int
    sdk_app_id: int
    room: str
    event: int
    info: dict[str, Any]
    at: float
    attempts: int
    first_at: float | None
    target: Target


def callback_url(text: str) -> str:
    """An address that callbacks can go to. Raises UsageError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(text) > LONGEST_CALLBACK_URL:
        raise UsageError(f"no address for callbacks: {printable(text[:80])}", fix="It is an http or https address.")
    return text


def add(connection: sqlite3.Connection, room: Room, told: Iterable[Told]) -> None:
    """Keep what is told of a room, where its application has a target."""
    if connection.execute("SELECT 1 FROM callback_targets WHERE sdk_app_id = ?", (room.sdk_app_id,)).fetchone():
        rows = [(room.sdk_app_id, room.room_id, one.event, json.dumps(dict(one.info)), one.at) for one in told]
        connection.executemany(
            "INSERT INTO callbacks (sdk_app_id, room_id, event, info, at) VALUES (?, ?, ?, ?, ?)", rows
        )


def forget(connection: sqlite3.Connection, room: Room, after: float) -> None:
    """What was to happen in a room later does not."""
    connection.execute(
        "DELETE FROM callbacks WHERE sdk_app_id = ? AND room_id = ? AND at > ? AND event < 300",
        (room.sdk_app_id, room.room_id, after),
    )


class Outbox:
    """The callbacks of one state file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def aim(self, sdk_app_id: int, target: Target | None) -> None:
        """Send what happens from now on to `target`; None: tell nobody, and forget what waits."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM callback_targets WHERE sdk_app_id = ?", (sdk_app_id,))
            if target is None:
                connection.execute("DELETE FROM callbacks WHERE sdk_app_id = ?", (sdk_app_id,))
            else:
                row = (sdk_app_id, target.url, target.key)
                connection.execute("INSERT INTO callback_targets VALUES (?, ?, ?)", row)

    def targets(self) -> dict[int, Target]:
        """Where each application's callbacks go, by SDKAppId; who has none is told nothing."""
        rows = self._database.rows("SELECT sdk_app_id, url, key FROM callback_targets ORDER BY sdk_app_id")
        return {sdk_app_id: Target(url, key) for sdk_app_id, url, key in rows}

    def counts(self) -> Counts:
        """How many callbacks were answered, were given up, and wait."""
        told = dict(self._database.rows("SELECT name, value FROM counters WHERE name LIKE 'callbacks_%'"))
        ((waiting,),) = self._database.rows("SELECT count(*) FROM callbacks")
        return Counts(told.get("callbacks_answered", 0), told.get("callbacks_given_up", 0), waiting)

    def due(self, happened_by: float) -> int:
        """How many callbacks of what happened by then wait."""
        ((waiting,),) = self._database.rows("SELECT count(*) FROM callbacks WHERE at <= ?", happened_by)
        return int(waiting)

    def claim(self, happened_by: float, now: float, most: int) -> list[Claimed]:
        """Take up to `most` callbacks of what happened by then that nobody else is sending, the oldest first."""
        due = "at <= ? AND retry_at <= ? AND claimed_until <= ?"
        if not self._database.rows(f"SELECT 1 FROM callbacks WHERE {due} LIMIT 1", happened_by, now, now):
            return []
        targets = self.targets()
        with self._database.writing(durable=False) as connection:
            rows = connection.execute(
                "SELECT id, sdk_app_id, room_id, event, info, at, attempts, first_at FROM callbacks"
                f" WHERE {due} ORDER BY at, id LIMIT ?",
                (happened_by, now, now, most),
            ).fetchall()
            claims = [(now + CLAIM_SECONDS, row[0]) for row in rows]
            connection.executemany("UPDATE callbacks SET claimed_until = ? WHERE id = ?", claims)
        return [
            Claimed(number, app, room, event, json.loads(info), at, attempts, first_at, targets[app])
            for number, app, room, event, info, at, attempts, first_at in rows
            if app in targets
        ]

    def later(self, claimed: Claimed, first_at: float, retry_at: float, attempts: int) -> None:
        """Nobody took it: try again at `retry_at`."""
        with self._database.writing(durable=False) as connection:
            connection.execute(
                "UPDATE callbacks SET attempts = ?, first_at = ?, retry_at = ?, claimed_until = 0 WHERE id = ?",
                (attempts, first_at, retry_at, claimed.number),
            )

    def done(self, claimed: Claimed, *, answered: bool) -> None:
        """It was answered, or given up."""
        name = "callbacks_answered" if answered else "callbacks_given_up"
        with self._database.writing(durable=False) as connection:
            connection.execute("DELETE FROM callbacks WHERE id = ?", (claimed.number,))
            count = "INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1"
            connection.execute(count, (name,))
