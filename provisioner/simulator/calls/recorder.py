"""When a recording runs and what it takes in: scenes go in, takes come out.

An automatic recording starts at the first upstream. Any recording ends when the room is dismissed, or when every
anchor has been gone for longer than the idle time; anchors who are there and send nothing keep it alive (Chinese
on-cloud recording guide). After an idle end, the next upstream starts the next automatic take [inferred].
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import pairwise

from provisioner.recording.limits import MANUAL_MIX_LIMIT
from provisioner.simulator.calls.recipe import Mix, Recipe, Subscription
from provisioner.simulator.calls.scenes import Scene, SceneStream


class LeaveCode(IntEnum):
    """Why a recording ended; the vendor's numbers (recording callback 302)."""

    STOPPED = 0
    KICKED = 1  # somebody put the robot out of the room
    DISMISSED = 2
    IDLE = 99
    REPLACED = 101  # another robot entered with the same UserId


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a take in which nothing changes: what is recorded, and whose streams are left out.

    `waiting`: every anchor is gone, and the recording waits for one to return.
    """

    start: float
    end: float
    streams: tuple[SceneStream, ...]
    left_out: tuple[str, ...] = ()
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """One run of a recording task. `ended_at` and `code` are None while it is still running."""

    started_at: float
    spans: tuple[Span, ...]
    ended_at: float | None = None
    code: LeaveCode | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A take that the backend ordered: from `start`, until `stop` for the reason `code` unless it ends earlier.

    `revisions` are subscriptions that replaced the recipe's, each with the moment from which it holds.
    """

    start: float
    stop: float = math.inf
    code: LeaveCode = LeaveCode.STOPPED
    revisions: tuple[tuple[float, Subscription], ...] = ()

    def pieces(self, recipe: Recipe, scene: Scene) -> Iterator[tuple[Recipe, Scene]]:
        """The parts of `scene` that the order covers, each with the recipe that holds in it."""
        recipes = [recipe, *(replace(recipe, subscription=revised) for _, revised in self.revisions)]
        moments = [self.start, *(at for at, _ in self.revisions), self.stop]
        for current, (start, end) in zip(recipes, pairwise(moments), strict=True):
            if part := scene.clipped(start, end):
                yield current, part


def automatic_takes(recipe: Recipe, view: Iterable[Scene]) -> tuple[Take, ...]:
    """Every take that a room leaves behind by itself, in order; the last may still be running."""
    takes: list[Take] = []
    running: _Running | None = None
    for scene in view:
        if running is None and scene.streams:
            running = _Running(scene.start)
        if running is not None and (take := running.see(recipe, scene)):
            takes.append(take)
            running = None
    if running is not None:
        takes.append(running.so_far())
    return tuple(takes)


def ordered_take(recipe: Recipe, order: Order, view: Iterable[Scene]) -> Take:
    """The one take of a task that the backend ordered. `view` starts no later than the order."""
    running = _Running(order.start)
    for scene in view:
        for current, part in order.pieces(recipe, scene):
            if take := running.see(current, part):
                return take
        if order.stop <= scene.end:
            return running.ended(order.stop, order.code)
    # Stopped in the very moment it started, before any scene.
    return running.ended(order.stop, order.code) if order.stop <= order.start else running.so_far()


@dataclass(slots=True)
class _Running:
    started_at: float
    spans: list[Span] = field(default_factory=list)
    idle_since: float | None = None
    mixed_users: list[str] = field(default_factory=list)

    def see(self, recipe: Recipe, scene: Scene) -> Take | None:
        """Take in a scene; the finished take where it ended in it."""
        if scene.dismissed:
            return self.ended(scene.start, LeaveCode.DISMISSED)
        if scene.anchors:
            self.idle_since = None
            streams, left_out = self._chosen(recipe, scene.streams)
            self.spans.append(Span(scene.start, scene.end, streams, left_out))
            return None
        self.idle_since = scene.start if self.idle_since is None else self.idle_since
        deadline = self.idle_since + recipe.idle_seconds
        if scene.start < min(deadline, scene.end):
            self.spans.append(Span(scene.start, min(deadline, scene.end), (), waiting=True))
        return self.ended(deadline, LeaveCode.IDLE) if deadline < scene.end else None

    def ended(self, at: float, code: LeaveCode) -> Take:
        return Take(self.started_at, tuple(self.spans), at, code)

    def so_far(self) -> Take:
        return Take(self.started_at, tuple(self.spans))

    def _chosen(
        self, recipe: Recipe, streams: tuple[SceneStream, ...]
    ) -> tuple[tuple[SceneStream, ...], tuple[str, ...]]:
        """What is recorded of `streams`, and the users who would be if there were room for them."""
        wanted = [taken for stream in streams if (taken := recipe.taken(stream))]
        if isinstance(recipe.kind, Mix):
            # Who is in the mix stays in it while he sends; a place that falls free goes to the next in the order of
            # entry [inferred: the guides say only that the last user's stream is not recorded].
            users = list(dict.fromkeys(stream.user for stream in wanted))
            kept = [user for user in self.mixed_users if user in users]
            self.mixed_users = [*kept, *(user for user in users if user not in kept)][: recipe.kind.users]
            chosen = [stream for stream in wanted if stream.user in self.mixed_users][:MANUAL_MIX_LIMIT]
        else:
            chosen = wanted[:MANUAL_MIX_LIMIT]
        inside = {stream.user for stream in chosen}
        left_out = dict.fromkeys(stream.user for stream in wanted if stream.user not in inside)
        return tuple(chosen), tuple(left_out)
