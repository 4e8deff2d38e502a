"""Rooms, sessions and tasks as rows: read as one `RoomState`, written back where a record differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from provisioner.controller.records import Room, RoomState, Session, SessionState, Task, TaskState
from provisioner.controller.store import schema
from provisioner.controller.store.port import RoomKey, Transaction

_SESSION = schema.session.c
_TASK = schema.task.c
_NEW = 0
"""The number of a session that has no row yet."""


def load_room(
    transaction: Transaction,
    key: RoomKey,
    *,
    call: str | None = None,
    robot: str | None = None,
    session: int | None = None,
    task: str | None = None,
) -> RoomState:
    """Everything open of one room, and what else is asked for whether it is open or not.

    The rows are locked until the transaction ends, where the database locks rows.
    """
    connection, (sdk_app_id, room) = transaction.connection, key
    here = (_TASK.sdk_app_id == sdk_app_id, _TASK.room == room)
    wanted = [_TASK.state != TaskState.ENDED]
    if task is not None:
        wanted.append(_TASK.task_id == task)
    tasks = [_task(row) for row in _rows(connection, select(schema.task).where(*here, or_(*wanted)))]
    asked = [_SESSION.state != SessionState.ENDED]
    asked += [
        column == value for column, value in ((_SESSION.call, call), (_SESSION.robot, robot)) if value is not None
    ]
    if numbers := {session, *(found.session for found in tasks)} - {None}:
        asked.append(_SESSION.id.in_(numbers))
    own = (_SESSION.sdk_app_id == sdk_app_id, _SESSION.room == room)
    query = select(schema.session).where(*own, or_(*asked)).order_by(_SESSION.id)
    sessions = tuple(_session(row) for row in _rows(connection, query))
    return RoomState(_room(connection, key), sessions, tuple(tasks))


def save_room(transaction: Transaction, before: RoomState, after: RoomState) -> RoomState:
    """Write what differs; answers the state with the numbers that new sessions got."""
    connection = transaction.connection
    if after.room != before.room:
        values = {**asdict(after.room), "touched": transaction.now}
        changed = {name: values[name] for name in ("created", "streamed", "dismissed", "touched")}
        _upsert(connection, schema.room, values, ["sdk_app_id", "room"], changed)
    old = {session.id: session for session in before.sessions}
    saved = after
    for session in after.sessions:
        values = asdict(session)
        if session.id == _NEW:
            del values["id"]
            number = connection.execute(insert(schema.session).values(values)).inserted_primary_key
            assert number is not None
            saved = replace(saved, sessions=tuple(s for s in saved.sessions if s.id != _NEW))
            saved = saved.having(replace(session, id=number[0]))
        elif session != old.get(session.id):
            values = _difference(values, old.get(session.id))
            connection.execute(update(schema.session).where(_SESSION.id == session.id).values(values))
    known = {task.task_id: task for task in before.tasks}
    for task in after.tasks:
        values = asdict(task)
        if task.task_id not in known:
            connection.execute(insert(schema.task).values(values))
        elif task != known[task.task_id]:
            this = (_TASK.sdk_app_id == task.sdk_app_id, _TASK.task_id == task.task_id)
            connection.execute(update(schema.task).where(*this).values(_difference(values, known[task.task_id])))
    return saved


def insert_once(connection: Connection, table: Any, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there; whether it was not."""
    return connection.execute(_insert(connection, table).values(values).on_conflict_do_nothing()).rowcount == 1


def _upsert(connection: Connection, table: Any, values: Mapping[str, Any], key: list[str], changed: Any) -> None:
    connection.execute(
        _insert(connection, table).values(values).on_conflict_do_update(index_elements=key, set_=changed)
    )


def _insert(connection: Connection, table: Any) -> Any:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _rows(connection: Connection, query: Select[Any]) -> Iterable[RowMapping]:
    # A claim of another replica may hold a row for a moment: wait for it, and read what it wrote.
    return connection.execute(query.with_for_update()).mappings().all()


def _room(connection: Connection, key: RoomKey) -> Room:
    table = schema.room.c
    query = select(schema.room).where(table.sdk_app_id == key[0], table.room == key[1])
    row = connection.execute(query).mappings().one_or_none()
    return Room(*key) if row is None else Room(*key, row["created"], row["streamed"], row["dismissed"])


def _session(row: RowMapping) -> Session:
    return Session(**{**row, "state": SessionState(row["state"])})


def _task(row: RowMapping) -> Task:
    return Task(**{**row, "state": TaskState(row["state"])})


def _difference(values: dict[str, Any], record: Session | Task | None) -> dict[str, Any]:
    if record is None:
        return values
    names = [field.name for field in fields(record)]
    return {name: values[name] for name in names if values[name] != getattr(record, name)}


def sessions_of(rows: Iterable[RowMapping]) -> list[Session]:
    """Sessions from whole rows of their table."""
    return [_session(row) for row in rows]


def tasks_of(rows: Iterable[RowMapping]) -> list[Task]:
    """Tasks from whole rows of their table."""
    return [_task(row) for row in rows]
