"""Rooms that were played, as rows: who did what when, and the template that holds for the room."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from provisioner.simulator.calls.events import CallEvent, Dismiss, Room, from_json, to_json

BY_ID = "sdk_app_id = ? AND room_id = ? AND numbered = ?"
"""The SQL condition for rows of one room, in every table that names rooms."""

_COLUMNS = "id, sdk_app_id, room_id, numbered, template"


@dataclass(frozen=True, slots=True)
class PlayedRoom:
    """One room from its creation to its end; the id may come back as another room.

    `template` is what held when the room was created, None where it does not record by itself.
    """

    number: int
    room: Room
    template: dict[str, Any] | None


def create(connection: sqlite3.Connection, room: Room, template: dict[str, Any] | None) -> PlayedRoom:
    """A room without events. One that records nothing by itself has nothing to settle, ever."""
    row = connection.execute(
        "INSERT INTO rooms (sdk_app_id, room_id, numbered, template, settled) VALUES (?, ?, ?, ?, ?)",
        (room.sdk_app_id, room.room_id, room.numbered, json.dumps(template) if template else None, template is None),
    )
    return PlayedRoom(row.lastrowid or 0, room, template)


def latest(connection: sqlite3.Connection, room: Room) -> PlayedRoom | None:
    """The last room of that id."""
    rooms = _rooms(connection, f"{BY_ID} ORDER BY id DESC LIMIT 1", *by_id(room))
    return rooms[0] if rooms else None


def unsettled(connection: sqlite3.Connection, where: int | Room | None) -> list[PlayedRoom]:
    """Rooms, of one id, of one application or of all, that may still leave recordings behind."""
    if where is None:
        return _rooms(connection, "NOT settled ORDER BY id")
    if isinstance(where, Room):
        return _rooms(connection, f"NOT settled AND {BY_ID} ORDER BY id", *by_id(where))
    return _rooms(connection, "NOT settled AND sdk_app_id = ? ORDER BY id", where)


def settle(connection: sqlite3.Connection, number: int) -> None:
    """The room will leave nothing more behind."""
    connection.execute("UPDATE rooms SET settled = 1 WHERE id = ?", (number,))


def events(connection: sqlite3.Connection, number: int) -> list[CallEvent]:
    """What happened in a room, in order."""
    rows = connection.execute("SELECT event FROM room_events WHERE room = ? ORDER BY position", (number,))
    return [from_json(json.loads(text)) for (text,) in rows]


def append(connection: sqlite3.Connection, number: int, happened: Iterable[CallEvent]) -> None:
    """Add what happened to a room's events."""
    (start,) = connection.execute("SELECT count(*) FROM room_events WHERE room = ?", (number,)).fetchone()
    rows = [(number, start + index, json.dumps(to_json(event))) for index, event in enumerate(happened)]
    connection.executemany("INSERT INTO room_events VALUES (?, ?, ?)", rows)


def replace(connection: sqlite3.Connection, number: int, happened: Iterable[CallEvent]) -> None:
    """Nothing else happened in the room, nor will."""
    connection.execute("DELETE FROM room_events WHERE room = ?", (number,))
    append(connection, number, happened)


def note(connection: sqlite3.Connection, number: int, created_at: float, creator: str, ended_at: float | None) -> None:
    """When a room was created, by whom, and when it ends or ended; None: nobody has left it yet."""
    update = "UPDATE rooms SET created_at = ?, creator = ?, ended_at = ? WHERE id = ?"
    connection.execute(update, (created_at, creator, ended_at, number))


@dataclass(frozen=True, slots=True)
class RoomSpan:
    """One room as the service lists it; times are epoch seconds, `ended_at` None where it goes on."""

    room_id: str
    created_at: float
    ended_at: float | None
    creator: str


def between(
    connection: sqlite3.Connection,
    sdk_app_id: int,
    span: tuple[float, float],
    room_id: str | None,
    page: tuple[int, int],
) -> list[RoomSpan]:
    """One page (offset, limit) of an application's rooms that were created in `span`, the first first."""
    query = (
        "SELECT room_id, created_at, ended_at, creator FROM rooms WHERE sdk_app_id = ? AND created_at >= ?"
        " AND created_at <= ? AND (? IS NULL OR room_id = ?) ORDER BY created_at, id LIMIT ? OFFSET ?"
    )
    offset, limit = page
    return [RoomSpan(*row) for row in connection.execute(query, (sdk_app_id, *span, room_id, room_id, limit, offset))]


def events_after(connection: sqlite3.Connection, room: Room, start: float) -> list[CallEvent]:
    """What a task that starts at `start` sees: everything in rooms of that id up to the next dismissal."""
    found: list[CallEvent] = []
    for played in _rooms(connection, f"{BY_ID} ORDER BY id", *by_id(room)):
        happened = events(connection, played.number)
        if any(isinstance(event, Dismiss) and event.at <= start for event in happened):
            continue
        found.extend(happened)
        if happened and isinstance(happened[-1], Dismiss):
            break
    return found


def by_id(room: Room) -> tuple[object, ...]:
    """The values that BY_ID compares with."""
    return room.sdk_app_id, room.room_id, room.numbered


def _rooms(connection: sqlite3.Connection, which: str, *values: object) -> list[PlayedRoom]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM rooms WHERE {which}", values)
    return [
        PlayedRoom(number, Room(sdk_app_id, room_id, bool(numbered)), json.loads(template) if template else None)
        for number, sdk_app_id, room_id, numbered, template in rows.fetchall()
    ]
