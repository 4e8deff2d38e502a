"""Callbacks: what a controller keeps is read back, and what anybody else may have written stops nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.archive.evidence.callbacks import CallRecord, Heard, RecordingCallback
from provisioner.archive.evidence.codes import RecorderOutcome
from provisioner.archive.evidence.inbox import LONGEST_LINE, Inbox
from provisioner.foundation.errors import Location, ProvisionerError
from provisioner.recording.findings import Finding
from tests.profiles import examples

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOLDER = "kept"
FILE = f"{FOLDER}/callbacks-2026-03-01.jsonl"
BODY: dict[str, Any] = {
    "EventGroupId": 3,
    "EventType": 301,
    "CallbackTs": 1772366400500,
    "EventInfo": {
        "RoomId": "1234",
        "EventTs": "1772366400",
        "EventMsTs": 1772366400250,
        "UserId": "robot",
        "TaskId": "task-1",
        "Payload": {"Status": 0},
    },
}

ENDED = "Call.CallbackAfterEndCall"
RECORD = {
    "CallId": "call-1",
    "RoomId": "room-1",
    "RoomIdType": 2,
    "AcceptTime": 1772366400,
    "EndTime": "1772366460",
    "CallResult": "NormalEnd",
}


def written(root: Path, *lines: bytes) -> list[Heard | Finding]:
    (root / FOLDER).mkdir(exist_ok=True)
    (root / FILE).write_bytes(b"".join(lines))
    return list(Inbox(root, FOLDER).entries())


def entry(**change: Any) -> bytes:
    line = {"receivedAt": "2026-03-01T12:00:00Z", "sdkAppId": 20001001, "callback": BODY, **change}
    return json.dumps(line).encode() + b"\n"


def body(**info: Any) -> dict[str, Any]:
    """The body with changed members of EventInfo; None takes one away."""
    changed = {**BODY["EventInfo"], **info}
    return {**BODY, "EventInfo": {name: value for name, value in changed.items() if value is not None}}


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path, FOLDER)
    inbox.append(20001001, BODY, lambda: NOW)
    inbox.append(20001002, {**body(Payload={"Status": 1}, RoomId=77, EventMsTs=None)}, lambda: NOW)
    assert list(inbox.entries()) == [
        RecordingCallback(
            *(20001001, 301, datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC), "1234", Location(FILE, 1), "task-1"),
            user="robot",
            outcome=RecorderOutcome.STARTED,
            code=0,
        ),
        RecordingCallback(
            *(20001002, 301, NOW, "77", Location(FILE, 2), "task-1"),
            user="robot",
            outcome=RecorderOutcome.FAILED,
            code=1,
        ),
    ]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o640


def test_no_inbox_is_an_empty_one(tmp_path: Path) -> None:
    assert list(Inbox(tmp_path, FOLDER).entries()) == []


def test_a_body_that_is_no_callbacks_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ProvisionerError, match="at most"):
        Inbox(tmp_path, FOLDER).append(1, {"x": "a" * LONGEST_LINE}, lambda: NOW)
    (tmp_path / FOLDER).write_text("a file")
    with pytest.raises(ProvisionerError, match="cannot be kept"):
        Inbox(tmp_path, FOLDER).append(1, BODY, lambda: NOW)


def test_what_fits_only_in_part_is_not_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, line: whole(descriptor, line[:20]))
    with pytest.raises(ProvisionerError, match="No space left"):
        Inbox(tmp_path, FOLDER).append(1, BODY, lambda: NOW)
    (finding,) = Inbox(tmp_path, FOLDER).entries()
    assert isinstance(finding, Finding)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{}\n", "lacks receivedAt, sdkAppId, callback"),
        (b"[]\n", "the line is no JSON object"),
        (b'{"a": \n', "is no JSON: Expecting value"),
        (b"\xff\n", "is not UTF-8"),
        (b"[" * 60_000 + b"\n", "nests without end"),
        (b'"' + b"a" * LONGEST_LINE + b'"\n', "is longer than 64 KiB"),
        (entry(callback="x"), "callback is no JSON object"),
        (entry(callback={**BODY, "EventType": 999}), "EventType 999 is no event of a room or a recorder"),
        (entry(callback={**BODY, "EventType": True}), "EventType is no whole number"),
        (entry(callback={**BODY, "EventInfo": []}), "EventInfo is no JSON object"),
        (entry(callback=body(RoomId="")), "RoomId is no id"),
        (entry(callback=body(RoomId="x" * 200)), "RoomId is no id"),
        (entry(callback=body(TaskId={})), "TaskId is no id"),
        (entry(callback=body(EventMsTs=2**62)), "EventMsTs is no time"),
        (entry(callback=body(EventMsTs=None, EventTs="soon")), "EventTs is no whole number"),
        (entry(callback=body(EventMsTs=None, EventTs=None)), "EventTs is no whole number"),
        (entry(sdkAppId="2000100l"), "sdkAppId is no whole number"),
        (entry(sdkAppId=None), "sdkAppId is no whole number"),
        (entry(callback={**BODY, "EventType": None}), "EventType is no whole number"),
        (entry(callback={**BODY, "EventType": 301.0}), "EventType is no whole number"),
        (entry(callback={**BODY, "EventType": "\u0663\u0660\u0661"}), "EventType is no whole number"),
        (entry(callback=body(RoomId=12.5)), "RoomId is no id"),
        (entry(callback=body(RoomId=True)), "RoomId is no id"),
        (entry(callback=body(Payload={})), "Payload.Status is not there"),
        (entry(callback=body(Payload={"Status": "-1"})), "Payload.Status is no whole number"),
        (entry(callback=body(Payload={"Status": True})), "Payload.Status is no whole number"),
        (entry(callback=body(Payload={"Status": 7})), "Payload.Status 7 of event 301 is no code that the guide names"),
        (entry(callback={**body(Payload={"Status": 0}), "EventType": 302}), "Payload.LeaveCode is not there"),
        (entry(callback={**body(Payload={"Status": None}), "EventType": 311}), "Payload.Status is no whole number"),
        (entry(callback={**body(Payload={"FileList": []}), "EventType": 310}), "Payload.FileList names no file"),
        (entry(callback={"Callback": []}), "Callback is no JSON object"),
        (entry(callback={"CallbackCommand": ENDED}), "AcceptTime is no whole number"),
        (entry(callback={"CallbackCommand": ENDED, "CallRecord": 1}), "CallRecord is no JSON object"),
        (entry(callback={"CallbackCommand": ENDED, "CallRecord": {**RECORD, "EndTime": 5}}), "EndTime is before"),
        (entry(callback=body(Payload={"Status": None})), "Payload.Status is no whole number"),
        (entry(callback=body(Payload={"Status": "ok"})), "Payload.Status is no whole number"),
        (entry(callback=body(Payload=None)), "Payload is no JSON object"),
        (entry()[:-1], "ends in the middle"),
    ],
)
def test_a_line_that_is_no_callback_is_a_finding_and_the_next_one_is_read(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    found = written(tmp_path, entry(), line, *([] if reason == "ends in the middle" else [b"\n", entry()]))
    finding = found[1]
    assert isinstance(finding, Finding)
    assert reason in finding.message
    assert finding.where == Location(FILE, 2)
    assert all(isinstance(other, RecordingCallback) for other in [found[0], *found[2:]])
    assert len(found) == (2 if reason == "ends in the middle" else 3)


def _info(**members: Any) -> dict[str, Any]:
    """The body with members of EventInfo as they are, null too."""
    return {**BODY, "EventInfo": {**BODY["EventInfo"], **members}}


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({"sdkAppId": "20001001"}, False),
        ({"callback": {**BODY, "EventType": "301"}}, False),
        ({"callback": _info(Payload={"Status": "0"})}, False),
        ({"callback": _info(Payload={"Status": "1"})}, True),
        ({"callback": _info(EventMsTs="1772366400250")}, False),
        ({"callback": _info(EventMsTs=None, EventTs=1772366400)}, False),
        ({"callback": _info(RoomId=1234)}, False),
    ],
)
def test_numbers_are_read_as_numbers_and_as_text(tmp_path: Path, change: dict[str, Any], failed: bool) -> None:
    (found,) = written(tmp_path, entry(**change))
    assert isinstance(found, RecordingCallback)
    assert (found.sdk_app_id, found.event, found.room) == (20001001, 301, "1234")
    assert found.outcome is (RecorderOutcome.FAILED if failed else RecorderOutcome.STARTED)
    assert found.at.replace(microsecond=0) == NOW


def test_tuicallkits_envelope_is_opened(tmp_path: Path) -> None:
    wrapped = {
        "CallId": "call-1",
        "Callback": BODY,
        "CallbackCommand": "Call.CallbackAfterRecordChanged",
        "EventTime": 1,
    }
    bare, told = written(tmp_path, entry(), entry(callback=wrapped))
    assert isinstance(bare, RecordingCallback)
    assert told == replace(bare, where=Location(FILE, 2))


def test_tuicallkits_word_of_a_calls_end_is_read(tmp_path: Path) -> None:
    record = {"CallbackCommand": ENDED, "CallRecord": RECORD, "EventTime": 1}
    flat = {"CallbackCommand": ENDED, **RECORD}
    missed = {"CallbackCommand": ENDED, "CallRecord": {**RECORD, "AcceptTime": 0, "CallResult": "NotAnswer"}}
    invited = {"CallbackCommand": "Call.CallbackAfterStartCall", "RoomId": ""}
    found = written(tmp_path, *(entry(callback=one) for one in (record, flat, missed, invited)))
    assert [one.call for one in found if isinstance(one, CallRecord)] == ["call-1", "call-1"]
    assert found[0] == CallRecord(
        *(20001001, "call-1", "room-1", NOW, NOW + timedelta(minutes=1), "NormalEnd", Location(FILE, 1))
    )
    assert len(found) == 2  # a call that nobody took had no room, and an invitation is no call


def test_a_task_that_is_null_is_none(tmp_path: Path) -> None:
    (found,) = written(tmp_path, entry(callback={**_info(TaskId=None), "EventType": 101}))
    assert isinstance(found, RecordingCallback)
    assert found.task == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60))
@given(
    st.lists(
        st.binary(max_size=60)
        | st.dictionaries(st.text(max_size=5), st.text(max_size=5)).map(lambda value: json.dumps(value).encode())
        | st.builds(
            lambda key, value: entry(callback=body(**{key: value})).rstrip(b"\n"),
            st.sampled_from(sorted(BODY["EventInfo"])),
            st.text(max_size=5) | st.integers() | st.booleans() | st.lists(st.integers(), max_size=2),
        ),
        max_size=6,
    )
)
def test_whatever_somebody_writes_each_line_is_told_and_on_one_line(tmp_path: Path, lines: list[bytes]) -> None:
    clean = [line.replace(b"\n", b"").replace(b"\r", b"") for line in lines]
    found = written(tmp_path, *(line + b"\n" for line in clean), entry())
    assert len(found) == len([line for line in clean if line.strip()]) + 1
    assert isinstance(found[-1], RecordingCallback)
    for told in found:
        if isinstance(told, Finding):
            assert not {"\n", "\r", "\x1b"} & set(told.message)


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    (found,) = Inbox(tmp_path, FOLDER).entries()
    assert isinstance(found, Finding)
    assert "cannot be read: Is a directory" in found.message
