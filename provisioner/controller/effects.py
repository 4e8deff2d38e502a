"""Calls to the service, each claimed before it leaves: a row with a lease says so before anything can have happened.

A replica that dies leaves its claims behind; when their leases end, another makes the calls again, under the same
robot. `claim` and `record` are transactions, `perform` is the call between them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from provisioner.console.port import AmbiguousWriteError, ConsoleError
from provisioner.controller import machine
from provisioner.controller.clock import Wall, wall_clock
from provisioner.controller.contracts import from_json
from provisioner.controller.intake import new_task
from provisioner.controller.machine import LEASE_SECONDS
from provisioner.controller.rates import SERVICE_RATE, Rate, take
from provisioner.controller.records import Room, RoomState, Session, SessionState, TaskState
from provisioner.controller.service import CREATE, DELETE, REMOVE, RecordingService, gone, refusal_of, unknown_wait
from provisioner.controller.store import schema
from provisioner.controller.store.port import RoomKey, Store, Transaction
from provisioner.controller.store.rows import load_room, save_room, sessions_of
from provisioner.foundation.secret_refs import Reveal
from provisioner.foundation.text_safety import printable
from provisioner.recording.cloud_recording import RecordingContract, RobotPass
from provisioner.recording.user_sig import ROBOT_SECONDS, private_map_key, user_sig

_log = logging.getLogger(__name__)

_AT_ONCE = 32
"""Rows looked at in one claim."""

_S = schema.session.c
_T = schema.task.c
_ACTIVE = (SessionState.CREATING, SessionState.UNIDENTIFIED, SessionState.RUNNING, SessionState.REMOVING)
_CROWDED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Account:
    """An environment as calls see it: its service, what references stand for, the tasks it may run at once."""

    service: RecordingService
    reveal: Reveal
    tasks: int = 100
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
class Result:
    """What a call came to: an answer, a refusal that certainly changed nothing, or nobody knows."""

    task_id: str = ""
    refused: ConsoleError | None = None
    unknown: ConsoleError | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """Calls to make now, and in how many seconds something else may be due."""

    jobs: tuple[Job, ...]
    wait: float


class Effects:
    """The calls of one replica. Everything may be used from several threads."""

    def __init__(self, store: Store, accounts: Mapping[str, Account], owner: str, wall: Wall = wall_clock) -> None:
        """`accounts` are by environment; `owner` names this replica; `wall` dates UserSigs."""
        self._store = store
        self.accounts = accounts
        self._owner = owner
        self._wall = wall

    def claim(self, most: int = _AT_ONCE) -> Claimed:
        """Take over at most `most` calls that are due. Raises StoreUnavailableError."""
        return self._store.run(lambda transaction: self._claim(transaction, most))

    def perform(self, job: Job) -> Result:
        """Make the call. Nothing is raised for what the service answers, or does not."""
        account = self.accounts[job.environment]
        try:
            return Result(self._call(account, job))
        except AmbiguousWriteError as error:
            _log.warning("%s/%s: %s", job.environment, printable(job.room), error)
            return Result(unknown=error)
        except ConsoleError as error:
            if not gone(error):
                _log.warning("%s/%s: %s", job.environment, printable(job.room), error)
            return Result(refused=error)

    def record(self, job: Job, result: Result) -> float:
        """Write down what came of it; answers when. Raises StoreUnavailableError; the lease sees to it then."""

        def work(transaction: Transaction) -> float:
            before = load_room(transaction, job.key, session=job.session, task=job.task or result.task_id or None)
            save_room(transaction, before, _after(before, job, result, transaction.now))
            return transaction.now

        return self._store.run(work, job.key)

    def _call(self, account: Account, job: Job) -> str:
        service = account.service
        if job.kind == "create":
            return service.create(self._body(account, job))
        if job.kind == "delete":
            service.delete(job.sdk_app_id, job.task)
        else:
            service.remove(job.sdk_app_id, job.room, _numbered(job.contract), job.user)
        return ""

    def _body(self, account: Account, job: Job) -> dict[str, object]:
        contract, room, user, app = job.contract, job.room, job.user, job.sdk_app_id
        assert contract is not None
        assert contract.carried_out is not None
        carried_out = contract.carried_out
        key, now = account.reveal(carried_out.sdk_secret_key_ref).reveal(), int(self._wall())
        map_key = None
        if carried_out.private_map_key:
            numbered = carried_out.numbered
            map_key = private_map_key(app, key, user, room, numbered, now=now, seconds=ROBOT_SECONDS)
        robot = RobotPass(user, user_sig(app, key, user, now=now, seconds=ROBOT_SECONDS), map_key)
        return contract.create(room, carried_out.numbered, robot, lambda reference: account.reveal(reference).reveal())

    def _claim(self, transaction: Transaction, most: int) -> Claimed:
        jobs: list[Job] = []
        waits: list[float] = [1.0]
        for environment, account in self.accounts.items():
            for claim in (self._deletes, self._removals, self._creates):
                if len(jobs) < most:
                    claimed, wait = claim(transaction, environment, account, most - len(jobs))
                    jobs += claimed
                    waits += [wait] if wait is not None else []
        if not jobs and (due := _next_due(transaction)) is not None:
            waits.append(due - transaction.now)
        return Claimed(tuple(jobs), max(0.0, min(waits)))

    def _creates(
        self, transaction: Transaction, environment: str, account: Account, most: int
    ) -> tuple[list[Job], float | None]:
        sessions = _due_sessions(transaction, environment, (SessionState.NEW, SessionState.CREATING), most, _turn())
        for session in sessions:
            if not session.wanted:  # its Create's lease ended, and the call is over
                _store_session(transaction, session, _alone(session, machine.lease_ended, transaction.now))
        wanted = self._within_limit(transaction, account, [session for session in sessions if session.wanted])
        granted, wait = _granted(transaction, account, CREATE, len(wanted))
        jobs = []
        for session in wanted[:granted]:
            claimed = machine.claimed(session, self._owner, transaction.now)
            _store_session(transaction, session, claimed)
            contract = _contract(transaction, session.contract)
            jobs.append(_job("create", claimed, contract))
        return jobs, wait if len(wanted) > granted else 0.0 if len(sessions) > len(wanted) else None

    def _within_limit(self, transaction: Transaction, account: Account, wanted: list[Session]) -> list[Session]:
        """Those that the application's limit of tasks has room for; the others wait a little, and say so."""
        if not wanted:
            return []
        apps = {session.sdk_app_id for session in wanted}
        query = select(_S.sdk_app_id, func.count()).where(_S.sdk_app_id.in_(apps), _S.state.in_(_ACTIVE))
        active = {app: count for app, count in transaction.connection.execute(query.group_by(_S.sdk_app_id))}  # noqa: C416
        kept = []
        for session in wanted:
            running = active.get(session.sdk_app_id, 0)
            if session.state is SessionState.CREATING or running < account.tasks:
                active[session.sdk_app_id] = running + (session.state is SessionState.NEW)
                kept.append(session)
                continue
            words = f"waits: {account.tasks} tasks run already, which is the limit"
            later = replace(session, due=transaction.now + _CROWDED_SECONDS, outcome=words)
            _store_session(transaction, session, later)
        return kept

    def _removals(
        self, transaction: Transaction, environment: str, account: Account, most: int
    ) -> tuple[list[Job], float | None]:
        sessions = _due_sessions(transaction, environment, (SessionState.REMOVING,), most)
        granted, wait = _granted(transaction, account, REMOVE, len(sessions))
        jobs = []
        for session in sessions[:granted]:
            claimed = replace(session, due=transaction.now + LEASE_SECONDS, owner=self._owner)
            _store_session(transaction, session, claimed)
            jobs.append(_job("remove", claimed, _contract(transaction, session.contract)))
        return jobs, wait if len(sessions) > granted else None

    def _deletes(
        self, transaction: Transaction, environment: str, account: Account, most: int
    ) -> tuple[list[Job], float | None]:
        now = transaction.now
        query = (
            select(_T.sdk_app_id, _T.task_id, _T.room, _T.session, _T.robot)
            .join(schema.session, _S.id == _T.session)
            .where(_T.state == TaskState.STOP, _T.due <= now, _S.environment == environment)
            .order_by(_T.due)
            .limit(most)
            .with_for_update(skip_locked=True, of=schema.task)
        )
        rows = transaction.connection.execute(query).all()
        granted, wait = _granted(transaction, account, DELETE, len(rows))
        jobs = []
        for row in rows[:granted]:
            this = (_T.sdk_app_id == row.sdk_app_id, _T.task_id == row.task_id)
            values = {"due": now + LEASE_SECONDS, "owner": self._owner, "attempts": _T.attempts + 1}
            transaction.connection.execute(update(schema.task).where(*this).values(values))
            jobs.append(
                Job("delete", environment, row.sdk_app_id, row.room, row.session, user=row.robot, task=row.task_id)
            )
        return jobs, wait if len(rows) > granted else None


def _after(state: RoomState, job: Job, result: Result, now: float) -> RoomState:
    """The room once a call has come to its end."""
    if job.kind == "delete":
        return _after_delete(state, job, result, now)
    session = state.session(job.session)
    if session is None:
        return state
    if job.kind == "remove":
        return _after_removal(state, session, result, now)
    return _after_create(state, session, job, result, now)


def _after_delete(state: RoomState, job: Job, result: Result, now: float) -> RoomState:
    task = state.task(job.task)
    if task is None or not task.open:
        return state
    error = result.unknown or result.refused
    if error is None or gone(error):
        return machine.task_deleted(state, task, now, found=error is None)
    return state.having(replace(task, due=now + _retry(error, task.attempts), owner=""))


def _after_removal(state: RoomState, session: Session, result: Result, now: float) -> RoomState:
    error = result.unknown or result.refused
    if error is None:
        return machine.removed(state, session, now)
    if session.state is not SessionState.REMOVING:
        return state
    words = f"its robot cannot be removed yet: {error.code}"
    return state.having(replace(session, due=now + _retry(error, 1), owner="", outcome=words))


def _after_create(state: RoomState, session: Session, job: Job, result: Result, now: float) -> RoomState:
    if result.unknown is not None:
        pause = unknown_wait(result.unknown, session.attempts)
        return machine.create_unknown(state, session, pause, job.attempt, now)
    if result.refused is not None:
        return machine.create_refused(state, session, refusal_of(result.refused, session.attempts), job.attempt, now)
    task = new_task(job.contract, state, result.task_id, job.user, now)
    return machine.created(state, session, task, job.attempt, now)


def _retry(error: ConsoleError, attempts: int) -> float:
    """Seconds until a call that does no harm twice is made again: it is, until it succeeds."""
    if isinstance(error, AmbiguousWriteError):
        return unknown_wait(error, attempts) or 1.0
    return refusal_of(error, attempts).wait or LEASE_SECONDS


def _job(kind: Literal["create", "remove"], session: Session, contract: RecordingContract) -> Job:
    return Job(
        kind,
        session.environment,
        session.sdk_app_id,
        session.room,
        session.id,
        user=session.user,
        attempt=session.attempts,
        received=session.received,
        contract=contract,
    )


def _due_sessions(
    transaction: Transaction,
    environment: str,
    states: tuple[SessionState, ...],
    most: int,
    also: ColumnElement[bool] | None = None,
) -> list[Session]:
    """What is due of an environment, the longest due first, locked against other replicas."""
    query = (
        select(schema.session)
        .where(_S.environment == environment, _S.state.in_(states), _S.due <= transaction.now)
        .order_by(_S.due)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    if also is not None:
        query = query.where(also)
    return sessions_of(transaction.connection.execute(query).mappings())


def _turn() -> ColumnElement[bool]:
    """Rooms are recorded by one task at a time: whatever is older in the room has ended, task and session."""
    older, task = schema.session.alias("older"), schema.task.alias("other")
    before = exists().where(
        older.c.sdk_app_id == _S.sdk_app_id,
        older.c.room == _S.room,
        older.c.id < _S.id,
        older.c.state != SessionState.ENDED,
    )
    running = exists().where(
        task.c.sdk_app_id == _S.sdk_app_id,
        task.c.room == _S.room,
        task.c.state != TaskState.ENDED,
        task.c.session.is_not(None),
    )
    return or_(_S.wanted.is_(False), and_(~before, ~running))


def _granted(transaction: Transaction, account: Account, action: str, wanted: int) -> tuple[int, float]:
    if not wanted:
        return 0, 0.0
    return take(transaction, f"{account.service.account} {action}", account.rate, wanted)


def _next_due(transaction: Transaction) -> float | None:
    sessions = select(func.min(_S.due)).where(_S.state != SessionState.ENDED, _S.due > transaction.now)
    tasks = select(func.min(_T.due)).where(_T.state == TaskState.STOP, _T.due > transaction.now)
    found = [transaction.connection.execute(query).scalar_one() for query in (sessions, tasks)]
    return min((float(due) for due in found if due is not None), default=None)


def _contract(transaction: Transaction, digest: str) -> RecordingContract:
    table = schema.contract.c
    query = select(table.document).where(table.digest == digest)
    return from_json(transaction.connection.execute(query).scalar_one())


def _alone(session: Session, step: machine.Step, now: float) -> Session:
    """What a transition makes of a session that needs to know nothing else of its room."""
    state = RoomState(Room(session.sdk_app_id, session.room), (session,))
    found = step(state, session, now).session(session.id)
    assert found is not None
    return found


def _store_session(transaction: Transaction, before: Session, after: Session) -> None:
    room = Room(before.sdk_app_id, before.room)
    save_room(transaction, RoomState(room, (before,)), RoomState(room, (after,)))


def _numbered(contract: RecordingContract | None) -> bool:
    return contract is None or contract.carried_out is None or contract.carried_out.numbered
