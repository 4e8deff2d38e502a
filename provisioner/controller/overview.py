"""What records now, since when and by which template version, what waits, what failed, and what cannot be known."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from provisioner.controller.records import SessionState, TaskState
from provisioner.controller.store import schema
from provisioner.controller.store.port import Transaction

_S, _T = schema.session.c, schema.task.c
_FEW = 200
_WAITING = (SessionState.NEW, SessionState.CREATING, SessionState.REMOVING)
_RECENT_SECONDS = 86_400.0

UNKNOWABLE = (
    "whether a Create without an answer recorded a fragment before its robot was removed",
    "a task that neither an answer nor callback 301 told of: its room's end, or its idle time, ends it",
    "what another recorder of the same room does: automatic recording, UniRecord, RoomStore",
)
"""What no look can tell, as the status page says it."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call on the status page. `task` is empty where none is known."""

    environment: str
    application: str
    room: str
    call: str
    state: str
    since: float
    template: str
    task: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The store as it is at `now`. `sessions` counts what is open by environment and state.

    `waiting` is how many calls to the service are due, `oldest` for how many seconds the first of them has been.
    `foreign` tasks run that somebody else started; `unidentified` sessions record under a TaskId that nobody told.
    `failed` are recordings of the last day that left no file, or of which none was told.
    """

    now: float
    sessions: dict[tuple[str, str], int]
    waiting: int
    oldest: float
    foreign: int
    unidentified: int
    expiring: int
    replicas: int
    running: tuple[CallRow, ...] = ()
    queued: tuple[CallRow, ...] = ()
    failed: tuple[CallRow, ...] = ()


def overview(transaction: Transaction, *, rows: bool = False) -> Overview:
    """Counts, and with `rows` the calls themselves, the first 200 of each kind."""
    connection, now = transaction.connection, transaction.now
    counted = select(_S.environment, _S.state, func.count()).where(schema.is_open(schema.session))
    sessions = {(row[0], row[1]): row[2] for row in connection.execute(counted.group_by(_S.environment, _S.state))}
    late = select(func.count(), func.min(_S.due)).where(
        schema.is_open(schema.session), _S.state.in_(_WAITING), _S.due <= now
    )
    stopping = select(func.count(), func.min(_T.due)).where(schema.to_stop(schema.task), _T.due <= now)
    due = [connection.execute(query).one() for query in (late, stopping)]
    since = min((float(first) for _, first in due if first is not None), default=now)
    live = select(func.count()).where(schema.is_open(schema.task), _T.state == TaskState.LIVE)
    found = Overview(
        now=now,
        sessions=sessions,
        waiting=sum(count for count, _ in due),
        oldest=now - since,
        foreign=connection.execute(live.where(_T.session.is_(None))).scalar_one(),
        unidentified=sum(count for (_, state), count in sessions.items() if state == SessionState.UNIDENTIFIED),
        expiring=connection.execute(live.where(_T.session.is_not(None), _T.expires <= now + 3600)).scalar_one(),
        replicas=connection.execute(select(func.count()).select_from(schema.replica)).scalar_one(),
    )
    return _with_rows(transaction, found) if rows else found


def _with_rows(transaction: Transaction, found: Overview) -> Overview:
    recording = (SessionState.RUNNING, SessionState.UNIDENTIFIED, SessionState.IDLE)
    running = _calls(transaction, schema.is_open(schema.session), _S.state.in_(recording), _S.wanted.is_(True))
    queued = _calls(transaction, schema.is_open(schema.session), _S.state.not_in(recording))
    recent = _S.ended >= found.now - _RECENT_SECONDS
    failed = _calls(transaction, _S.state == SessionState.ENDED, recent, _S.outcome != "")
    lost = _calls(transaction, _T.lost != "", _T.ended >= found.now - _RECENT_SECONDS)
    return Overview(
        found.now, found.sessions, found.waiting, found.oldest, found.foreign, found.unidentified, found.expiring,
        found.replicas, running, queued, (*failed, *lost)[:_FEW],
    )  # fmt: skip


def _calls(transaction: Transaction, *where: object) -> tuple[CallRow, ...]:
    query = (
        select(
            _S.environment,
            _S.application,
            _S.room,
            _S.call,
            _S.state,
            _S.received,
            _S.template,
            _S.outcome,
            _T.task_id,
            _T.started,
            _T.lost,
        )
        .select_from(schema.session)
        .join(schema.task, (_T.session == _S.id) & (schema.is_open(schema.task) | (_T.lost != "")), isouter=True)
        .where(*where)  # type: ignore[arg-type]
        .order_by(_S.received.desc())
        .limit(_FEW)
    )
    return tuple(
        CallRow(
            row.environment,
            row.application,
            row.room,
            row.call,
            row.state,
            row.started or row.received,
            row.template,
            row.task_id or "",
            row.lost or row.outcome,
        )
        for row in transaction.connection.execute(query)
    )
