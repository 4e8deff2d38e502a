"""What the controller is told becomes rows: the event, what it changes of sessions and tasks, then the answer.

One transaction each. Rooms created and dismissed, the first stream in each and all that recorders tell are kept whole;
the rest (who entered, left, muted) is most of what comes and is only counted.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import func, select

from provisioner.archive.evidence.callbacks import RECORDER_STARTED, ROOM_CREATED, ROOM_DISMISSED
from provisioner.controller import machine
from provisioner.controller.contracts import Served, to_json
from provisioner.controller.events import FRESH_SECONDS, RECORDER_STOPPED, Event
from provisioner.controller.machine import FIRST_LOOK_SECONDS, LOOK_SECONDS
from provisioner.controller.records import RoomState, Session, Task
from provisioner.controller.robots import robot_of
from provisioner.controller.store import schema
from provisioner.controller.store.port import RoomKey, Store, Transaction
from provisioner.controller.store.rows import Asked, insert_once, load_room, save_room
from provisioner.recording.cloud_recording import RecordingContract
from provisioner.recording.manual import robot_user

PATIENCE = 5.0
"""Seconds; the vendor waits no longer for an answer (callback guide), and sends the same again."""

Taken = Literal["kept", "counted", "duplicate"]
"""What came of a callback."""


@dataclass(frozen=True, slots=True)
class AnnouncedCall:
    """A call as the backend tells of it. `began` is in epoch seconds, None for now."""

    room: str
    call: str
    began: float | None = None


class Intake:
    """Takes what is told. `claim` is called in a transaction that made a call to the service due."""

    def __init__(self, store: Store, claim: Callable[[Transaction], None]) -> None:
        self._store = store
        self._claim = claim

    def begin(self, served: Served, call: AnnouncedCall) -> Future[Session | None]:
        """A call began; its session, once it is on the disk. None where the spec lets something else start it."""

        def work(transaction: Transaction) -> Session | None:
            before = load_room(transaction, key, Asked(call=call.call))
            began = _plausible(call.began, transaction.now)
            saved = self._save(transaction, before, _begin(transaction, served, before, call.call, began))
            return next((session for session in saved.sessions if session.call == call.call), None)

        key = (served.sdk_app_id, call.room)
        return self._store.submit(work, key, patience=PATIENCE)

    def end(self, served: Served, room: str, call: str) -> Future[Session | None]:
        """The backend says that a call is over; its session, None where it is not known."""

        def work(transaction: Transaction) -> Session | None:
            before = load_room(transaction, key, Asked(call=call))
            saved = self._save(transaction, before, machine.call_ended(before, call, transaction.now))
            return next((session for session in saved.sessions if session.call == call), None)

        key = (served.sdk_app_id, room)
        return self._store.submit(work, key, patience=PATIENCE)

    def event(self, served: Served, event: Event) -> Future[Taken]:
        """A callback whose signature was right."""
        if not (event.of_recorder or event.stream_started or event.type in (ROOM_CREATED, ROOM_DISMISSED)):
            counted: Future[Taken] = Future()
            counted.set_result("counted")
            return counted

        def work(transaction: Transaction) -> Taken:
            return self._take(transaction, served, event)

        return self._store.submit(work, (served.sdk_app_id, event.room), patience=PATIENCE)

    def _save(self, transaction: Transaction, before: RoomState, after: RoomState) -> RoomState:
        """Write what differs. Where that makes a call due it is claimed at once, which saves a commit before it."""
        saved = save_room(transaction, before, after)
        if machine.due(before, saved):
            self._claim(transaction)
        return saved

    def _take(self, transaction: Transaction, served: Served, event: Event) -> Taken:
        """One event, within a transaction that holds its room."""
        if not event.stream_started and not _keep(transaction, served, event):
            return "duplicate"
        key: RoomKey = (served.sdk_app_id, event.room)
        if event.of_recorder:
            before = load_room(transaction, key, Asked(task=event.task, robot=robot_of(event.user)[0] or None))
            self._save(transaction, before, _recorder(before, served, event, transaction.now))
            return "kept"
        before = load_room(transaction, key, Asked(call=_call(served, event)))
        after = self._save(transaction, before, _room(transaction, served, before, event))
        if not event.stream_started:
            return "kept"
        first = after.room.streamed != before.room.streamed
        return "kept" if first and _keep(transaction, served, event) else "counted"


def _keep(transaction: Transaction, served: Served, event: Event) -> bool:
    row = {
        "key": event.key,
        "environment": served.environment,
        "sdk_app_id": served.sdk_app_id,
        "room": event.room,
        "type": event.type,
        "at": event.at,
        "received": transaction.now,
        "body": event.body,
    }
    return insert_once(transaction.connection, schema.event, row)


def _room(transaction: Transaction, served: Served, state: RoomState, event: Event) -> RoomState:
    now = transaction.now
    at = _plausible(event.at, now)
    start = served.carried_out.start if served.carried_out else None
    if event.type == ROOM_DISMISSED:
        return machine.dismissed(state, at, now)
    if event.type == ROOM_CREATED:
        state = machine.room_created(state, at)
        return _started(transaction, served, state, event) if start == "room-created" else state
    state = machine.stream_started(state, at, now)
    return _started(transaction, served, state, event) if start == "first-stream" else state


def _call(served: Served, event: Event) -> str | None:
    """The name of the call that the room's own event begins, where the spec says so."""
    start = served.carried_out.start if served.carried_out else None
    if start == "room-created" and event.type == ROOM_CREATED:
        return f"room-{event.at:.3f}"
    return f"stream-{event.at:.3f}" if start == "first-stream" and event.stream_started else None


def _started(transaction: Transaction, served: Served, state: RoomState, event: Event) -> RoomState:
    """A recording that the room itself starts, unless one is there, or the event is so old that it is a replay."""
    fresh = served.simulated or abs(transaction.now - event.at) <= FRESH_SECONDS
    if not fresh or any(session.open for session in state.sessions) or event.at <= _last_end(transaction, state):
        return state
    return _begin(transaction, served, state, _call(served, event) or "", event.at)


def _last_end(transaction: Transaction, state: RoomState) -> float:
    """When the last recorder of the room ended: what happened before started it, and nothing else."""
    table = schema.task.c
    query = select(func.max(table.ended)).where(
        table.sdk_app_id == state.room.sdk_app_id, table.room == state.room.room, table.session.is_not(None)
    )
    return float(transaction.connection.execute(query).scalar_one() or 0.0)


def _begin(transaction: Transaction, served: Served, state: RoomState, call: str, began: float) -> RoomState:
    contract = served.contract
    if contract is None or contract.carried_out is None:
        return state
    room = state.room
    insert_once(transaction.connection, schema.contract, {"digest": contract.digest, "document": to_json(contract)})
    new = Session(
        id=0,
        environment=served.environment,
        application=served.name,
        sdk_app_id=room.sdk_app_id,
        room=room.room,
        call=call,
        robot=robot_user(room.sdk_app_id, room.room, contract.carried_out.numbered, call),
        contract=contract.digest,
        template=served.template,
        began=began,
        received=transaction.now,
        stop=contract.carried_out.stop,
    )
    return machine.began(state, new, transaction.now)


def _recorder(state: RoomState, served: Served, event: Event, now: float) -> RoomState:
    """What a recorder tells of its task. The robot's UserId says whose it is, also where its TaskId is new."""
    at = _plausible(event.at, now)
    known = state.task(event.task)
    robot = robot_of(event.user)[0]
    number = known.session if known else None
    session = state.session(number) or next((s for s in state.sessions if robot and s.robot == robot), None)
    task = known or new_task(served.contract, state, event.task, event.user, at)
    if event.type == RECORDER_STARTED:
        if event.status:
            return machine.task_failed_to_start(state, session, task, now)
        if known is not None:
            state = state.having(replace(known, started=at))  # by the callbacks' clock, so that it can be compared
        return machine.task_seen(state, session, task, now)
    if event.type == RECORDER_STOPPED:
        return machine.recorder_ended(state, session, replace(task, code=event.code), at, now)
    if event.file_told or event.not_stored:
        if known is None:
            state = machine.task_seen(state, session, task, now)
            known = state.task(event.task) or task
        lost = f"{event.type} reports status {event.status}" if event.not_stored else known.lost
        return state.having(replace(known, files=known.files + event.file_told, lost=lost))
    return state


def new_task(contract: RecordingContract | None, state: RoomState, task_id: str, robot: str, started: float) -> Task:
    """A task that nothing is known of yet; it can be reached until it expires. The sweep looks at it soon."""
    parameters = contract.parameters if contract else {}
    hours = int(parameters.get("ResourceExpiredHour", 72))
    room = state.room
    looked = started - LOOK_SECONDS + FIRST_LOOK_SECONDS
    return Task(task_id, room.sdk_app_id, room.room, robot, None, started, started + hours * 3600, looked=looked)


def _plausible(at: float | None, now: float) -> float:
    """A time that lies far ahead is a clock that is off: it must not hide what happens until then."""
    return now if at is None or at > now + FRESH_SECONDS else at
