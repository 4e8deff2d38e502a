"""What nobody tells: every 30 s one replica looks for tasks and sessions that have lost each other.

Dismissals get lost while a replica is down, recorders end by themselves, and a task that has expired records on where
nobody can reach it. Describe is asked about tasks that have run for long; what it cannot tell is said in the overview.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, tuple_, update

from provisioner.console.port import ConsoleError
from provisioner.controller import machine
from provisioner.controller.effects import CallingAccount, Effects
from provisioner.controller.machine import FIRST_LOOK_SECONDS, LOOK_SECONDS
from provisioner.controller.rates import take
from provisioner.controller.records import RoomState, SessionState, Task, TaskState
from provisioner.controller.service import DESCRIBE, gone
from provisioner.controller.store import schema
from provisioner.controller.store.port import RoomKey, Store, Transaction
from provisioner.controller.store.rows import TASK_COLUMNS, Asked, insert_once, load_room, save_room, task_of

_log = logging.getLogger(__name__)

SWEEP_SECONDS = 30.0
ROLL_SECONDS = 600.0
"""How long before it expires a task is replaced by another."""

IDLE_SECONDS = 86_400.0
"""How long a call is waited for in which nobody sends anything any more."""

FILE_SECONDS = 600.0
"""How long after a task's end its file must have been told of; it can need 3 minutes (recording callback guide)."""

_TOGETHER = 200
_OLD_ROWS = 5_000

_S, _T = schema.session.c, schema.task.c
_OPEN, _LIVE = schema.is_open(schema.session), schema.is_open(schema.task)
Wait = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days what is over is kept."""

    days: float = 90.0


RETENTION = Retention()


class Sweep:
    """The looking of one replica. `wait` passes seconds; a stopping replica makes it return early."""

    def __init__(
        self, store: Store, effects: Effects, owner: str, wait: Wait, retention: Retention = RETENTION
    ) -> None:
        self._store = store
        self._effects = effects
        self._owner = owner
        self._wait = wait
        self._retention = retention

    def run(self) -> bool:
        """Sweep if it is time and no other replica does; whether it was. Raises StoreUnavailableError."""
        if not self._store.run(lambda t: claim_tick(t, "sweep", SWEEP_SECONDS, self._owner)):
            return False
        self.look_around()
        return True

    def look_around(self) -> None:
        """Everything but Describe, which `look` asks as fast as the service allows."""
        self._each(_expiring, _roll_over)
        self._each(_taskless, _start_again)
        self._each(_silent, _give_up)
        self._store.run(_file_never_came)
        while self._store.run(lambda t: _forget(t, self._retention.days)):
            pass

    def look(self) -> int:
        """Ask Describe about tasks of which too little is known; how many. Raises StoreUnavailableError."""
        looked = 0
        for environment, account in self._effects.accounts.items():
            for task in self._store.run(lambda t, name=environment: _unwatched(t, name)):  # type: ignore[misc]
                if not self._turn(account):
                    return looked
                self._describe(account, task)
                looked += 1
        return looked

    def _turn(self, account: CallingAccount) -> bool:
        """Wait until the rate of Describe allows a call; False where this replica is stopping."""
        bucket = f"{account.limits.account} {DESCRIBE}"
        while True:
            granted, pause = self._store.run(lambda t: take(t, bucket, account.limits.rate, 1))
            if granted:
                return True
            if self._wait(max(pause, 0.01)):
                return False

    def _describe(self, account: CallingAccount, task: Task) -> None:
        try:
            status = account.service.describe(task.sdk_app_id, task.task_id)
        except ConsoleError as error:
            if not gone(error):
                _log.info("task of room %r: %s", task.room, error.code)
                return
            status = "Exited"

        def work(transaction: Transaction) -> None:
            before = load_room(transaction, (task.sdk_app_id, task.room), Asked(task=task.task_id))
            save_room(transaction, before, _seen(before, task.task_id, status, transaction.now))

        self._store.run(work, (task.sdk_app_id, task.room))

    def _each(self, find: Callable[[Transaction], list[RoomKey]], mend: Mend) -> None:
        """Every room that `find` names, one transaction each."""
        for key in self._store.run(find):

            def work(transaction: Transaction, key: RoomKey = key) -> None:
                before = load_room(transaction, key)
                save_room(transaction, before, mend(before, transaction.now))

            self._store.run(work, key)


Mend = Callable[[RoomState, float], RoomState]


def claim_tick(transaction: Transaction, name: str, seconds: float, owner: str) -> bool:
    """Whether this replica is to do what happens once in `seconds`."""
    table, now = schema.tick.c, transaction.now
    insert_once(transaction.connection, schema.tick, {"name": name, "due": 0.0, "owner": ""})
    mine = update(schema.tick).where(table.name == name, or_(table.due <= now, table.due > now + seconds))
    return transaction.connection.execute(mine.values(due=now + seconds, owner=owner)).rowcount == 1


def beat(transaction: Transaction, owner: str, started: float) -> None:
    """This replica lives; those that have not said so for five minutes are forgotten."""
    table = schema.replica.c
    insert_once(transaction.connection, schema.replica, {"id": owner, "started": started, "seen": transaction.now})
    transaction.connection.execute(update(schema.replica).where(table.id == owner).values(seen=transaction.now))
    transaction.connection.execute(delete(schema.replica).where(table.seen < transaction.now - 300))


def _rooms(
    transaction: Transaction, columns: Iterable[ColumnElement[Any]], *where: ColumnElement[bool]
) -> list[RoomKey]:
    query = select(*columns).where(*where).distinct().limit(_TOGETHER)
    return [(int(row[0]), str(row[1])) for row in transaction.connection.execute(query).all()]


def _expiring(transaction: Transaction) -> list[RoomKey]:
    soon = _T.expires <= transaction.now + ROLL_SECONDS
    return _rooms(
        transaction, (_T.sdk_app_id, _T.room), _LIVE, _T.state == TaskState.LIVE, _T.session.is_not(None), soon
    )


def _roll_over(state: RoomState, now: float) -> RoomState:
    for task in state.tasks:
        session = state.session(task.session)
        if task.state is TaskState.LIVE and session is not None and task.expires <= now + ROLL_SECONDS:
            _log.warning("room %r: its task expires at %.0f and is replaced", task.room, task.expires)
            state = machine.rolled_over(state, session, now)
    return state


def _taskless(transaction: Transaction) -> list[RoomKey]:
    """Sessions that are said to run, and have nothing that does."""
    has = select(_T.task_id).where(_T.session == _S.id, schema.is_open(schema.task)).exists()
    return _rooms(transaction, (_S.sdk_app_id, _S.room), _OPEN, _S.state == SessionState.RUNNING, ~has)


def _start_again(state: RoomState, now: float) -> RoomState:
    for session in state.sessions:
        if session.state is SessionState.RUNNING and not state.tasks_of(session):
            _log.warning("room %r: its session ran without a task", session.room)
            state = machine.taskless(state, session, now)
    return state


def _silent(transaction: Transaction) -> list[RoomKey]:
    long_ago = _S.ended <= transaction.now - IDLE_SECONDS
    return _rooms(transaction, (_S.sdk_app_id, _S.room), _OPEN, _S.state == SessionState.IDLE, long_ago)


def _give_up(state: RoomState, now: float) -> RoomState:
    for session in state.sessions:
        if session.state is SessionState.IDLE and (session.ended or now) <= now - IDLE_SECONDS:
            state = machine.given_up(state, session, "nobody told that it was over", now)
    return state


def _unwatched(transaction: Transaction, environment: str) -> list[Task]:
    """Live tasks that were looked at too long ago; taken, so that no other replica asks."""
    now = transaction.now
    query = (
        select(*TASK_COLUMNS)
        .join(schema.session, _S.id == _T.session)
        .where(_S.environment == environment, _LIVE, _T.state == TaskState.LIVE, _T.looked <= now - LOOK_SECONDS)
        .order_by(_T.looked)
        .limit(_TOGETHER)
        .with_for_update(skip_locked=True, of=schema.task)
    )
    found = [task_of(row) for row in transaction.connection.execute(query)]
    for task in found:
        this = (_T.sdk_app_id == task.sdk_app_id, _T.task_id == task.task_id)
        transaction.connection.execute(update(schema.task).where(*this).values(looked=now))
    return found


def _seen(state: RoomState, task_id: str, status: str, now: float) -> RoomState:
    task = state.task(task_id)
    session = None if task is None else state.session(task.session)
    if task is None or session is None or not task.open:
        return state
    if status == "Exited":
        return machine.task_gone(state, task, now)
    idle = status == "Idle" and now >= task.started + FIRST_LOOK_SECONDS
    words = "Idle: nobody sends anything, or the rooms' type (recording.manual.roomIds) is wrong" if idle else ""
    return state.having(replace(session, outcome=words)) if words != session.outcome else state


def _file_never_came(transaction: Transaction) -> None:
    lost = "no callback told of a file"
    # An hour back: a sweep that did not come by for so long is told by other means.
    ended = _T.ended.between(transaction.now - FILE_SECONDS - 3_600, transaction.now - FILE_SECONDS)
    late = (ended, _T.state == TaskState.ENDED, _T.files == 0, _T.lost == "")
    transaction.connection.execute(update(schema.task).where(*late, _T.session.is_not(None)).values(lost=lost))


def _forget(transaction: Transaction, days: float) -> bool:
    """Delete some of what has been over for so long; whether there may be more."""
    before, more = transaction.now - days * 86_400, False
    for table, column in (
        (schema.event, schema.event.c.received),
        (schema.task, _T.ended),
        (schema.session, _S.ended),
        (schema.room, schema.room.c.touched),
    ):
        key = tuple_(*table.primary_key.columns)
        over = [column < before]
        if table is schema.session:
            over.append(_S.state == SessionState.ENDED)
        if table is schema.task:
            over.append(_T.state == TaskState.ENDED)
        old = select(*table.primary_key.columns).where(*over).limit(_OLD_ROWS)
        more |= transaction.connection.execute(delete(table).where(key.in_(old))).rowcount >= _OLD_ROWS
    return more
