"""Picture tiers by which recorded time is charged (billing pages, BC and BI)."""

from __future__ import annotations

from typing import Literal

Tier = Literal["Audio", "SD", "HD", "FullHD", "2K", "4K"]
TIERS: tuple[Tier, ...] = ("Audio", "SD", "HD", "FullHD", "2K", "4K")
"""Cheapest first, in the order of DescribeRecordingUsage's UsageKey."""

_PIXELS: tuple[tuple[Tier, int], ...] = (
    ("SD", 640 * 480),
    ("HD", 1280 * 720),
    ("FullHD", 1920 * 1080),
    ("2K", 2560 * 1440),
)


def tier_of(pixels: int) -> Tier:
    """The tier of a picture with so many pixels; none is sound alone."""
    if pixels == 0:
        return "Audio"
    return next((tier for tier, limit in _PIXELS if pixels <= limit), "4K")
