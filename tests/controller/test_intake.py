"""What starts a recording, and what only looks like it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from provisioner.controller.records import SessionState
from provisioner.controller.store import schema
from tests.controller.scene import Scene, scene


def kept(s: Scene) -> list[int]:
    """The types of the events that were kept whole, in order of their times."""
    query = select(schema.event.c.type).order_by(schema.event.c.at)
    return s.store.read(lambda t: list(t.connection.execute(query).scalars()))


def test_a_rooms_creation_starts_it_where_the_spec_says_so(tmp_path: Path) -> None:
    with scene(tmp_path, "room-created") as s:
        s.tell(101, "room")
        assert [job.kind for job in s.work()] == ["create"]
        s.tell(201, "room", UserId="alice")
        assert s.work() == []


def test_the_first_stream_starts_it_where_the_spec_says_so(tmp_path: Path) -> None:
    with scene(tmp_path, "first-stream", idle=60) as s:
        s.tell(101, "room")
        assert s.work() == []
        s.tell(203, "room", UserId="alice")
        assert [job.kind for job in s.work()] == ["create"]
        s.after(1)
        s.tell(201, "room", UserId="bob")
        assert s.work() == []
        s.after(1)
        s.tell(102, "room")
        assert [job.kind for job in s.work()] == ["delete"]
        s.after(1)
        s.tell(201, "room", at=s.clock() - 2, UserId="bob")  # it was on its way for long
        assert s.work() == []
        s.tell(201, "room", UserId="carol")
        assert [job.kind for job in s.work()] == ["create"]


@pytest.mark.parametrize("age", [3_600, -3_600], ids=["long ago", "far ahead"])
def test_a_replay_or_a_clock_that_is_off_starts_nothing(tmp_path: Path, age: float) -> None:
    with scene(tmp_path, "room-created") as s:
        s.tell(101, "room", at=s.clock() - age)
        assert s.work() == []
        assert kept(s) == [101]


def test_a_dismissal_from_the_far_future_does_not_end_calls_until_then(tmp_path: Path) -> None:
    with scene(tmp_path) as s:
        s.tell(102, "room", at=s.clock() + 86_400)
        s.after(1)
        s.begin("room")
        assert [job.kind for job in s.work()] == ["create"]


def test_creation_dismissal_the_first_stream_and_recorders_are_kept_and_the_rest_is_counted(tmp_path: Path) -> None:
    with scene(tmp_path) as s:
        taken = []
        for event in (101, 103, 201, 203, 205, 202, 104, 102):
            taken.append(s.tell(event, "room", UserId="alice"))
            s.after(1)
        assert taken == ["kept", "counted", "kept", "counted", "counted", "counted", "counted", "kept"]
        s.tell(101, "room")
        s.after(1)
        s.tell(201, "room", UserId="alice")
        assert kept(s) == [101, 201, 102, 101, 201]


def test_the_same_callback_sent_later_is_a_duplicate(tmp_path: Path) -> None:
    with scene(tmp_path) as s:
        at = s.clock()
        assert s.tell(102, "room", at=at) == "kept"
        s.after(10)  # CallbackTs differs then, EventInfo does not
        assert s.tell(102, "room", at=at) == "duplicate"


def test_where_the_idle_time_ends_recordings_a_dismissal_deletes_nothing(tmp_path: Path) -> None:
    with scene(tmp_path, stop="idle", idle=60) as s:
        s.begin("room")
        s.work()
        s.after(5)
        s.tell(102, "room")
        assert s.work() == []
        assert s.session("room").state is SessionState.RUNNING
        s.after(100)
        s.tell_callbacks()
        assert s.session("room").state is SessionState.ENDED


def test_somebody_elses_recorder_is_seen_and_left_alone(tmp_path: Path) -> None:
    with scene(tmp_path) as s:
        s.tell(301, "room", UserId="another-robot", TaskId="theirs", Payload={"Status": 0})
        s.tell(102, "room")
        assert s.work() == []
        task = s.task("theirs", "room")
        assert task is not None
        assert (task.session, task.open) == (None, True)
