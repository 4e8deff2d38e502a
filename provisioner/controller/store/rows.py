"""Rooms, sessions and tasks as rows: read as one `RoomState`, written back where a record differs.

Statements are built once: with SQLAlchemy, building one takes longer than SQLite takes to run it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from provisioner.controller.records import RoomState, RoomTimes, Session, SessionState, Task, TaskState
from provisioner.controller.store import schema
from provisioner.controller.store.port import RoomKey, Transaction

_SESSION_NAMES = tuple(field.name for field in fields(Session))
_TASK_NAMES = tuple(field.name for field in fields(Task))
_S, _T, _R = schema.session.c, schema.task.c, schema.room.c
_NEW = 0
"""The number of a session that has no row yet."""

SESSION_COLUMNS = tuple(_S[name] for name in _SESSION_NAMES)
TASK_COLUMNS = tuple(_T[name] for name in _TASK_NAMES)
"""In the order of their records' fields."""


def _session_query(*where: Any) -> Select[Any]:
    # A claim of another replica may hold a row for a moment: wait for it, and read what it wrote.
    return select(*SESSION_COLUMNS).where(*where).with_for_update()


def _task_query(*where: Any) -> Select[Any]:
    return select(*TASK_COLUMNS).where(*where).with_for_update()


_HERE_S = (_S.sdk_app_id == bindparam("app"), _S.room == bindparam("at"))
_HERE_T = (_T.sdk_app_id == bindparam("app"), _T.room == bindparam("at"))
_OPEN_SESSIONS = _session_query(*_HERE_S, schema.is_open(schema.session)).order_by(_S.id)
_OPEN_TASKS = _task_query(*_HERE_T, schema.is_open(schema.task))
_BY_CALL = _session_query(*_HERE_S, _S.call == bindparam("key"))
_BY_ROBOT = _session_query(_S.robot == bindparam("key"))
_BY_NUMBER = _session_query(_S.id == bindparam("key"))
_BY_TASK = _task_query(_T.sdk_app_id == bindparam("app"), _T.task_id == bindparam("key"))
_ROOM = select(_R.created, _R.streamed, _R.dismissed).where(
    _R.sdk_app_id == bindparam("app"), _R.room == bindparam("at")
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked up of a room whether it is open or not: a session by its call, its robot or its number; a task."""

    call: str | None = None
    robot: str | None = None
    session: int | None = None
    task: str | None = None


OPEN = Asked()


def load_room(transaction: Transaction, key: RoomKey, asked: Asked = OPEN) -> RoomState:
    """Everything open of one room, and what is asked for.

    The rows are locked until the transaction ends, where the database locks rows.
    """
    connection, here = transaction.connection, {"app": key[0], "at": key[1]}
    found = [session_of(row) for row in connection.execute(_OPEN_SESSIONS, here)]
    tasks = [task_of(row) for row in connection.execute(_OPEN_TASKS, here)] if found or asked.task else []
    if asked.task is not None and not any(task.task_id == asked.task for task in tasks):
        tasks += [task_of(row) for row in connection.execute(_BY_TASK, {"app": key[0], "key": asked.task})]
    of_task = next((task.session for task in tasks if task.task_id == asked.task), None)
    for query, value, has in (
        (_BY_NUMBER, asked.session or of_task, [session.id for session in found]),
        (_BY_CALL, asked.call, [session.call for session in found]),
        (_BY_ROBOT, asked.robot, [session.robot for session in found]),
    ):
        if value is not None and value not in has:
            rows = [session_of(row) for row in connection.execute(query, {**here, "key": value})]
            found += [s for s in rows if s.id not in [other.id for other in found] and (s.sdk_app_id, s.room) == key]
    row = connection.execute(_ROOM, here).one_or_none()
    return RoomState(RoomTimes(*key) if row is None else RoomTimes(*key, *row), tuple(found), tuple(tasks))


def save_room(transaction: Transaction, before: RoomState, after: RoomState) -> RoomState:
    """Write what differs; answers the state with the numbers that new sessions got."""
    connection = transaction.connection
    if after.room != before.room:
        _save_times(transaction, after.room)
    saved = after
    for session in after.sessions:
        if session.id == _NEW:
            values = _values(session, _SESSION_NAMES[1:])
            number = connection.execute(insert(schema.session).values(values)).inserted_primary_key
            assert number is not None
            kept = tuple(other for other in saved.sessions if other.id != _NEW)
            saved = replace(saved, sessions=(*kept, replace(session, id=number[0])))
        else:
            save_session(transaction, before.session(session.id), session)
    for task in after.tasks:
        known = before.task(task.task_id)
        if known is None:
            connection.execute(insert(schema.task).values(_values(task, _TASK_NAMES)))
        elif known != task:
            changed = _difference(known, task, _TASK_NAMES)
            this = {"app": task.sdk_app_id, "key": task.task_id}
            connection.execute(_update_task(tuple(changed)), this | _prefixed(changed))
    return saved


def save_session(transaction: Transaction, before: Session | None, after: Session) -> None:
    """Write what differs of a session that has a row."""
    if before is None or before == after:
        return
    changed = _difference(before, after, _SESSION_NAMES)
    transaction.connection.execute(_update_session(tuple(changed)), {"key": after.id} | _prefixed(changed))


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there; whether it was not."""
    return connection.execute(_insert_once(connection.dialect.name, table), dict(values)).first() is not None


def session_of(row: Row[Any]) -> Session:
    """A session from its columns in order."""
    session = Session(*tuple(row))
    object.__setattr__(session, "state", SessionState(session.state))
    return session


def task_of(row: Row[Any]) -> Task:
    """A task from its columns in order."""
    task = Task(*tuple(row))
    object.__setattr__(task, "state", TaskState(task.state))
    return task


def _save_times(transaction: Transaction, room: RoomTimes) -> None:
    values = {**_values(room, ("sdk_app_id", "room", "created", "streamed", "dismissed")), "touched": transaction.now}
    transaction.connection.execute(_upsert_room(transaction.connection.dialect.name), values)


def _values(record: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _difference(before: Any, after: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(after, name)) != getattr(before, name)}


def _prefixed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


@cache
def _update_session(names: tuple[str, ...]) -> Any:
    return update(schema.session).where(_S.id == bindparam("key")).values({n: bindparam(f"new_{n}") for n in names})


@cache
def _update_task(names: tuple[str, ...]) -> Any:
    this = (_T.sdk_app_id == bindparam("app"), _T.task_id == bindparam("key"))
    return update(schema.task).where(*this).values({name: bindparam(f"new_{name}") for name in names})


@cache
def _insert_once(dialect: str, table: Table) -> Any:
    # What comes back tells: the count of rows does not, with every driver.
    return _insert(dialect, table).on_conflict_do_nothing().returning(next(iter(table.primary_key.columns)))


@cache
def _upsert_room(dialect: str) -> Any:
    statement = _insert(dialect, schema.room)
    changed = {name: statement.excluded[name] for name in ("created", "streamed", "dismissed", "touched")}
    return statement.on_conflict_do_update(index_elements=["sdk_app_id", "room"], set_=changed)


def _insert(dialect: str, table: Table) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
