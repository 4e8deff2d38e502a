"""The twelve things that go wrong in backends that record by API, and what is right (trtc facts, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioner.controller.overview import overview
from provisioner.controller.records import SessionState, TaskState
from provisioner.simulator import Fault
from provisioner.simulator.tasks import RecordingTask as RecorderTask
from tests.controller.scene import APP, Scene, recorder_callback, scene

CREATE, DELETE = ("CreateCloudRecording",), ("DeleteCloudRecording",)


@pytest.fixture
def s(tmp_path: Path) -> Iterator[Scene]:
    """A room with two people who send."""
    with scene(tmp_path) as opened:
        opened.enter("room", "alice", "bob")
        yield opened


def recorded(s: Scene) -> RecorderTask:
    """A call that is being recorded, as everybody knows."""
    s.begin("room")
    s.work()
    s.tell_callbacks()
    (recorder,) = s.recording()
    return recorder


def test_01_two_callers_start_the_same_room_and_one_create_leaves(s: Scene) -> None:
    s.begin("room")
    s.begin("room")  # the other party's client tells the backend, too
    s.owner = "replica-2"
    assert [job.kind for job in s.work()] == ["create"]
    assert s.work() == []
    assert len(s.recorders()) == 1
    s.begin("room", "another-call")  # and a call of another id does not put a second recorder into the room
    assert [job.kind for job in s.work()] == []
    assert len(s.recorders()) == 1


def test_02_the_answer_of_create_is_lost_and_callback_301_tells_the_task(s: Scene) -> None:
    s.state.faults.add(Fault("reset-after", CREATE, count=1))
    s.begin("room")
    s.work()
    assert (s.session("room").state, s.session("room").doubt) == (SessionState.CREATING, 1)
    s.tell_callbacks()
    (recorder,) = s.recording()
    assert (s.session("room").state, s.session("room").doubt) == (SessionState.RUNNING, 0)
    s.later(60)
    assert [task.task_id for task in s.recorders()] == [recorder.task_id]  # it was not tried again
    s.tell(102, "room")
    assert [job.task for job in s.work()] == [recorder.task_id]
    assert s.recording() == []


def test_02_the_answer_and_the_callback_are_lost_and_a_second_create_replaces_the_first(s: Scene) -> None:
    s.state.faults.add(Fault("reset-after", CREATE, count=1))
    s.begin("room")
    s.work()
    s.later(10)
    first, second = s.recorders()
    assert (first.robot, int(first.code or 0)) == (second.robot, 101)
    assert [task.task_id for task in s.recording()] == [second.task_id]
    s.tell_callbacks()  # they come late: the first task is known to be over
    assert s.session("room").state is SessionState.RUNNING
    s.tell(102, "room")
    s.work()
    assert s.recording() == []


def test_03_death_between_create_and_its_task_id_leaves_the_lease_to_another_replica(s: Scene) -> None:
    s.begin("room")
    s.work(results=False)
    s.owner = "replica-2"
    assert s.work() == []  # the lease of the dead one still runs
    s.later(10)
    assert len(s.recording()) == 1
    s.tell_callbacks()
    assert s.session("room").state is SessionState.RUNNING
    s.tell(102, "room")
    s.work()
    assert s.recording() == []


def test_03_the_call_is_over_before_anybody_learns_the_task_id_and_the_robot_is_put_out(s: Scene) -> None:
    s.begin("room")
    s.work(results=False)
    s.end("room")
    s.later(10)
    assert s.session("room").state is SessionState.ENDED
    assert "not known" in s.session("room").outcome
    assert s.recording() == []


def test_04_a_restart_in_mid_call_knows_its_tasks_and_the_sweep_asks_about_them(s: Scene) -> None:
    recorder = recorded(s)
    s.owner = "replica-2"
    s.later(400)
    assert s.sweep().look() == 1
    assert s.session("room").state is SessionState.RUNNING
    s.dismiss("room")  # and nobody tells
    s.later(400)
    s.sweep().look()
    task = s.task(recorder.task_id, "room")
    assert task is not None
    assert task.state is TaskState.ENDED
    assert s.session("room").state is SessionState.IDLE


def test_05_the_dismissal_never_arrives_but_the_call_ends(s: Scene) -> None:
    recorded(s)
    s.end("room")
    s.work()
    assert (s.recording(), s.session("room").state) == ([], SessionState.ENDED)


def test_05_nothing_arrives_and_the_task_is_replaced_before_nobody_can_reach_it(s: Scene) -> None:
    first = recorded(s)
    s.after(72 * 3600 - 300)
    s.sweep().look_around()
    s.work()
    (second,) = s.recording()
    assert (second.task_id != first.task_id, second.robot != first.robot) == (True, True)
    assert s.session("room").state is SessionState.RUNNING


@pytest.mark.parametrize(("code", "restarted"), [(1, False), (3, True), (4, True), (100, True)])
def test_06_the_recorder_ends_by_itself_and_holds_nothing_up(s: Scene, code: int, restarted: bool) -> None:
    recorder = recorded(s)
    s.state.recordings.stop(APP, recorder.task_id)
    s.take(recorder_callback(302, recorder, s.clock(), LeaveCode=code))
    s.work()
    assert s.session("room").state is (SessionState.RUNNING if restarted else SessionState.ENDED)
    assert len(s.recording()) == restarted
    s.tell(102, "room")
    s.work()
    s.after(1)
    s.enter("room", "carol") if not restarted else None
    s.begin("room", "call-2")
    s.work()
    assert len(s.recording()) == 1


def test_06_everybody_is_gone_for_long_and_the_next_stream_starts_it_again(s: Scene) -> None:
    recorder = recorded(s)
    s.take(recorder_callback(302, recorder, s.clock(), LeaveCode=99))
    s.state.recordings.stop(APP, recorder.task_id)
    assert s.session("room").state is SessionState.IDLE
    s.after(30)
    s.tell(201, "room", UserId="alice")
    s.work()
    assert len(s.recording()) == 1


@pytest.mark.parametrize("code", ["FailedOperation.TaskNotExist", "FailedOperation.TaskFinished"])
def test_07_delete_finds_no_task_and_that_is_a_success(s: Scene, code: str) -> None:
    recorder = recorded(s)
    s.state.recordings.stop(APP, recorder.task_id)
    s.after(60)
    s.tell(102, "room")
    (job,) = s.work()
    result = s.effects.perform(job)
    assert result.refused is not None
    assert s.session("room").state is SessionState.ENDED


def test_08_somebody_else_uses_the_robots_user_id_and_the_call_gets_another(s: Scene) -> None:
    recorder = recorded(s)
    s.state.recordings.stop(APP, recorder.task_id)
    s.take(recorder_callback(302, recorder, s.clock(), LeaveCode=101))
    s.work()
    (second,) = s.recording()
    assert second.robot == f"{recorder.robot}_1"
    s.tell_callbacks()
    assert s.session("room").state is SessionState.RUNNING


def test_09_a_task_that_stays_idle_is_told(tmp_path: Path) -> None:
    with scene(tmp_path) as s:
        s.begin("room")  # nobody is there who could be recorded
        s.work()
        s.after(4)
        s.state.recordings.settle()
        s.sweep().look()
        assert s.session("room").outcome == ""
    with scene(tmp_path / "longer-idle-time", idle=60) as s:
        s.begin("room")
        s.work()
        s.after(20)
        s.sweep().look()
        assert s.session("room").outcome.startswith("Idle")


def test_10_the_accounts_limit_queues_and_says_so(s: Scene) -> None:
    s.tasks = 2
    for number in range(3):
        s.enter(f"room-{number}", "alice")
        s.begin(f"room-{number}")
    s.work()
    assert len(s.recording()) == 2
    assert "2 tasks run already" in s.session("room-2").outcome
    s.tell(102, "room-0")
    s.later(3)
    assert sorted(task.room.room_id for task in s.recording()) == ["room-1", "room-2"]


def test_10_the_service_says_restricted_concurrency_and_no_back_off_loop_hammers_it(tmp_path: Path) -> None:
    with scene(tmp_path, idle=3600) as s:
        s.tasks = 1_000
        for number in range(101):
            s.begin(f"room-{number:03}")
        s.later(20)
        waiting = s.session("room-100")
        assert (waiting.state, len(s.recording())) == (SessionState.NEW, 100)
        assert "RestrictedConcurrency" in waiting.outcome
        assert waiting.attempts <= 5


@pytest.mark.parametrize(
    "order", [lambda b: b, lambda b: b[::-1], lambda b: [*b, *b]], ids=["right", "reversed", "twice"]
)
def test_11_callbacks_out_of_order_or_twice_come_to_the_same(s: Scene, order: Callable[[list[Any]], list[Any]]) -> None:
    recorder = recorded(s)
    s.tell(102, "room")
    s.work()
    told = [recorder_callback(301, recorder, recorder.started_at, Status=0), *s.callbacks()]
    for body in order(told):
        s.take(body)
    task = s.task(recorder.task_id, "room")
    assert task is not None
    assert (task.state, task.files, s.session("room").state) == (TaskState.ENDED, 1, SessionState.ENDED)
    assert s.work() == []


@pytest.mark.parametrize(("event", "status"), [(311, 1), (311, 2), (312, 1)])
def test_12_a_file_that_was_not_stored_is_told(s: Scene, event: int, status: int) -> None:
    recorder = recorded(s)
    s.tell(102, "room")
    s.work()
    s.take(recorder_callback(event, recorder, s.clock(), Status=status))
    (row,) = s.store.read(lambda t: overview(t, rows=True)).failed
    assert (row.room, row.outcome) == ("room", f"{event} reports status {status}")


def test_12_a_file_of_which_nobody_tells_is_told(s: Scene) -> None:
    recorded(s)
    s.tell(102, "room")
    s.work()
    s.after(700)
    s.sweep().look_around()
    (row,) = s.store.read(lambda t: overview(t, rows=True)).failed
    assert row.outcome == "no callback told of a file"


def test_a_dismissal_overtakes_its_call(s: Scene) -> None:
    began = s.clock()
    s.after(3)
    s.tell(102, "room")
    session = s.begin("room", began=began)
    assert session is not None
    assert (session.state, session.outcome) == (SessionState.ENDED, "not recorded: its room was dismissed before")
    assert s.work() == []
    s.after(1)
    s.begin("room", "call-2")  # the next call in a room of that id
    assert [job.kind for job in s.work()] == ["create"]


def test_an_old_dismissal_that_is_sent_again_stops_no_later_call(s: Scene) -> None:
    old = s.clock()
    s.after(60)
    recorded(s)
    s.tell(102, "room", at=old)
    assert s.work() == []
    assert len(s.recording()) == 1
