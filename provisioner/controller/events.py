"""Callbacks as events: what rooms and recorders tell, read from bodies that anybody may have written.

Shapes are those of the room and media callback guide and of the recording callback guide; TUICallKit wraps a
recording's event in an envelope of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from provisioner.archive.evidence.callbacks import CALL_ENDED, EVENTS, RECORDED, STREAM_STARTED

RECORDER_STOPPED: Final = 302
NOT_STORED: Final = {311: (1, 2), 312: (1,)}
"""By event the Status that means: no file. (305 and 308 fail differently, and 306 is a failover.)"""

LARGEST_BODY: Final = 1 << 20
"""Bytes; the vendor's have a few hundred."""

FRESH_SECONDS: Final = 600.0
"""How old what starts a recording may be. The vendor gives up after a minute: older is a replay, or a wrong clock."""

_LONGEST_ROOM, _LONGEST_USER, _LONGEST_TASK = 64, 64, 256
_NO_ROOM = re.compile(r"[\x00-\x1f\x7f/\\]")
"""What no room's name holds (strRoomId of the client SDKs)."""

_FIRST_SECOND, _LAST_SECOND = 1_500_000_000, 4_102_444_800
"""Times before 2017 and after 2099 are no times."""

_GROUPS: Final = {1: range(101, 106), 2: range(201, 207), 3: range(301, 313)}


class NotAnEventError(ValueError):
    """A body that is none; `str()` says why, without repeating any of it."""


class UnknownEventError(NotAnEventError):
    """An event of another kind, such as of streams that are relayed."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one room. `at` is when it happened by the vendor's clock, in epoch seconds.

    `key` is the same for the same event however often and whenever it is sent: CallbackTs does not count. `user` is the
    recorder's UserId in events of recorders. `code` is 302's LeaveCode, `status` the Payload's Status.
    """

    key: str
    type: int
    at: float
    room: str
    user: str
    task: str
    code: int
    status: int
    body: str

    @property
    def of_recorder(self) -> bool:
        """Whether the recorder sent it (group 3), and not the room or a stream."""
        return self.type // 100 == 3

    @property
    def stream_started(self) -> bool:
        """Whether somebody began to send, so that there is something to record."""
        return self.type in STREAM_STARTED

    @property
    def file_told(self) -> bool:
        """Whether it tells of a file that was stored."""
        return self.type in RECORDED and self.status == 0

    @property
    def not_stored(self) -> bool:
        """Whether it says that a recording was not stored: an alarm."""
        return self.status in NOT_STORED.get(self.type, ())


@dataclass(frozen=True, slots=True)
class CallEnded:
    """TUICallKit's word that a call is over."""

    room: str
    call: str


def parse(body: bytes) -> Any:
    """The JSON of a body. Raises NotAnEventError."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise NotAnEventError("is no JSON") from None


def read_event(sdk_app_id: int, document: Any) -> Event:
    """The event in a room's or a recorder's callback. Raises NotAnEventError."""
    body = _object(document, "the body")
    info = _object(body.get("EventInfo"), "EventInfo")
    kind = _number(body.get("EventType"), "EventType")
    if kind not in EVENTS:
        raise UnknownEventError("has an EventType that is none of rooms or recorders")
    if "EventGroupId" in body and kind not in _GROUPS.get(_number(body["EventGroupId"], "EventGroupId"), ()):
        raise NotAnEventError("has an EventType that does not belong to its EventGroupId")
    payload = info.get("Payload")
    payload = payload if isinstance(payload, dict) else {}
    recorder = kind // 100 == 3
    return Event(
        key=_key(sdk_app_id, kind, info),
        type=kind,
        at=_moment(info),
        room=room_id(info.get("RoomId")),
        user=read_text(info.get("UserId", ""), "UserId", _LONGEST_USER, empty=True),
        task=read_text(info.get("TaskId"), "TaskId", _LONGEST_TASK) if recorder else "",
        # 305's payload is called LeaveCode on one page and Status on another.
        code=_small(payload.get("LeaveCode", 0)),
        status=_small(payload.get("Status", payload.get("LeaveCode", 0) if kind == 305 else 0)),
        body=json.dumps(body, separators=(",", ":"), ensure_ascii=False),
    )


def read_callkit(sdk_app_id: int, document: Any) -> Event | CallEnded | None:
    """What TUICallKit's webhook tells; None for what concerns no recording. Raises NotAnEventError."""
    body = _object(document, "the body")
    command = read_text(body.get("CallbackCommand"), "CallbackCommand", 64)
    if "Callback" in body:
        return read_event(sdk_app_id, body["Callback"])
    if command == CALL_ENDED:
        record = _object(body.get("CallRecord", body), "CallRecord")  # older pages: beside the command
        return CallEnded(room_id(record.get("RoomId")), read_text(record.get("CallId"), "CallId", 128))
    return None


def room_id(value: Any) -> str:
    """A room's id, which comes as text or as a number. Raises NotAnEventError."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 <= value < 2**32 else ""
    room = read_text(value, "RoomId", _LONGEST_ROOM)
    if _NO_ROOM.search(room):
        raise NotAnEventError("has a slash or a control character in RoomId")
    return room


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotAnEventError(f"has no JSON object in {name}")
    return value


def _number(value: Any, name: str) -> int:
    """A whole number, which may come as text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise NotAnEventError(f"has no whole number in {name}")
    return value


def _small(value: Any) -> int:
    """A status or a code; what is no number is none that we know."""
    try:
        return _number(value, "Payload")
    except NotAnEventError:
        return -1


def read_text(value: Any, name: str, longest: int, *, empty: bool = False) -> str:
    """A text of at most so many bytes of UTF-8. Raises NotAnEventError."""
    if not isinstance(value, str) or not (empty or value) or "\0" in value:
        raise NotAnEventError(f"has no text in {name}")
    try:
        length = len(value.encode())
    except UnicodeEncodeError:
        raise NotAnEventError(f"has no text in {name}") from None
    if length > longest:
        raise NotAnEventError(f"has more than {longest} bytes in {name}")
    return value


def _moment(info: Mapping[str, Any]) -> float:
    """EventMsTs is finer than EventTs, where it is there."""
    if info.get("EventMsTs") is not None:
        return read_moment(info["EventMsTs"], "EventMsTs")
    return read_moment(_number(info.get("EventTs"), "EventTs") * 1000, "EventTs")


def read_moment(value: Any, name: str) -> float:
    """Epoch seconds from a number of milliseconds, which may come as text. Raises NotAnEventError."""
    at = _number(value, name) / 1000
    if not _FIRST_SECOND <= at <= _LAST_SECOND:
        raise NotAnEventError(f"tells no time of this century in {name}")
    return at


def _key(sdk_app_id: int, kind: int, info: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(info, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(f"{sdk_app_id}:{kind}:{text}".encode()).hexdigest()
    except (ValueError, RecursionError):
        raise NotAnEventError("nests without end") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
