"""Recorded time as it is billed: seconds by five-minute slot and picture tier."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

from provisioner.console.simulator.calls.recorder import Span, Take
from provisioner.console.simulator.sites import Site

Tier = Literal["Audio", "SD", "HD", "FullHD", "2K", "4K"]
TIERS: tuple[Tier, ...] = ("Audio", "SD", "HD", "FullHD", "2K", "4K")
"""The order of DescribeRecordingUsage's UsageKey."""

SLOT_SECONDS = 300
"""The finest grain in which usage is told."""

_PIXELS: tuple[tuple[Tier, int], ...] = (
    ("SD", 640 * 480),
    ("HD", 1280 * 720),
    ("FullHD", 1920 * 1080),
    ("2K", 2560 * 1440),
)


def billed(take: Take, site: Site) -> dict[tuple[int, Tier], float]:
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


def _tiers(span: Span, site: Site) -> list[Tier]:
    pictures = [math.prod(stream.size) for stream in span.streams if stream.size]
    if not span.streams:
        return ["Audio"]
    if site.profile.billing == "stream":
        return [_tier(math.prod(stream.size)) if stream.size else "Audio" for stream in span.streams]
    tier = _tier(sum(pictures)) if pictures else "Audio"
    return ["HD" if tier == "SD" else tier]


def _tier(pixels: int) -> Tier:
    return next((tier for tier, limit in _PIXELS if pixels <= limit), "4K")


def _slots(start: float, end: float) -> Iterator[tuple[int, float]]:
    while start < end:
        slot = int(start // SLOT_SECONDS)
        until = min(end, (slot + 1.0) * SLOT_SECONDS)
        yield slot, until - start
        start = until
