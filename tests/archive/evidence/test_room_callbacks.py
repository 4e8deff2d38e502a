"""What callbacks tell: nothing but a stored file lets a setting behave as declared, whatever else anybody reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.archive.evidence import room_callbacks
from provisioner.archive.evidence.callbacks import read
from provisioner.archive.evidence.facts import Facts, FileFacts
from provisioner.archive.evidence.judge import judge
from provisioner.archive.evidence.room_callbacks import CallbackFacts, storing
from provisioner.archive.evidence.verdicts import EvidenceVerdict
from provisioner.archive.minutes.usage import Usage
from provisioner.archive.minutes.usage_period import Period
from provisioner.foundation.errors import Location
from provisioner.recording.application import Application
from provisioner.recording.minutes import MinuteKind
from tests.profiles import examples
from tests.shipped import shipped

APP = 20001001
SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPEC = "environments/dev/apps/video-call.yaml"
VOD = "storage: {vendor: vod, vod: {subAppId: 1500000010, retention: 7d}}"
S3 = "storage: {vendor: s3, s3: {bucket: recordings, region: ap-southeast-1, accessKeyRef: env:A, secretKeyRef: env:B}}"


def event(kind: int, second: float, payload: Any = None, **info: Any) -> dict[str, Any]:
    told = {"RoomId": "1234", "EventMsTs": round((SINCE.timestamp() + second) * 1000), "TaskId": "t", **info}
    return {"EventType": kind, "EventInfo": told if payload is None else {**told, "Payload": payload}}


def call(accepted: float, ended: float, **change: Any) -> dict[str, Any]:
    began = round(SINCE.timestamp() + accepted)
    record = {"CallId": "call-1", "RoomId": 1234, "RoomIdType": 1, "AcceptTime": began, "CallResult": "NormalEnd"}
    return {
        "CallbackCommand": "Call.CallbackAfterEndCall",
        "CallRecord": {**record, "EndTime": round(SINCE.timestamp() + ended), **change},
    }


def heard(*bodies: dict[str, Any], app: Application | None = None) -> CallbackFacts:
    facts = CallbackFacts(SINCE, storing(app) if app else room_callbacks.Storing())
    for line, body in enumerate(bodies, 1):
        told = read({"receivedAt": "", "sdkAppId": APP, "callback": body}, Location("inbox.jsonl", line))
        if told is not None:
            facts.add(told)
    return facts


_AT = st.floats(0, 7200)


def _codes(key: str, *codes: int | str) -> st.SearchStrategy[dict[str, int | str]]:
    return st.sampled_from([{key: code} for code in codes])


NOTHING_STORED = st.one_of(
    st.builds(event, st.sampled_from((101, 102, 103, 104, 105, 201, 202, 203, 205)), _AT),
    st.builds(event, st.sampled_from((301, 303, 312)), _AT, _codes("Status", 0, "1")),
    st.builds(event, st.just(302), _AT, _codes("LeaveCode", 0, 2, "4", 99)),
    st.builds(event, st.sampled_from((306, 307, 308, 309)), _AT, _codes("FileList", "a.m3u8")),
    st.builds(event, st.just(311), _AT, _codes("Status", 1, "2")),
    st.builds(event, st.sampled_from((305, 310)), _AT, _codes("Status", 1, "1")),
    st.builds(event, st.just(305), _AT, _codes("LeaveCode", "1")),
    st.just(event(304, 5, {"FileList": "a.m3u8"})),  # an index without its segments
    st.builds(call, st.floats(1, 60), st.floats(61, 3600)),
)


@pytest.fixture
def recording() -> list[Application]:
    """An application that somebody is to record, in each mode, with files in VOD and in a bucket."""
    found = []
    for storage in (VOD, S3):
        for mode in ("auto", "auto\n  backendRecords: true", "manual\n  backendRecords: true"):
            edits = ((SPEC, "mode: auto", f"mode: {mode}"), ("environments/dev/environment.yaml", VOD, storage))
            found.append(next(app for app in shipped("dev", *edits).applications if app.name == "video-call"))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(100), deadline=None)
@given(bodies=st.lists(NOTHING_STORED, max_size=14), minutes=st.booleans())
def test_where_nothing_was_stored_nothing_behaves_as_declared(
    recording: list[Application], bodies: list[dict[str, Any]], minutes: bool
) -> None:
    day = Period((SINCE + timedelta(days=1)).date(), (SINCE + timedelta(days=1)).date())
    usage = Usage(day, {day.first: {MinuteKind("mixed", "HD"): 7.0}}) if minutes else None
    for app in recording:
        facts = heard(*bodies, app=app)
        silent = tuple(facts.unrecorded(SINCE + timedelta(days=1)))
        judged = judge(app, Facts(SINCE, FileFacts(), facts, usage, silent))
        assert facts.stored.count == 0
        assert [one for one in judged if one.verdict is EvidenceVerdict.BEHAVES] == []


def test_the_call_that_was_told_of_in_the_issue() -> None:
    """101, 201, 301 good, 102, 311 with Status 2, 312 with Status 1."""
    good, bad = {"Status": 0}, {"Status": 2}
    told = (event(101, 1), event(201, 2), event(301, 3, good), event(102, 60), event(311, 70, bad))
    facts = heard(*told, event(312, 71, {"Status": 1}))
    assert (facts.stored.count, facts.recorders.count) == (0, 1)
    assert [fact.name for fact in facts.lost.facts] == ["inbox.jsonl:6:1"]
    (room,) = facts.unrecorded(SINCE + timedelta(hours=1))
    assert (room.recorder, room.stored) == (True, False)


def test_a_call_that_somebody_took_is_a_busy_room() -> None:
    facts = heard(call(10, 600))
    (room,) = facts.unrecorded(SINCE + timedelta(hours=2))
    assert (room.name, room.recorder) == ("1234", False)
    assert room.created == SINCE + timedelta(seconds=10)
    assert room.dismissed == SINCE + timedelta(seconds=600)


def test_a_call_whose_room_is_told_of_is_that_room() -> None:
    facts = heard(event(101, 9), event(103, 9), event(102, 601), call(10, 600))
    assert len(facts.rooms) == 1
    assert facts.unrecorded(SINCE + timedelta(hours=2)) == []  # the room's own word: nobody sent anything
    stored = heard(event(301, 10, {"Status": 0}), event(311, 620, {"Status": 0}), call(10, 600))
    assert [room.stored for room in stored.rooms] == [True]


def test_rooms_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_callbacks, "MANY_ROOMS", 2)
    busy = [
        event(kind, 60 + kind - 101, RoomId=room, TaskId=None)
        for room in ("one", "two", "three")
        for kind in (101, 201, 102)
    ]
    facts = heard(*busy)
    assert [room.name for room in facts.unrecorded(SINCE + timedelta(hours=2))] == ["two", "three"]


def test_tasks_that_are_no_longer_kept_still_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_callbacks, "MANY_ROOMS", 2)
    told = []
    for number in range(5):
        told += [
            event(301, number, {"Status": 0}, TaskId=f"t{number}"),
            event(311, 9, {"Status": number % 2}, TaskId=f"t{number}"),
        ]
    facts = heard(*told)
    assert (facts.stored.count, facts.lost.count) == (3, 2)


def test_what_began_before_the_change_proves_nothing() -> None:
    facts = heard(event(301, -60, {"Status": 0}), event(311, 60, {"Status": 0}))
    assert (facts.stored.count, facts.recorders.count) == (0, 0)
    unknown = heard(event(311, 60, {"Status": 0}))
    assert unknown.stored.count == 0  # nobody says when its recording began
    late = {"Status": 0, "TencentVod": {"CacheFile": "a.mp4", "StartTimeStamp": round(SINCE.timestamp() * 1000) + 5000}}
    assert heard(event(311, 60, late)).stored.count == 1


def test_a_recorder_of_a_room_that_is_gone_is_of_the_next_one() -> None:
    told = (
        event(101, 1),
        event(201, 2),
        event(102, 60),
        event(301, 600, {"Status": 0}),
        event(311, 700, {"Status": 0}),
    )
    facts = heard(*told)
    assert [(room.stored, bool(room.sent)) for room in facts.rooms] == [(False, True), (True, False)]
    assert len(facts.unrecorded(SINCE + timedelta(hours=2))) == 1
