"""Rooms of one id: who tells that they existed, and which files are theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from provisioner.archive.coverage.room_info import ListedRoom
from provisioner.archive.coverage.room_sessions import SessionsOfRoom, sending, sessions
from provisioner.archive.coverage.room_store import RoomRecords
from provisioner.archive.evidence.callbacks import read
from provisioner.foundation.errors import Location
from tests.archive.coverage.test_judge_room import APP, BEGAN, file, later, told


def found(
    *bodies: dict[str, Any], listed: tuple[tuple[float, float | None], ...] = (), files: Any = ()
) -> SessionsOfRoom:
    rooms = [
        ListedRoom(f"c{begun}", "1234", later(begun), None if ended is None else later(ended))
        for begun, ended in listed
    ]
    records = RoomRecords(APP, "1234", listed=rooms, files=list(files))
    for body in bodies:
        heard = read({"receivedAt": "", "sdkAppId": APP, "callback": body}, Location("inbox", 1))
        assert heard is not None
        records.heard.append(heard)
    return sessions(records)


def call(accepted: float, ended: float) -> dict[str, Any]:
    times = {"AcceptTime": round(later(accepted).timestamp()), "EndTime": round(later(ended).timestamp())}
    return {"CallbackCommand": "Call.CallbackAfterEndCall", "CallRecord": {"CallId": "c", "RoomId": "1234", **times}}


def test_one_room_of_several_sources_is_one() -> None:
    (room,) = found(told(101, 0.4), told(102, 600), call(5, 600), listed=((0, 601),)).sessions
    assert (room.source, room.told, room.called, room.ended) == ("list", True, True, later(601))
    (room,) = found(told(101, 0.4), told(102, 600), call(200, 600)).sessions
    assert (room.source, room.called) == ("callbacks", True)
    again = found(told(101, 0), told(102, 600), call(5, 600), call(7205, 7800)).sessions
    assert [room.source for room in again] == ["callbacks", "call record"]
    (room,) = found(call(5, 600)).sessions
    assert (room.source, room.created, room.ended) == ("call record", later(5), later(600))


def test_files_and_recorders_alone_are_no_rooms_or_every_room_would_be_recorded() -> None:
    result = found(told(301, 0, {"Status": 0}), told(311, 9, {"Status": 0}), files=[file()])
    assert (result.sessions, result.unlisted) == ([], 2)


def test_a_file_is_of_the_room_in_which_its_recording_began() -> None:
    result = found(listed=((0, 600), (7200, 7800)), files=[file(), file(end=7800, task="t2")])
    assert [[one.task for one in room.files] for room in result.sessions] == [["t1"], ["t2"]]
    stray = found(listed=((0, 600),), files=[file(end=9000, seconds=600)])
    assert (stray.sessions[0].files, stray.unlisted) == ([], 1)


def test_a_recorders_late_word_is_of_the_room_that_it_recorded() -> None:
    late = told(311, 8000, {"Status": 0})
    result = found(told(301, 3, {"Status": 0}), late, listed=((0, 600), (7200, None)))
    assert [len(room.recorder) for room in result.sessions] == [2, 0]


def test_a_room_whose_id_came_again_is_over() -> None:
    first, second = found(listed=((0, None), (7200, None))).sessions
    assert (first.over, first.ended, second.over) == (True, None, False)


def test_how_long_somebody_sent() -> None:
    bodies = (told(101, 0), told(201, 10), told(203, 20, UserId="ben"), told(202, 40), told(204, 50, UserId="ben"))
    (room,) = found(*bodies, told(201, 100), told(102, 130)).sessions
    assert sending(room) == 40 + 30
    assert BEGAN + timedelta(seconds=130) == room.until
