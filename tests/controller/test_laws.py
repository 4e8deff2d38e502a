"""The laws, whatever is told, lost, repeated and killed in whatever order, in front of the simulated service.

No recorder runs without a call that wants it, once everything has come to rest. No room is ever recorded twice at once.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from provisioner.controller.records import SessionState
from provisioner.recording.manual import Start
from provisioner.simulator import Fault
from tests.controller.scene import scene
from tests.profiles import examples

ROOMS = ("room-a", "room-b")
rooms = st.sampled_from(ROOMS)
_QUIET_SECONDS = 60


class Laws(RuleBasedStateMachine):
    """Two rooms in which calls come and go. What recorders tell waits in `pending` until it is delivered, or lost."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.stack = ExitStack()
        self.calls = dict.fromkeys(ROOMS, 0)
        self.open: dict[str, set[str]] = {room: set() for room in ROOMS}
        self.pending: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []

    @initialize(start=st.sampled_from(["backend", "first-stream", "room-created"]))
    def begin(self, start: Start) -> None:
        # Recorders wait for an hour: only who deletes them, or removes their robot, ends them.
        self.s = self.stack.enter_context(scene(self.folder, start, idle=3600))
        self.start = start

    @rule(room=rooms, again=st.booleans(), late=st.sampled_from([0.0, 0.0, 2.0]))
    def a_call_begins(self, room: str, again: bool, late: float) -> None:
        if self.start != "backend":
            self.s.tell(201 if self.start == "first-stream" else 101, room, UserId="alice")
            return
        self.calls[room] += 0 if again and self.calls[room] else 1
        self.s.begin(room, f"call-{self.calls[room]}", self.s.clock() - late)

    @rule(room=rooms)
    def the_backend_ends_it(self, room: str) -> None:
        self.s.end(room, f"call-{self.calls[room]}")

    @rule(room=rooms, late=st.sampled_from([0.0, 0.0, 3.0]))
    def the_room_is_dismissed(self, room: str, late: float) -> None:
        self.s.tell(102, room, at=self.s.clock() - late)

    @rule(seconds=st.sampled_from([0.5, 3.0, 10.0]))
    def time_passes(self, seconds: float) -> None:
        self.s.after(seconds)

    @rule()
    def calls_are_made(self) -> None:
        self.s.work()

    @rule()
    def a_replica_dies_between_a_call_and_its_answer(self) -> None:
        self.s.work(results=False)

    @rule()
    def a_replica_dies_before_its_calls(self) -> None:
        self.s.effects.claim()

    @rule(
        kind=st.sampled_from(["reset-after", "reset-before", "rate", "server-error", "truncated"]),
        action=st.sampled_from(["CreateCloudRecording", "DeleteCloudRecording", "RemoveUserByStrRoomId"]),
    )
    def a_call_will_fail(self, kind: Any, action: str) -> None:
        self.s.state.faults.add(Fault(kind, (action,), count=1))

    @rule()
    def recorders_tell(self) -> None:
        self.pending += self.s.callbacks()

    @precondition(lambda self: self.pending)
    @rule(which=st.integers(0, 20), lost=st.booleans())
    def one_callback_arrives_or_is_lost(self, which: int, lost: bool) -> None:
        body = self.pending.pop(which % len(self.pending))
        if not lost:
            self.s.take(body)
            self.told.append(body)

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 20))
    def one_callback_arrives_twice(self, which: int) -> None:
        assert self.s.take(self.told[which % len(self.told)]) == "duplicate"

    @rule(code=st.sampled_from([1, 3, 99, 100]))
    def a_recorder_ends_by_itself(self, code: int) -> None:
        for task in self.s.recording()[:1]:
            self.s.state.recordings.remove(task.room, [str(task.robot)])
            for body in self.s.callbacks():
                if body["EventType"] == 302:
                    body["EventInfo"]["Payload"]["LeaveCode"] = code
                self.pending.append(body)

    @rule()
    def the_sweep_comes_by(self) -> None:
        self.s.sweep().look_around()

    @invariant()
    def no_room_is_recorded_twice_at_once(self) -> None:
        if hasattr(self, "s"):
            for room in ROOMS:
                live = self.s.recording(room)
                assert len(live) <= 1, [(task.robot, task.task_id[:6]) for task in live]

    def teardown(self) -> None:
        try:
            if hasattr(self, "s"):
                self._comes_to_rest()
        finally:
            self.stack.close()
            shutil.rmtree(self.folder)

    def _comes_to_rest(self) -> None:
        self.s.state.faults.clear()
        for body in self.pending:
            self.s.take(body)
        self.s.later(_QUIET_SECONDS, step=3)
        self.s.later(400, step=100)  # what is still running is looked at
        self.s.sweep().look()
        self.s.sweep().look_around()
        self.s.tell_callbacks()
        self.s.later(_QUIET_SECONDS, step=3)
        for room in ROOMS:
            sessions = [session for session in self.s.known(room).sessions if session.open]
            wanted = [session for session in sessions if session.wanted]
            live = self.s.recording(room)
            assert len(live) <= min(1, len(wanted)), (live, sessions)
            assert all(session.wanted for session in sessions), sessions
            # And who is wanted is recorded, unless its recorder said that nobody sends anything.
            if wanted and wanted[0].state is not SessionState.IDLE:
                assert len(live) == 1, wanted


def test_laws() -> None:
    run_state_machine_as_test(
        Laws,
        settings=settings(
            max_examples=examples(20),
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
        ),
    )
