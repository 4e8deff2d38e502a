"""Recorded time by what it is charged as: single or mixed streams, sound or a picture of some size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum
from types import MappingProxyType
from typing import Literal

from provisioner.recording.tiers import TIERS, Tier

Streams = Literal["single", "mixed"]
"""Files of single users, or one file of the whole room."""

Basis = Literal["stream", "task"]
"""What a minute counts: each recorded stream (Chinese billing page), or the recording task once (international)."""

STREAMS: tuple[Streams, ...] = ("single", "mixed")

WORDS: Mapping[Tier, str] = MappingProxyType(
    {"Audio": "audio", "SD": "sd", "HD": "hd", "FullHD": "fhd", "2K": "2k", "4K": "4k"}
)
"""Tiers as price files, JSON and CSV write them."""


@dataclass(frozen=True, slots=True)
class MinuteKind:
    """What one recorded minute is charged as."""

    streams: Streams
    tier: Tier

    def __str__(self) -> str:
        return f"{self.streams} {self.tier}"


KINDS = tuple(MinuteKind(streams, tier) for streams in STREAMS for tier in TIERS)
"""Every kind, in the order in which people read them."""

Minutes = Mapping[MinuteKind, float]
"""Minutes by kind, to two decimals as the service tells them; a kind that is not there has none."""


def added(parts: Iterable[Minutes]) -> dict[MinuteKind, float]:
    """The sum, without the kinds that have nothing, in reading order."""
    amounts: defaultdict[MinuteKind, list[float]] = defaultdict(list)
    for part in parts:
        for kind, minutes in part.items():
            amounts[kind].append(minutes)
    sums = {kind: round(fsum(amounts[kind]), 2) for kind in KINDS if kind in amounts}
    return {kind: minutes for kind, minutes in sums.items() if minutes}


def total(minutes: Minutes) -> float:
    """Minutes of every kind together."""
    return round(fsum(minutes.values()), 2)
