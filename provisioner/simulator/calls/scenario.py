"""Calls to rehearse, said in a few words: how many people, how long, who drops out when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.foundation.errors import UsageError
from provisioner.simulator.calls.events import CallEvent, Dismiss, Enter, Leave, Publish


@dataclass(frozen=True, slots=True)
class Drop:
    """The network of the first `people` (None: of everybody) is gone from second `at` for `seconds` seconds."""

    at: float
    seconds: float
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """`people` anchors enter one after the other, `stagger` seconds apart, and stay until second `seconds`.

    All send sound, and a picture of `size` pixels where `video`. `dismissed`: the room is dismissed at the end,
    else everybody just leaves.
    """

    people: int = 2
    seconds: float = 600
    drops: tuple[Drop, ...] = ()
    video: bool = True
    size: tuple[int, int] = (640, 360)
    stagger: float = 1
    dismissed: bool = True

    def events(self) -> tuple[CallEvent, ...]:
        """The call from second 0. Raises UsageError where it makes no sense."""
        last = (self.people - 1) * self.stagger
        if self.people < 1 or self.stagger < 0 or self.seconds <= last:
            raise UsageError(f"a call of {self.people} people has more than {last:g} s")
        away = [_away(drop, self) for drop in self.drops]
        found: list[CallEvent] = []
        for number in range(self.people):
            begins = number * self.stagger
            gaps = sorted((start, end) for count, start, end in away if number < count and end > begins)
            found.extend(self._presence(f"user-{number + 1}", begins, gaps))
        if self.dismissed:
            found.append(Dismiss(self.seconds))
        return tuple(sorted(found, key=lambda event: event.at))  # stable: leaving comes before coming back

    def _presence(self, user: str, begins: float, gaps: Iterable[tuple[float, float]]) -> Iterable[CallEvent]:
        for start, end in gaps:
            if begins < start:
                yield from self._arrival(user, begins)
                yield Leave(start, user, dropped=True)
            begins = max(begins, end)
        if begins < self.seconds:
            yield from self._arrival(user, begins)
            yield Leave(self.seconds, user)

    def _arrival(self, user: str, at: float) -> Iterable[CallEvent]:
        yield Enter(at, user)
        yield Publish(at, user, "audio")
        if self.video:
            yield Publish(at, user, "video", *self.size)


def _away(drop: Drop, call: Call) -> tuple[int, float, float]:
    if drop.seconds <= 0 or not 0 < drop.at < call.seconds:
        raise UsageError(f"a drop of {drop.seconds:g} s at {drop.at:g} s does not lie within the call")
    return call.people if drop.people is None else drop.people, drop.at, min(drop.at + drop.seconds, call.seconds)
