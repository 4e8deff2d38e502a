"""Recorded time as it is billed: seconds by five-minute slot and picture tier."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from provisioner.recording.tiers import Tier, tier_of
from provisioner.simulator.calls.recorder import Span, Take
from provisioner.simulator.sites import SimulatedSite

SLOT_SECONDS = 300
"""The finest grain in which usage is told."""


def billed(take: Take, site: SimulatedSite) -> dict[tuple[int, Tier], float]:
    """Seconds by (slot, tier); slot n begins at second n * SLOT_SECONDS of the take's timeline.

    On the Chinese site every input stream counts by its own picture; on the international one the task counts
    once, by all pictures together, and has no SD tier. Waiting for an anchor to return is charged as sound.
    """
    seconds: defaultdict[tuple[int, Tier], float] = defaultdict(float)
    for span in take.spans:
        for tier in _tiers(span, site):
            for slot, part in _slots(span.start, span.end):
                seconds[slot, tier] += part
    return dict(seconds)


def _tiers(span: Span, site: SimulatedSite) -> list[Tier]:
    pixels = [math.prod(stream.size) if stream.size else 0 for stream in span.streams]
    if not pixels:
        return ["Audio"]
    if site.profile.billing == "stream":
        return [tier_of(picture) for picture in pixels]
    tier = tier_of(sum(pixels))
    return ["HD" if tier == "SD" else tier]


def _slots(start: float, end: float) -> Iterator[tuple[int, float]]:
    while start < end:
        slot = int(start // SLOT_SECONDS)
        until = min(end, (slot + 1.0) * SLOT_SECONDS)
        yield slot, until - start
        start = until
