"""Callbacks that somebody received and put into the inbox: what happened in rooms, and what recorders say.

Shapes are those of the callback guides (trtc.io 39558, 54914; on-cloud recording, 45169) and of TUICallKit's webhook
(80345, 68940), which wraps a recorder's event. A body is hostile until it has been read: anybody may reach an open
address. What a code says stands in one table, `codes.py`; a code that no guide names makes a line unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provisioner.archive.evidence.codes import RecorderOutcome, outcome
from provisioner.foundation.errors import Location

ROOM_CREATED, ROOM_DISMISSED = 101, 102
STREAM_STARTED = frozenset({201, 203, 205})
"""Somebody began to send a picture, sound, or a substream."""

RECORDER_STARTED, RECORDER_STOPPED = 301, 302
RECORDED = frozenset({304, 305, 307, 310, 311})
"""Files were written, uploaded or committed."""

EVENTS = frozenset({*range(101, 106), *range(201, 207), *range(301, 313)})
"""Every event of rooms and recorders (callback guide)."""

CALL_ENDED = "Call.CallbackAfterEndCall"

_COMMANDS = "Call."
"""What TUICallKit's other commands begin with: they are no evidence, and no unreadable lines."""

_LONGEST_ID = 128
_LONGEST_NAME = 1024
_DIGITS = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class RecordingCallback:
    """One event of one room; `where` is its line. `user` is who it is about, in a recorder's event its robot.

    `outcome` and `code` are a recorder's own words. `file` is the one that an event of storing is about, `began` when
    its recording did; both where the payload says so.
    """

    sdk_app_id: int
    event: int
    at: datetime
    room: str
    where: Location
    task: str = ""
    user: str = ""
    outcome: RecorderOutcome = RecorderOutcome.OTHER
    code: int | None = None
    file: str = ""
    began: datetime | None = None

    @property
    def of_recorder(self) -> bool:
        """Whether the recorder sent it (group 3), and not the room or a stream."""
        return self.event // 100 == 3


@dataclass(frozen=True, slots=True)
class CallRecord:
    """TUICallKit's word that a call is over which somebody had accepted: two or more were in its room."""

    sdk_app_id: int
    call: str
    room: str
    began: datetime
    ended: datetime
    result: str
    where: Location


Heard = RecordingCallback | CallRecord
"""What a line of the inbox may say."""


def told_at(heard: Heard) -> datetime:
    """When what is told happened."""
    return heard.ended if isinstance(heard, CallRecord) else heard.at


def read(document: Any, where: Location) -> Heard | None:
    """What one entry of the inbox says, `{receivedAt, sdkAppId, callback}`; None for what concerns no recording.

    Raises ValueError with a sentence for what is none.
    """
    entry = _mapping(document, "the line")
    if missing := [key for key in ("receivedAt", "sdkAppId", "callback") if key not in entry]:
        raise ValueError(f"lacks {', '.join(missing)}")
    sdk_app_id = _whole(entry["sdkAppId"], "sdkAppId")
    body = _mapping(entry["callback"], "callback")
    command = body.get("CallbackCommand")
    if "Callback" in body:
        body = _mapping(body["Callback"], "Callback")
    elif command == CALL_ENDED:
        return _call(body, sdk_app_id, where)
    elif isinstance(command, str) and command.startswith(_COMMANDS) and "EventInfo" not in body:
        return None
    return _event(body, sdk_app_id, where)


def _event(body: Mapping[str, Any], sdk_app_id: int, where: Location) -> RecordingCallback:
    info = _mapping(body.get("EventInfo"), "EventInfo")
    event = _whole(body.get("EventType"), "EventType")
    if event not in EVENTS:
        raise ValueError(f"EventType {event} is no event of a room or a recorder")
    found, code, file, began = RecorderOutcome.OTHER, None, "", None
    if event // 100 == 3:
        payload = _mapping(info.get("Payload"), "Payload")
        code, found = outcome(event, payload)
        file, began = _file(payload)
    return RecordingCallback(
        sdk_app_id=sdk_app_id,
        event=event,
        at=_moment(info),
        room=_id(info.get("RoomId"), "RoomId"),
        where=where,
        task="" if info.get("TaskId") is None else _id(info["TaskId"], "TaskId"),
        user="" if info.get("UserId") in (None, "") else _id(info["UserId"], "UserId"),
        outcome=found,
        code=code,
        file=file,
        began=began,
    )


def _call(body: Mapping[str, Any], sdk_app_id: int, where: Location) -> CallRecord | None:
    """The call record, which stands in `CallRecord` (68940), on older pages beside the command."""
    record = _mapping(body.get("CallRecord", body), "CallRecord")
    accepted = number(record.get("AcceptTime"), "AcceptTime")
    if accepted <= 0:
        return None  # nobody took the call: there was no room
    began, ended = _second(accepted, "AcceptTime"), _second(_whole(record.get("EndTime"), "EndTime"), "EndTime")
    if ended < began:
        raise ValueError("EndTime is before AcceptTime")
    result = record.get("CallResult")
    return CallRecord(
        sdk_app_id,
        _id(record.get("CallId"), "CallId"),
        _id(record.get("RoomId"), "RoomId"),
        began,
        ended,
        result[:_LONGEST_ID] if isinstance(result, str) else "",
        where,
    )


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no JSON object")
    return value


def number(value: Any, name: str) -> int:
    """A whole number, which comes as such or as text. Raises ValueError."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise ValueError(f"{name} is no whole number")
    return value


def _whole(value: Any, name: str) -> int:
    """One above zero."""
    found = number(value, name)
    if found <= 0:
        raise ValueError(f"{name} is no whole number")
    return found


def _file(payload: Mapping[str, Any]) -> tuple[str, datetime | None]:
    """Which file the payload is about, and when its recording began; what it does not say, or garbles, is left out."""
    vod, listed = payload.get("TencentVod"), payload.get("FileMessage")
    told = vod if isinstance(vod, dict) else listed[0] if isinstance(listed, list) and listed else {}
    if not isinstance(told, dict):
        return "", None
    name = next((told[key] for key in ("CacheFile", "FileName", "FileId") if isinstance(told.get(key), str)), "")
    try:
        began = datetime.fromtimestamp(_whole(told.get("StartTimeStamp"), "StartTimeStamp") / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        began = None
    return name[:_LONGEST_NAME], began


def _id(value: Any, name: str) -> str:
    """A room's id comes as text or as a number."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_ID:
        raise ValueError(f"{name} is no id")
    return text


def _moment(info: Mapping[str, Any]) -> datetime:
    if info.get("EventMsTs") is not None:
        return _second(_whole(info["EventMsTs"], "EventMsTs") / 1000, "EventMsTs")
    return _second(_whole(info.get("EventTs"), "EventTs"), "EventTs")


def _second(epoch: float, name: str) -> datetime:
    try:
        return datetime.fromtimestamp(epoch, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{name} is no time") from None
