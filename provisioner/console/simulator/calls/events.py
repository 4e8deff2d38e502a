"""What people do in a room, moment by moment. Times are seconds on one timeline: a call's own, or epoch seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Medium = Literal["audio", "video", "screen"]
"""Microphone, camera, or the substream that shares a screen."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room of an application. `numbered`: the id is a number; 1234 and "1234" are two different rooms."""

    sdk_app_id: int
    room_id: str
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Enter:
    """Somebody enters, as an anchor (who may publish) or as audience. The first to enter creates the room."""

    at: float
    user: str
    anchor: bool = True


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody is gone, with whatever they were publishing."""

    at: float
    user: str


@dataclass(frozen=True, slots=True)
class Publish:
    """An anchor starts a stream. Width and height, in pixels, count for `video` and `screen`."""

    at: float
    user: str
    medium: Medium
    width: int = 640
    height: int = 360


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


Event = Enter | Leave | Publish | Unpublish | Dismiss

_KINDS: Mapping[str, type[Event]] = {
    kind.__name__.lower(): kind for kind in (Enter, Leave, Publish, Unpublish, Dismiss)
}


def to_json(event: Event) -> dict[str, Any]:
    """`{"kind": "enter", "at": 0.0, …}`."""
    return {"kind": type(event).__name__.lower(), **asdict(event)}


def from_json(value: Mapping[str, Any]) -> Event:
    """The event of such an object. Raises ValueError for anything else."""
    fields = dict(value)
    try:
        return _KINDS[fields.pop("kind")](**fields)
    except (KeyError, TypeError):
        raise ValueError(f"no event of a call: {dict(value)!r}") from None
