"""One room by itself: each verdict, and the reason for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.archive.coverage.judge_room import RoomContext, judge_room
from provisioner.archive.coverage.room_coverage import CoverageVerdict, ModeWindow, RoomCoverage
from provisioner.archive.coverage.room_info import ListedRoom
from provisioner.archive.coverage.room_sessions import sessions
from provisioner.archive.coverage.room_store import RoomRecords
from provisioner.archive.evidence.callbacks import read
from provisioner.archive.files.recorded import RecordedFile
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.foundation.errors import Location
from provisioner.recording.application import Application
from provisioner.recording.file_names import readings
from tests.project import Project

APP = 20001001
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = BEGAN + timedelta(hours=5)
SPEC = "environments/dev/apps/video-call.yaml"


def later(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def told(kind: int, second: float, payload: Any = None, **info: Any) -> dict[str, Any]:
    about = {"RoomId": "1234", "EventMsTs": round(later(second).timestamp() * 1000), "TaskId": "t1", "UserId": "ann"}
    return {
        "EventType": kind,
        "EventInfo": {**about, **info, **({} if payload is None else {"Payload": payload})},
    }


def file(name: str = "20001001_1234_1.mp4", end: float = 600, seconds: float = 600, **change: Any) -> RecordedFile:
    values: dict[str, Any] = {"task": "t1", "seconds": seconds, "size": 1000, "created": later(end + 2), **change}
    return RecordedFile("vod", name, readings(name), APP, **values)


@pytest.fixture
def automatic(project: Project) -> Application:
    return next(app for app in project.environment("dev").applications if app.name == "video-call")


def judged(
    app: Application,
    *bodies: dict[str, Any],
    files: tuple[RecordedFile, ...] = (),
    listed: tuple[float, float | None] | None = (0, 600),
    **context: Any,
) -> RoomCoverage:
    """The verdict on a room that was listed from second 0 to 600, with these callbacks and files."""
    records = RoomRecords(APP, "1234", files=list(files))
    if listed:
        end = None if listed[1] is None else later(listed[1])
        records.listed.append(ListedRoom("c1", "1234", later(listed[0]), end))
    for line, body in enumerate(bodies, 1):
        heard = read({"receivedAt": "", "sdkAppId": APP, "callback": body}, Location("inbox", line))
        assert heard is not None
        records.heard.append(heard)
    values = {"windows": (), "now": NOW, **context}
    (session,) = sessions(records).sessions
    return judge_room("1234", session, RoomContext(app, **values))


def verdict(room: RoomCoverage) -> tuple[str, str]:
    return room.verdict.value, room.kind


GOOD, STORED = {"Status": 0}, {"Status": 0, "TencentVod": {"CacheFile": "a.mp4"}}
SENT = (told(101, 0), told(201, 1), told(102, 600))


def test_a_file_is_a_recording(automatic: Application) -> None:
    room = judged(automatic, files=(file(),))
    assert verdict(room) == ("recorded", "recorded")
    assert (room.file_count, room.seconds, room.source, room.ended) == (1, 600, "list", later(600))


def test_the_recorders_word_is_one_too_when_the_file_is_not_listed(automatic: Application) -> None:
    assert verdict(judged(automatic, *SENT, told(301, 2, GOOD), told(311, 605, STORED))) == ("recorded", "told-stored")
    assert verdict(judged(automatic, told(310, 605, {"FileList": ["a"]}))) == ("unknown", "nothing-known")


def test_an_empty_file_is_none(automatic: Application) -> None:
    assert verdict(judged(automatic, *SENT, files=(file(size=0),))) == ("not-recorded", "no-recorder")


@pytest.mark.parametrize(
    ("bodies", "files", "kind", "told_"),
    [
        ((told(311, 605, {"Status": 2, "TencentVod": {"CacheFile": "b.mp4"}}),), (file(),), "storage-refused", "b.mp4"),
        ((), (file(), file("20001001_1234_3.mp4")), "gap", "part 2 is missing, 3 is there"),
        (SENT, (file(seconds=120),), "shorter", "2:00 of 9:59 in which somebody sent"),
    ],
)
def test_partly(automatic: Application, bodies: Any, files: Any, kind: str, told_: str) -> None:
    room = judged(automatic, *bodies, files=files)
    assert verdict(room) == ("partly", kind)
    assert told_ in room.reason


def test_the_ninth_user_is_in_no_file(automatic: Application) -> None:
    users = tuple(f"user-{number}" for number in range(1, 10))
    bodies = [told(101, 0), *(told(201, 1, UserId=user) for user in users), told(102, 600)]
    room = judged(automatic, *bodies, files=(file(users=users[:8]),))
    assert verdict(room) == ("partly", "users-missing")
    assert room.missing == ("user-9",)
    assert room.reason == "user-9 sent and is in no file: the mix holds 8"
    silent = judged(automatic, *bodies, files=(file(users=()),))
    assert verdict(silent) == ("recorded", "recorded")  # the storage does not say who is in it


def test_a_room_recorded_twice_after_a_pause_is_recorded(automatic: Application) -> None:
    room = judged(automatic, files=(file(end=200, seconds=200), file(end=600, seconds=200, task="t2")))
    assert verdict(room) == ("recorded", "idle-split")


@pytest.mark.parametrize(
    ("bodies", "context", "expected"),
    [
        (SENT, {}, ("not-recorded", "no-recorder")),
        ((), {}, ("unknown", "nothing-known")),
        ((*SENT, told(301, 2, {"Status": 1})), {}, ("not-recorded", "recorder-failed")),
        ((*SENT, told(301, 2, GOOD)), {}, ("not-recorded", "no-file")),
        ((told(101, 0), told(103, 1), told(102, 600)), {"media": True}, ("not-meant", "nobody-published")),
        ((told(101, 0), told(103, 1), told(102, 600)), {}, ("unknown", "nothing-known")),
        (SENT, {"now": later(700)}, ("not-yet", "files-to-come")),
        (SENT, {"missing": Unknown(UnknownCause.REFUSED, "no")}, ("unknown", "files-unknown")),
        (SENT, {"now": BEGAN + timedelta(days=8)}, ("unknown", "expired")),
        ((), {"filed": False, "minutes": {BEGAN.date(): 5.0}}, ("unknown", "files-gone")),
    ],
)
def test_without_a_file(automatic: Application, bodies: Any, context: Any, expected: tuple[str, str]) -> None:
    assert verdict(judged(automatic, *bodies, **context)) == expected


def test_a_room_that_goes_on_is_not_lost_yet(automatic: Application) -> None:
    assert verdict(judged(automatic, listed=(0, None))) == ("not-yet", "going-on")


def test_a_window_explains_what_is_missing_and_never_what_is_there(automatic: Application) -> None:
    window = ModeWindow(None, later(1), CoverageVerdict.NOT_RECORDED, "mode-is-manual", "mode is manual")
    assert verdict(judged(automatic, windows=(window,))) == ("not-recorded", "mode-is-manual")
    assert verdict(judged(automatic, windows=(window,), files=(file(),))) == ("recorded", "recorded")
    assert verdict(judged(automatic, windows=(replace(window, until=BEGAN),))) == ("unknown", "nothing-known")


def test_nobody_waits_for_the_file_of_a_room_that_cannot_have_been_recorded(automatic: Application) -> None:
    window = ModeWindow(None, None, CoverageVerdict.NOT_RECORDED, "mode-is-manual", "mode is manual", certain=True)
    lost = ("not-recorded", "mode-is-manual")
    assert verdict(judged(automatic, *SENT, windows=(window,), now=later(700))) == lost
    assert verdict(judged(automatic, windows=(window,), listed=(0, None))) == lost
    nobody = (told(101, 0), told(103, 1))
    assert verdict(judged(automatic, *nobody, windows=(window,), listed=(0, None), media=True))[0] == "not-yet"
    vague = replace(window, certain=False)
    assert verdict(judged(automatic, *SENT, windows=(vague,), now=later(700))) == ("not-yet", "files-to-come")


def test_manual_mode_without_a_task_is_not_meant_to_be_recorded(project: Project) -> None:
    project.edit(SPEC, "mode: auto", "mode: manual\n  backendRecords: true")
    app = next(app for app in project.environment("dev").applications if app.name == "video-call")
    assert verdict(judged(app, *SENT)) == ("not-meant", "no-task")
    assert verdict(judged(app, *SENT, told(301, 2, GOOD))) == ("not-recorded", "no-file")
    assert verdict(judged(app, *SENT, told(301, 2, GOOD), told(311, 9, STORED))) == ("recorded", "told-stored")
