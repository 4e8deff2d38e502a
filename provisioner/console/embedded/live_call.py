"""A call that happens in the simulated console while a controller records it: begin, recording, dismissal, file."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from provisioner.console.controller_client import ControllerClient
from provisioner.console.embedded.rehearsal import wind_past_change
from provisioner.foundation.errors import UsageError
from provisioner.foundation.secret_refs import revealer
from provisioner.recording.application import Application
from provisioner.recording.manual import Manual, manual
from provisioner.recording.quantities import Quantity
from provisioner.simulator import Call, CallbackSender, ConsoleState, Room, Target
from provisioner.simulator.callbacks.outbox import Counts
from provisioner.simulator.callbacks.recorder_bodies import UPLOAD_SECONDS
from provisioner.simulator.calls import Leave
from provisioner.simulator.media_rows import StoredFile
from provisioner.simulator.tasks import RecordingTask
from provisioner.specs.documents.environment import Environment

PATIENCE = 20.0
"""Seconds that a controller has to start a recording, to end it, and to take every callback."""

_LOOK, _ACT = 0.05, 0.3
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class LiveCall:
    """What came of a call. `tasks` recorded its room, usually one; `callbacks` counts those of this call alone.

    `started_in` are the seconds from the call's beginning to its first task, None where there was none.
    """

    url: str
    room: Room
    call: str
    began_by: str
    tasks: tuple[RecordingTask, ...]
    files: tuple[StoredFile, ...]
    callbacks: Counts
    started_in: float | None

    @property
    def running(self) -> tuple[RecordingTask, ...]:
        """Tasks that nobody has ended."""
        return tuple(task for task in self.tasks if task.ended_at is None)


def live_call(environment: Environment, app: Application, state: ConsoleState, root: Path, call: Call) -> LiveCall:
    """Let `call` happen in a room of its own and a running controller record it. The console's clock moves past it.

    Raises UsageError where no controller records the application in front of this console, ProvisionerError where it
    does not answer.
    """
    carried_out = _carried_out(environment, app)
    controller = environment.controller
    assert controller is not None  # a rule asks for it
    client = ControllerClient(environment, root)
    client.digests()  # raises where nobody answers, before anything happens
    reveal = revealer(root, simulated=True)
    key = reveal(controller.callback_keys(app)[0]).reveal()
    name = f"call-{secrets.token_hex(4)}"
    room = Room(app.sdk_app_id, str(secrets.randbelow(2**32)) if carried_out.numbered else name, carried_out.numbered)
    before = state.callbacks.counts()
    state.callbacks.aim(app.sdk_app_id, Target(f"{client.url}/v1/{environment.name}/callbacks", key))
    try:
        with CallbackSender(state):
            wind_past_change(state, app.sdk_app_id)
            began = time.monotonic()
            state.recordings.play(room, call.events())
            if carried_out.start == "backend":
                client.begin(app.name, room.room_id, name)
            first = _until(lambda: _tasks(state, room))
            started_in = time.monotonic() - began if first else None
            _pass_moments(state, call, _idle_seconds(app))
            _until(lambda: all(task.ended_at is not None for task in _tasks(state, room)))
            state.wind(UPLOAD_SECONDS)
            _until(lambda: state.callbacks.counts().waiting == 0)
    finally:
        state.callbacks.aim(app.sdk_app_id, None)
    after = state.callbacks.counts()
    counted = Counts(after.answered - before.answered, after.given_up - before.given_up, after.waiting)
    tasks = tuple(_tasks(state, room))
    ids = {task.task_id for task in tasks}
    files = tuple(file for file in state.media.files(app.sdk_app_id) if file.task_id in ids)
    return LiveCall(client.url, room, name, carried_out.start, tasks, files, counted, started_in)


def _carried_out(environment: Environment, app: Application) -> Manual:
    address = f"{environment.name}/{app.name}"
    if environment.console.driver != "embedded":
        raise UsageError(
            f"the controller of {environment.name} records at the real service, not in a simulated console",
            where=environment.origin("/console/driver"),
        )
    found = manual(app)
    if found is None:
        raise UsageError(
            f"no controller records {address}",
            where=app.origin("/recording/mode"),
            fix="It needs mode: manual and recording.manual; docs/manual-mode.md.",
        )
    return found


def _idle_seconds(app: Application) -> float:
    idle = app.setting("maxIdleTime")
    return float(idle.amount or 0) + 1 if isinstance(idle, Quantity) else 0.0


def _pass_moments(state: ConsoleState, call: Call, idle: float) -> None:
    """Wind the clock from moment to moment, each time until everybody has been told and could act."""
    happening = call.events()
    ends = {event.at + idle for event in happening if isinstance(event, Leave)}  # a recording may end there by itself
    passed = 0.0
    for moment in sorted({event.at for event in happening} | ends):
        state.wind(moment - passed)
        passed = moment
        state.recordings.settle()
        _until(lambda: state.callbacks.due(state.now()) == 0)
        time.sleep(_ACT)


def _tasks(state: ConsoleState, room: Room) -> list[RecordingTask]:
    return [task for task in state.recordings.tasks(room.sdk_app_id) if task.room == room]


def _until(look: Callable[[], Found]) -> Found:
    """What `look` finds as soon as it is something; after PATIENCE what there is."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(_LOOK)
    return found
