"""A call as a sequence of scenes: stretches of time in which nothing changes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from provisioner.foundation.errors import UsageError
from provisioner.recording.file_names import Track
from provisioner.simulator.calls.events import CallEvent, Dismiss, Enter, Leave, Medium, Publish, Unpublish


@dataclass(frozen=True, slots=True)
class SceneStream:
    """What one user sends on one track. `size` is (width, height) in pixels, None without a picture."""

    user: str
    track: Track
    audio: bool
    size: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Scene:
    """The room from `start` up to `end`: who is there, who may publish, what is published; in order of entry.

    A `dismissed` scene follows a dismissal; nobody is in it.
    """

    start: float
    end: float
    people: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    streams: tuple[SceneStream, ...] = ()
    dismissed: bool = False

    def clipped(self, start: float, end: float) -> Scene | None:
        """The part of the scene between two moments; None where there is none."""
        start, end = max(self.start, start), min(self.end, end)
        return replace(self, start=start, end=end) if start < end else None


class ImpossibleCallError(UsageError):
    """Events that no room could have seen."""


def scenes(events: Iterable[CallEvent], *, since: float = math.inf, until: float = math.inf) -> Iterator[Scene]:
    """The scenes of `events`, which are in order of time; events of one moment count together.

    The first scene starts at the first event, or at `since` where that is earlier; the last ends at `until`, and
    what happens after that is left out. Raises ImpossibleCallError.
    """
    house = _House()
    start = since
    for at, happening in groupby(events, key=lambda event: event.at):
        if at >= until:
            break
        if start < at:
            yield house.scene(start, at)
        for event in happening:
            house.see(event)
        start = at
    if start < until:
        yield house.scene(start, until)


@dataclass(slots=True)
class _Person:
    anchor: bool
    sizes: dict[Medium, tuple[int, int]] = field(default_factory=dict)

    def streams(self, user: str) -> Iterator[SceneStream]:
        if "audio" in self.sizes or "video" in self.sizes:
            yield SceneStream(user, "main", "audio" in self.sizes, self.sizes.get("video"))
        if "screen" in self.sizes:
            yield SceneStream(user, "aux", False, self.sizes["screen"])


class _House:
    """Who is in the room."""

    def __init__(self) -> None:
        self._people: dict[str, _Person] = {}  # in order of entry
        self._dismissed = False
        self._now = -math.inf

    def scene(self, start: float, end: float) -> Scene:
        anchors = tuple(user for user, person in self._people.items() if person.anchor)
        streams = tuple(stream for user, person in self._people.items() for stream in person.streams(user))
        return Scene(start, end, tuple(self._people), anchors, streams, self._dismissed)

    def see(self, event: CallEvent) -> None:
        if event.at < self._now:
            raise ImpossibleCallError(f"{event} comes after a moment that is later")
        self._now = event.at
        if self._dismissed:
            raise ImpossibleCallError(f"{event} comes after the room was dismissed")
        match event:
            case Dismiss():
                self._people.clear()
                self._dismissed = True
            case Enter(_, user, anchor):
                if user in self._people:
                    raise ImpossibleCallError(f"{event}: {user} is in the room already")
                self._people[user] = _Person(anchor)
            case Leave():
                del self._people[self._present(event)]
            case Publish(_, _, medium, width, height):
                person = self._people[self._present(event)]
                if not person.anchor:
                    raise ImpossibleCallError(f"{event}: only an anchor publishes")
                person.sizes[medium] = (width, height)
            case Unpublish(_, _, medium):
                if self._people[self._present(event)].sizes.pop(medium, None) is None:
                    raise ImpossibleCallError(f"{event}: {medium} is not published")

    def _present(self, event: Leave | Publish | Unpublish) -> str:
        if event.user not in self._people:
            raise ImpossibleCallError(f"{event}: {event.user} is not in the room")
        return event.user
