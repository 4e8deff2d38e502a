"""What people do in a room, moment by moment. Times are seconds on one timeline: a call's own, or epoch seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from provisioner.foundation.errors import UsageError
from provisioner.recording.file_names import RecordedName

Medium = Literal["audio", "video", "screen"]
"""Microphone, camera, or the substream that shares a screen."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room of an application. `numbered`: the id is a number; 1234 and "1234" are two different rooms.

    Raises UsageError for one whose recordings could have no name.
    """

    sdk_app_id: int
    room_id: str
    numbered: bool = True

    def __post_init__(self) -> None:
        try:
            RecordedName(self.sdk_app_id, self.room_id, self.numbered, "mp4")
        except ValueError as reason:
            raise UsageError(f"no room {self.room_id!r} of application {self.sdk_app_id}: {reason}") from None


@dataclass(frozen=True, slots=True)
class Enter:
    """Somebody enters, as an anchor (who may publish) or as audience. The first to enter creates the room.

    Raises UsageError for a user without a name.
    """

    at: float
    user: str
    anchor: bool = True

    def __post_init__(self) -> None:
        if not self.user.encode("utf-8", "ignore"):
            raise UsageError("whoever enters a room has a UserId")


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody is gone, with whatever they were publishing. `dropped`: the network is, and may come back."""

    at: float
    user: str
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Publish:
    """An anchor starts a stream. Width and height, in pixels, count for `video` and `screen`.

    Raises UsageError for a picture without pixels.
    """

    at: float
    user: str
    medium: Medium
    width: int = 640
    height: int = 360

    def __post_init__(self) -> None:
        if self.medium not in get_args(Medium) or self.width < 1 or self.height < 1:
            raise UsageError(f"no stream: {self.medium} of {self.width}x{self.height}")


@dataclass(frozen=True, slots=True)
class Unpublish:
    """An anchor stops a stream and stays in the room."""

    at: float
    user: str
    medium: Medium


@dataclass(frozen=True, slots=True)
class Dismiss:
    """The room is dismissed and everybody is out."""

    at: float


CallEvent = Enter | Leave | Publish | Unpublish | Dismiss

_KINDS: Mapping[str, type[CallEvent]] = {
    kind.__name__.lower(): kind for kind in (Enter, Leave, Publish, Unpublish, Dismiss)
}


def to_json(event: CallEvent) -> dict[str, Any]:
    """`{"kind": "enter", "at": 0.0, …}`."""
    return {"kind": type(event).__name__.lower(), **asdict(event)}


def from_json(value: Mapping[str, Any]) -> CallEvent:
    """The event of such an object. Raises ValueError for anything else."""
    fields = dict(value)
    try:
        return _KINDS[fields.pop("kind")](**fields)
    except (KeyError, TypeError):
        raise ValueError(f"no event of a call: {dict(value)!r}") from None
