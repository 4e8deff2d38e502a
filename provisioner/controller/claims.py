"""What is due is taken over, in one transaction: a lease on a row says so before any call leaves.

A replica that dies leaves its claims behind; when their leases end, another takes them over. Rows that another
replica is claiming just now are passed by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Integer, Select, and_, bindparam, exists, func, or_, select, update

from provisioner.controller import machine
from provisioner.controller.contracts import from_json
from provisioner.controller.machine import LEASE_SECONDS
from provisioner.controller.rates import SERVICE_RATE, Rate, take
from provisioner.controller.records import RoomState, RoomTimes, Session, SessionState
from provisioner.controller.service import CREATE, DELETE, REMOVE
from provisioner.controller.store import schema
from provisioner.controller.store.port import RoomKey, Transaction
from provisioner.controller.store.rows import SESSION_COLUMNS, save_session, session_of
from provisioner.recording.cloud_recording import RecordingContract
from provisioner.recording.limits import CONCURRENT_TASKS

_CROWDED_SECONDS = 2.0
"""How long a call waits whose application runs all the tasks that it may."""

_LONGEST_WAIT = 1.0
"""Seconds after which a replica looks again, though nobody woke it: another may have been told something."""

_S, _T = schema.session.c, schema.task.c


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Whose rate is used up, how fast, and how many tasks one application may run at once."""

    account: str
    tasks: int = CONCURRENT_TASKS
    rate: Rate = SERVICE_RATE


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed call, for the session of the number `session`, whose beginning was told at `received`.

    `attempt` is which of its Creates it is.
    """

    kind: Literal["create", "delete", "remove"]
    environment: str
    sdk_app_id: int
    room: str
    session: int | None
    user: str = ""
    attempt: int = 0
    received: float = 0.0
    task: str = ""
    contract: RecordingContract | None = None

    @property
    def key(self) -> RoomKey:
        """SDKAppId and room, which jobs take turns by."""
        return self.sdk_app_id, self.room


@dataclass(frozen=True, slots=True)
class ClaimedCalls:
    """Calls to make now, and in how many seconds something else may be due."""

    jobs: tuple[Job, ...]
    wait: float


def claim(transaction: Transaction, limits: Mapping[str, CallLimits], owner: str, most: int) -> ClaimedCalls:
    """Take over at most `most` calls that are due of the environments in `limits`, as the replica `owner`."""
    jobs: list[Job] = []
    waits: list[float] = [_LONGEST_WAIT]
    for environment, limit in limits.items():
        for kind in (_deletes, _removals, _creates):
            if len(jobs) < most:
                claimed, wait = kind(_Claim(transaction, environment, limit, owner, most - len(jobs)))
                jobs += claimed
                waits += [] if wait is None else [wait]
    if not jobs:
        waits += [float(due) - transaction.now for due in _next_due(transaction) if due is not None]
    return ClaimedCalls(tuple(jobs), max(0.0, min(waits)))


@dataclass(frozen=True, slots=True)
class _Claim:
    """One kind of call of one environment."""

    transaction: Transaction
    environment: str
    limits: CallLimits
    owner: str
    most: int

    def due(self, query: Select[Any]) -> list[Any]:
        values = {"environment": self.environment, "now": self.transaction.now, "most": self.most}
        return list(self.transaction.connection.execute(query, values).all())

    def granted(self, action: str, wanted: int) -> tuple[int, float | None]:
        """How many of them the service's rate allows now, and when the next, where that is fewer."""
        if not wanted:
            return 0, None
        granted, wait = take(self.transaction, f"{self.limits.account} {action}", self.limits.rate, wanted)
        return granted, wait if granted < wanted else None


def _query(query: Select[Any], *where: Any, due: Any) -> Select[Any]:
    """What is due of an environment, the longest due first, locked against other replicas."""
    mine = (_S.environment == bindparam("environment"), due <= bindparam("now"), *where)
    return query.where(*mine).order_by(due).limit(bindparam("most", type_=Integer))


def _turn() -> Any:
    """Rooms are recorded by one task at a time: whatever is older in the room has ended, task and session."""
    older, task = schema.session.alias("older"), schema.task.alias("other")
    before = exists().where(
        older.c.sdk_app_id == _S.sdk_app_id,
        older.c.room == _S.room,
        older.c.id < _S.id,
        schema.is_open(older),
    )
    running = exists().where(
        task.c.sdk_app_id == _S.sdk_app_id,
        task.c.room == _S.room,
        schema.is_open(task),
        task.c.session.is_not(None),
    )
    return or_(_S.wanted.is_(False), and_(~before, ~running))


_TO_CREATE = _query(
    select(*SESSION_COLUMNS),
    schema.is_open(schema.session),
    or_(_S.state == SessionState.NEW, _S.state == SessionState.CREATING),
    _turn(),
    due=_S.due,
).with_for_update(skip_locked=True)
_TO_REMOVE = _query(
    select(*SESSION_COLUMNS), schema.is_open(schema.session), _S.state == SessionState.REMOVING, due=_S.due
).with_for_update(skip_locked=True)
_TO_DELETE = _query(
    select(_T.sdk_app_id, _T.task_id, _T.room, _T.session, _T.robot).join(schema.session, _S.id == _T.session),
    schema.to_stop(schema.task),
    due=_T.due,
).with_for_update(of=schema.task, skip_locked=True)
_TAKE_DELETE = (
    update(schema.task)
    .where(_T.sdk_app_id == bindparam("app"), _T.task_id == bindparam("key"))
    .values(due=bindparam("until"), owner=bindparam("by"), attempts=_T.attempts + 1)
)
_ACTIVE = select(func.count()).where(
    _S.sdk_app_id == bindparam("app"),
    schema.is_open(schema.session),
    or_(
        *(
            _S.state == state
            for state in (
                SessionState.CREATING,
                SessionState.UNIDENTIFIED,
                SessionState.RUNNING,
                SessionState.REMOVING,
            )
        )
    ),
)
_CONTRACT = select(schema.contract.c.document).where(schema.contract.c.digest == bindparam("digest"))
_NEXT = (
    select(func.min(_S.due)).where(schema.is_open(schema.session), _S.due > bindparam("now")),
    select(func.min(_T.due)).where(schema.to_stop(schema.task), _T.due > bindparam("now")),
)


def _creates(mine: _Claim) -> tuple[list[Job], float | None]:
    transaction = mine.transaction
    sessions = [session_of(row) for row in mine.due(_TO_CREATE)]
    for session in sessions:
        if not session.wanted:  # its Create's lease ended, and the call is over
            alone = RoomState(RoomTimes(session.sdk_app_id, session.room), (session,))
            over = machine.lease_ended(alone, session, transaction.now).session(session.id)
            save_session(transaction, session, over or session)
    wanted = [session for session in sessions if session.wanted]
    ready = _within_limit(mine, wanted)
    granted, wait = mine.granted(CREATE, len(ready))
    jobs = []
    for session in ready[:granted]:
        claimed = machine.claimed(session, mine.owner, transaction.now)
        save_session(transaction, session, claimed)
        jobs.append(_job(transaction, "create", claimed))
    return jobs, 0.0 if len(wanted) < len(sessions) else wait


def _within_limit(mine: _Claim, wanted: list[Session]) -> list[Session]:
    """Those that the application's limit of tasks has room for; the others wait a little, and say so."""
    transaction, most = mine.transaction, mine.limits.tasks
    active: dict[int, int] = {}
    ready = []
    for session in wanted:
        app = session.sdk_app_id
        if app not in active:
            active[app] = transaction.connection.execute(_ACTIVE, {"app": app}).scalar_one()
        if session.state is SessionState.CREATING or active[app] < most:
            active[app] += session.state is SessionState.NEW
            ready.append(session)
            continue
        words = f"waits: {most} tasks run already, which is the limit"
        save_session(transaction, session, replace(session, due=transaction.now + _CROWDED_SECONDS, outcome=words))
    return ready


def _removals(mine: _Claim) -> tuple[list[Job], float | None]:
    transaction = mine.transaction
    sessions = [session_of(row) for row in mine.due(_TO_REMOVE)]
    granted, wait = mine.granted(REMOVE, len(sessions))
    jobs = []
    for session in sessions[:granted]:
        claimed = replace(session, due=transaction.now + LEASE_SECONDS, owner=mine.owner)
        save_session(transaction, session, claimed)
        jobs.append(_job(transaction, "remove", claimed))
    return jobs, wait


def _deletes(mine: _Claim) -> tuple[list[Job], float | None]:
    rows = mine.due(_TO_DELETE)
    granted, wait = mine.granted(DELETE, len(rows))
    jobs = []
    for app, task, room, session, robot in rows[:granted]:
        lease = {"app": app, "key": task, "until": mine.transaction.now + LEASE_SECONDS, "by": mine.owner}
        mine.transaction.connection.execute(_TAKE_DELETE, lease)
        jobs.append(Job("delete", mine.environment, app, room, session, user=robot, task=task))
    return jobs, wait


def _next_due(transaction: Transaction) -> list[float | None]:
    return [transaction.connection.execute(query, {"now": transaction.now}).scalar_one() for query in _NEXT]


def _job(transaction: Transaction, kind: Literal["create", "remove"], session: Session) -> Job:
    document = transaction.connection.execute(_CONTRACT, {"digest": session.contract}).scalar_one()
    return Job(
        kind,
        session.environment,
        session.sdk_app_id,
        session.room,
        session.id,
        user=session.user,
        attempt=session.attempts,
        received=session.received,
        contract=_read(document),
    )


_read = lru_cache(maxsize=256)(from_json)
