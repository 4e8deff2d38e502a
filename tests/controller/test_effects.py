"""One call from its beginning to its file, in front of the simulated service."""

from __future__ import annotations

from pathlib import Path

from provisioner.controller.records import SessionState
from tests.controller.scene import scene


def test_a_call_is_recorded_from_its_beginning_until_its_room_is_dismissed(tmp_path: Path) -> None:
    with scene(tmp_path) as s:
        s.begin("room-a")
        s.enter("room-a", "alice", "bob")
        (job,) = s.work()
        (recorder,) = s.recording()
        assert (job.kind, recorder.robot, recorder.room.room_id) == ("create", job.user, "room-a")
        s.tell_callbacks()
        session = s.session("room-a")
        assert (session.state, session.wanted, session.template) == (SessionState.RUNNING, True, "call@v1")
        s.after(60)
        s.tell(102, "room-a")
        (job,) = s.work()
        assert (job.kind, job.task) == ("delete", recorder.task_id)
        assert s.recording() == []
        assert s.session("room-a").state is SessionState.ENDED
        s.tell_callbacks()
        task = s.task(recorder.task_id, "room-a")
        assert task is not None
        assert (task.code, task.files, task.lost) == (None, 1, "")
