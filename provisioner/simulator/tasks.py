"""Recording tasks as rows: those that rooms start by themselves, and those that CreateCloudRecording starts."""

from __future__ import annotations

import json
import math
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from provisioner.simulator.calls.events import Room
from provisioner.simulator.calls.recipe import Recipe, subscription, task_recipe
from provisioner.simulator.calls.recorder import LeaveCode, Order
from provisioner.simulator.fault_kinds import RECORDING, Conditions
from provisioner.simulator.faults import Fault, conditions, draw
from provisioner.simulator.rooms import BY_ID, PlayedRoom, by_id

_COLUMNS = (
    "task_id, sdk_app_id, room_id, numbered, robot, parameters, revisions, started_at, stop_at, stop_code, expires_at,"
    " ended_at, code, trouble"
)


@dataclass(frozen=True, slots=True)
class RecordingTask:
    """A recording task. Times are epoch seconds; `ended_at` and `code` are None until it has ended.

    A task over REST has a `robot` (the UserId that enters the room), the `parameters` it was started with, and
    cannot be asked about after `expires_at`; for one that a room started by itself these are None.
    """

    task_id: str
    room: Room
    robot: str | None
    parameters: dict[str, Any] | None
    revisions: tuple[tuple[float, dict[str, Any]], ...]
    started_at: float
    stop_at: float | None
    stop_code: int | None
    expires_at: float | None
    ended_at: float | None
    code: LeaveCode | None
    trouble: tuple[tuple[str, float], ...] = ()
    """What goes wrong with it, as kinds of faults with their seconds."""

    @property
    def conditions(self) -> Conditions:
        """Under what it records."""
        return conditions(Fault(kind, seconds=seconds) for kind, seconds in self.trouble)

    def recipe(self) -> Recipe:
        """What a task over REST records."""
        assert self.parameters is not None
        return task_recipe(self.parameters)

    def order(self) -> Order:
        """What was ordered over REST, as the call engine takes it; times are epoch seconds."""
        revisions = tuple((at, subscription(lists)) for at, lists in self.revisions)
        stop = math.inf if self.stop_at is None else self.stop_at
        return Order(self.started_at, stop, LeaveCode(self.stop_code or 0), revisions)


def start(
    connection: sqlite3.Connection, room: Room, robot: str, parameters: dict[str, Any], *, now: float, expires_at: float
) -> RecordingTask:
    """A new task over REST."""
    task_id = _new_id()
    connection.execute(
        "INSERT INTO tasks (task_id, sdk_app_id, room_id, numbered, robot, parameters, started_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (task_id, room.sdk_app_id, room.room_id, room.numbered, robot, json.dumps(parameters), now, expires_at),
    )
    _trouble(connection, task_id, room)
    return select(connection, "task_id = ?", task_id)[0]


def automatic(
    connection: sqlite3.Connection, played: PlayedRoom, recipe: int, take: int, started_at: float
) -> tuple[RecordingTask, bool]:
    """The task of a room's own take number `take` by its template's recipe number `recipe`, and whether it is new."""
    room, task_id = played.room, _new_id()
    added = connection.execute(
        "INSERT OR IGNORE INTO tasks (task_id, sdk_app_id, room_id, numbered, room, recipe, take, started_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (task_id, room.sdk_app_id, room.room_id, room.numbered, played.number, recipe, take, started_at),
    )
    if added.rowcount > 0:
        _trouble(connection, task_id, room)
    (task,) = select(connection, "room = ? AND recipe = ? AND take = ?", played.number, recipe, take)
    return task, added.rowcount > 0


def select(connection: sqlite3.Connection, which: str, *values: object) -> list[RecordingTask]:
    """The tasks of which the SQL condition `which` is true, in the order they started."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM tasks WHERE {which} ORDER BY started_at, rowid", values)
    return [_from_row(row) for row in rows.fetchall()]


def running(connection: sqlite3.Connection, where: int | Room | None) -> list[RecordingTask]:
    """The tasks, of one room, of one application or of all, that have not been seen to end."""
    if where is None:
        return select(connection, "ended_at IS NULL")
    if isinstance(where, Room):
        return select(connection, f"ended_at IS NULL AND {BY_ID}", *by_id(where))
    return select(connection, "ended_at IS NULL AND sdk_app_id = ?", where)


def count_running(connection: sqlite3.Connection, sdk_app_id: int) -> int:
    """How many tasks of an application have not been seen to end."""
    query = "SELECT count(*) FROM tasks WHERE ended_at IS NULL AND sdk_app_id = ?"
    return int(connection.execute(query, (sdk_app_id,)).fetchone()[0])


def revise(connection: sqlite3.Connection, task: RecordingTask, now: float, lists: dict[str, Any]) -> None:
    """From `now` on the task subscribes to `lists` (SubscribeStreamUserIds)."""
    revisions = json.dumps([*task.revisions, (now, lists)])
    connection.execute("UPDATE tasks SET revisions = ? WHERE task_id = ?", (revisions, task.task_id))


def stop(connection: sqlite3.Connection, task: RecordingTask, now: float, code: LeaveCode) -> None:
    """The task is to stop at `now`; settling finds out whether it had ended before."""
    update = "UPDATE tasks SET stop_at = ?, stop_code = ? WHERE task_id = ?"
    connection.execute(update, (now, int(code), task.task_id))


def end(connection: sqlite3.Connection, task: RecordingTask, at: float, code: LeaveCode) -> None:
    """End a task at epoch second `at`, for the reason `code`."""
    update = "UPDATE tasks SET ended_at = ?, code = ? WHERE task_id = ?"
    connection.execute(update, (at, int(code), task.task_id))


def _trouble(connection: sqlite3.Connection, task_id: str, room: Room) -> None:
    """Keep with a new task what goes wrong with it."""
    if struck := draw(connection, f"{RECORDING}{room.room_id}"):
        trouble = json.dumps([(fault.kind, fault.seconds) for fault in struck])
        connection.execute("UPDATE tasks SET trouble = ? WHERE task_id = ?", (trouble, task_id))


def _new_id() -> str:
    return secrets.token_urlsafe(48)


def _from_row(row: tuple[Any, ...]) -> RecordingTask:
    (task_id, sdk_app_id, room_id, numbered, robot, parameters, revisions, *times, code, trouble) = row
    started_at, stop_at, stop_code, expires_at, ended_at = times
    return RecordingTask(
        task_id,
        Room(sdk_app_id, room_id, bool(numbered)),
        robot,
        json.loads(parameters) if parameters else None,
        tuple((at, lists) for at, lists in json.loads(revisions)),
        started_at,
        stop_at,
        stop_code,
        expires_at,
        ended_at,
        None if code is None else LeaveCode(code),
        tuple((kind, seconds) for kind, seconds in json.loads(trouble)),
    )
