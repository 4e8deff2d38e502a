"""What happens in rooms, as callbacks tell it: event types and `EventInfo` (groups 1 and 2: trtc.io/document/39558)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provisioner.simulator.calls.events import CallEvent, Dismiss, Enter, Leave, Medium, Publish, Room, Unpublish

OFFLINE_SECONDS = 90.0
"""How long a lost network goes unnoticed: whoever is back by then has not left (exit reasons of the callback guide)."""

_STARTS: Final[Mapping[Medium, int]] = {"video": 201, "audio": 203, "screen": 205}
_ANCHOR, _AUDIENCE = 20, 21


@dataclass(frozen=True, slots=True)
class Told:
    """One callback: when it is told (epoch seconds of the console), its EventType and EventInfo without the times."""

    at: float
    event: int
    info: Mapping[str, Any]


@dataclass(slots=True)
class _Presence:
    """Who is in a room as callbacks tell it, with what they send."""

    people: dict[str, set[Medium]] = field(default_factory=dict)

    def tell(self, event: CallEvent) -> Iterator[tuple[int, dict[str, Any]]]:
        match event:
            case Enter(_, user, anchor):
                if not self.people:
                    yield 101, {"UserId": user}
                self.people[user] = set()
                yield 103, {"UserId": user, "Role": _ANCHOR if anchor else _AUDIENCE, "Reason": 1}
            case Leave(_, user):
                yield from self._left(user)
                if not self.people:
                    yield 102, {"UserId": user}
            case Publish(_, user, medium):
                if medium not in self.people.get(user, set()):
                    self.people.setdefault(user, set()).add(medium)
                    yield _STARTS[medium], {"UserId": user}
            case Unpublish(_, user, medium):
                self.people[user].discard(medium)
                yield _STARTS[medium] + 1, {"UserId": user, "Reason": 0}
            case Dismiss():
                for user in list(self.people):
                    yield from self._left(user)
                yield 102, {}

    def _left(self, user: str) -> Iterator[tuple[int, dict[str, Any]]]:
        for medium in sorted(self.people.pop(user, set())):
            yield _STARTS[medium] + 1, {"UserId": user, "Reason": 0}
        yield 104, {"UserId": user, "Reason": 1}


def of_room(room: Room, before: Iterable[CallEvent], happening: Iterable[CallEvent]) -> list[Told]:
    """What is told of `happening` in a room that has seen `before`.

    A room that everybody has left is dismissed too, and comes into being again with the next to enter [inferred].
    """
    presence = _Presence()
    for event in _noticed(before):
        list(presence.tell(event))
    name = {"RoomId": int(room.room_id) if room.numbered else room.room_id}
    return [
        Told(event.at, kind, {**name, **info}) for event in _noticed(happening) for kind, info in presence.tell(event)
    ]


def _noticed(happening: Iterable[CallEvent]) -> list[CallEvent]:
    """Events but for networks that were lost and came back before the service noticed."""
    kept: list[CallEvent] = []
    for event in happening:
        if isinstance(event, Enter):
            lost = next((old for old in reversed(kept) if isinstance(old, Leave) and old.user == event.user), None)
            if lost is not None and lost.dropped and event.at - lost.at < OFFLINE_SECONDS:
                kept = [old for old in kept if old is not lost]
                continue
        kept.append(event)
    return kept


def body(told_event: int, info: Mapping[str, Any], at: float, now: float) -> dict[str, Any]:
    """The callback's JSON as it is sent at `now`."""
    times = {"EventTs": int(at), "EventMsTs": round(at * 1000)}
    return {
        "EventGroupId": told_event // 100,
        "EventType": told_event,
        "CallbackTs": round(now * 1000),
        "EventInfo": {**info, **times},
    }
