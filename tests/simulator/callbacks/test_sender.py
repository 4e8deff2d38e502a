"""Callbacks over HTTP: what arrives, how it is signed, and how often it is tried."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from provisioner.archive.evidence.callbacks import read
from provisioner.foundation.errors import Location
from provisioner.simulator import Call, CallbackSender, ConsoleState, Fault, Room, Target
from provisioner.simulator.calls import CallEvent, Dismiss, Enter, Leave, Publish
from tests.console.endpoint import Endpoint, endpoint
from tests.simulator.conftest import MovableClock
from tests.simulator.support import MANUAL, SEEDS

KEY = "callback-key"
ROOM = Room(MANUAL, "4711")
TALK: list[CallEvent] = [Enter(0, "ann"), Publish(0, "ann", "audio")]
VOD: dict[str, Any] = {
    "RecordParams": {"RecordMode": 2},
    "StorageParams": {"CloudVod": {"TencentVod": {"SubAppId": 1500000001}}},
}
BUCKET: dict[str, Any] = {
    "RecordParams": {"RecordMode": 2, "OutputFormat": 1},
    "StorageParams": {"CloudStorage": {"Vendor": 0, "Region": "ap-singapore", "Bucket": "records-125"}},
}


def answer(status: int) -> Callable[[BaseHTTPRequestHandler], None]:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return reply


def aim(state: ConsoleState, served: Endpoint) -> None:
    state.callbacks.aim(MANUAL, Target(f"http://{served.host}/callbacks", KEY))


def settled(state: ConsoleState, answered: int, given_up: int = 0) -> None:
    """Wait until so many callbacks are through, and none waits."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        counts = state.callbacks.counts()
        if (counts.answered, counts.given_up, counts.waiting) == (answered, given_up, 0):
            return
        time.sleep(0.01)
    raise AssertionError(f"callbacks after 10 s: {state.callbacks.counts()}")


def kinds(served: Endpoint) -> list[int]:
    return [body["EventType"] for _, _, body in served.seen]


def test_a_callback_is_signed_over_its_raw_body(state: ConsoleState, clock: MovableClock) -> None:
    with endpoint(answer(200)) as served, CallbackSender(state):
        aim(state, served)
        state.recordings.play(ROOM, TALK)
        settled(state, 3)
    assert kinds(served) == [101, 103, 203]
    for _, headers, body in served.seen:
        digest = hmac.new(KEY.encode(), json.dumps(body).encode(), hashlib.sha256).digest()
        assert headers["Sign"] == base64.b64encode(digest).decode()
        assert (headers["SdkAppId"], headers["Content-Type"]) == (str(MANUAL), "application/json")
        assert body["EventInfo"]["EventMsTs"] == clock.now * 1000


def test_a_recorder_tells_of_its_start_its_end_and_its_file(state: ConsoleState, clock: MovableClock) -> None:
    with endpoint(answer(200)) as served, CallbackSender(state):
        aim(state, served)
        state.recordings.play(ROOM, TALK)
        task = state.recordings.start(ROOM, "rec-1", VOD, 72)
        clock.now += 60
        state.recordings.play(ROOM, [Dismiss(0)])
        state.wind(10)
        settled(state, 10)
    recorder = [body["EventInfo"] for _, _, body in served.seen if body["EventGroupId"] == 3]
    assert {(info["TaskId"], info["UserId"], info["RoomId"]) for info in recorder} == {(task, "rec-1", "4711")}
    started, stopped, stored, closed = (info["Payload"] for info in recorder)
    assert (started, stopped, closed) == ({"Status": 0}, {"LeaveCode": 2}, {"Status": 0})
    (file,) = state.media.files()
    video = stored["TencentVod"]
    assert (stored["Status"], video["FileId"], video["CacheFile"]) == (0, file.file_id, file.name)
    assert video["EndTimeStamp"] - video["StartTimeStamp"] == 60_000
    for _, _, body in served.seen:  # whoever collects evidence reads every one
        read({"receivedAt": "2026-01-31T12:00:00Z", "sdkAppId": MANUAL, "callback": body}, Location("inbox"))


def test_files_in_a_bucket_are_told_one_by_one(state: ConsoleState, clock: MovableClock) -> None:
    with endpoint(answer(200)) as served, CallbackSender(state):
        aim(state, served)
        state.recordings.play(ROOM, TALK)
        state.recordings.start(ROOM, "rec-1", BUCKET, 72)
        clock.now += 60
        state.recordings.play(ROOM, [Leave(0, "ann")])
        state.wind(60)
        settled(state, 13)
    assert sorted(kind for kind in kinds(served) if kind >= 300) == [301, 302, 303, 304, 305, 307, 310]
    (ended,) = [body for _, _, body in served.seen if body["EventType"] == 302]
    assert ended["EventInfo"]["Payload"] == {"LeaveCode": 99}


def test_what_is_not_answered_is_tried_at_once_and_then_every_pause(state: ConsoleState) -> None:
    with endpoint(answer(503), answer(500), answer(302), answer(200)) as served, CallbackSender(state, 0.05):
        state.recordings.play(ROOM, [Enter(0, "ann")])
        aim(state, served)
        state.recordings.play(ROOM, [Publish(0, "ann", "audio")])
        settled(state, 1)
    assert kinds(served) == [203] * 4
    infos = [body["EventInfo"] for _, _, body in served.seen]
    assert infos == [infos[0]] * 4


def test_after_six_pauses_it_is_given_up(state: ConsoleState) -> None:
    with endpoint(answer(503)) as served, CallbackSender(state, 0.03):
        state.recordings.play(ROOM, [Enter(0, "ann")])
        aim(state, served)
        state.recordings.play(ROOM, [Publish(0, "ann", "audio")])
        settled(state, 0, given_up=1)
    assert 3 <= len(served.seen) <= 8  # by the clock: at once, again, and every pause of the next six


def test_nothing_is_told_without_a_target_nor_to_one_that_was_taken_away(state: ConsoleState) -> None:
    with endpoint(answer(200)) as served, CallbackSender(state):
        state.recordings.play(ROOM, TALK)
        aim(state, served)
        state.recordings.play(Room(MANUAL, "5"), [Enter(3600, "ben")])
        assert state.callbacks.counts().waiting == 2
        state.callbacks.aim(MANUAL, None)
        state.wind(7200)
        time.sleep(0.2)
    assert served.seen == []


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("callback-lost", ("Callback103",)), [101, 203]),
        (Fault("callback-twice", ("Callback101",)), [101, 101, 103, 203]),
        (Fault("callback-late", ("Callback101",), seconds=0.3), [103, 203, 101]),
        (Fault("reset-before"), [101, 103, 203]),
    ],
)
def test_callbacks_are_lost_repeated_and_late_on_demand(state: ConsoleState, fault: Fault, expected: list[int]) -> None:
    state.faults.add(fault)
    lost = fault.kind == "callback-lost"
    with endpoint(answer(200)) as served, CallbackSender(state):
        aim(state, served)
        state.recordings.play(ROOM, TALK)
        settled(state, 3 - lost, given_up=int(lost))
    assert kinds(served) == expected


def test_two_senders_share_a_file(tmp_path: Path, clock: MovableClock) -> None:
    path = tmp_path / "console.sqlite"
    with (
        ConsoleState(path, clock=clock) as one,
        ConsoleState(path, clock=clock) as two,
        endpoint(answer(200)) as served,
    ):
        one.seed(SEEDS)
        aim(one, served)
        with CallbackSender(one), CallbackSender(two):
            for number in range(20):
                one.recordings.play(Room(MANUAL, str(number)), [Enter(0, "ann")])
            settled(one, 40)
    rooms = [(body["EventInfo"]["RoomId"], body["EventType"]) for _, _, body in served.seen]
    assert sorted(rooms) == [(room, kind) for room in range(20) for kind in (101, 103)]


def test_somebody_who_is_put_out_tells_of_nothing_more(state: ConsoleState, clock: MovableClock) -> None:
    with endpoint(answer(200)) as served, CallbackSender(state):
        aim(state, served)
        state.recordings.play(ROOM, Call(people=1, seconds=600).events())
        clock.now += 60
        state.recordings.remove(ROOM, ["user-1"])
        state.wind(3600)
        settled(state, 9)
    assert [kind for kind in kinds(served) if kind < 200] == [101, 103, 104, 102, 102]
