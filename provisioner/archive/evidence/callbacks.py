"""Callbacks that somebody received and put into the inbox: what happened in rooms, and what recorders say.

Their shape is the callback guide's. A body is hostile until it has been read: anybody may reach an open address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provisioner.foundation.errors import Location

ROOM_CREATED, ROOM_DISMISSED = 101, 102
STREAM_STARTED = frozenset({201, 203, 205})
"""Somebody began to send a picture, sound, or a substream."""

RECORDER_STARTED = 301
RECORDED = frozenset({304, 305, 307, 310, 311})
"""Files were written, uploaded or committed."""

EVENTS = frozenset({*range(101, 106), *range(201, 207), *range(301, 313)})
"""Every event of rooms and recorders (callback guide)."""

_LONGEST_ID = 128
_DIGITS = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class RecordingCallback:
    """One event of one room. `failed` is a recorder's own word for it (Payload.Status); `where` is its line."""

    sdk_app_id: int
    event: int
    at: datetime
    room: str
    where: Location
    task: str = ""
    failed: bool = False

    @property
    def of_recorder(self) -> bool:
        """Whether the recorder sent it (group 3), and not the room or a stream."""
        return self.event // 100 == 3


def read(document: Any, where: Location) -> RecordingCallback:
    """The event in one entry of the inbox: `{receivedAt, sdkAppId, callback}`.

    Raises ValueError with a sentence for what is none.
    """
    entry = _mapping(document, "the line")
    if missing := [key for key in ("receivedAt", "sdkAppId", "callback") if key not in entry]:
        raise ValueError(f"lacks {', '.join(missing)}")
    body = _mapping(entry["callback"], "callback")
    info = _mapping(body.get("EventInfo"), "EventInfo")
    event = _whole(body.get("EventType"), "EventType")
    if event not in EVENTS:
        raise ValueError(f"EventType {event} is no event of a room or a recorder")
    return RecordingCallback(
        sdk_app_id=_whole(entry["sdkAppId"], "sdkAppId"),
        event=event,
        at=_moment(info),
        room=_id(info.get("RoomId"), "RoomId"),
        where=where,
        task="" if info.get("TaskId") is None else _id(info["TaskId"], "TaskId"),
        failed=event == RECORDER_STARTED and _status(info) != 0,
    )


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no JSON object")
    return value


def _number(value: Any, name: str) -> int:
    """A whole number, which comes as such or as text."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise ValueError(f"{name} is no whole number")
    return value


def _whole(value: Any, name: str) -> int:
    """One above zero."""
    number = _number(value, name)
    if number <= 0:
        raise ValueError(f"{name} is no whole number")
    return number


def _status(info: Mapping[str, Any]) -> int:
    """Whether a recorder started: where it does not say so, nobody knows, and the line is no evidence of either."""
    return _number(_mapping(info.get("Payload"), "Payload").get("Status"), "Payload.Status")


def _id(value: Any, name: str) -> str:
    """A room's id comes as text or as a number."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_ID:
        raise ValueError(f"{name} is no id")
    return text


def _moment(info: Mapping[str, Any]) -> datetime:
    try:
        if info.get("EventMsTs") is not None:
            return datetime.fromtimestamp(_whole(info["EventMsTs"], "EventMsTs") / 1000, UTC)
        return datetime.fromtimestamp(_whole(info.get("EventTs"), "EventTs"), UTC)
    except (OverflowError, OSError):
        raise ValueError("EventMsTs or EventTs is no time") from None
