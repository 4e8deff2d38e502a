"""Recorded time as rows: seconds by five-minute slot, application, kind and tier."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping

from provisioner.recording.tiers import Tier
from provisioner.simulator.calls.billed_time import SLOT_SECONDS


def add(
    connection: sqlite3.Connection, sdk_app_id: int, mixed: bool, seconds: Mapping[tuple[int, Tier], float]
) -> None:
    """Add recorded seconds of an application, by slot of five minutes and tier."""
    rows = [(slot, sdk_app_id, mixed, tier, amount) for (slot, tier), amount in seconds.items()]
    connection.executemany(
        "INSERT INTO usage VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (slot, sdk_app_id, mixed, tier) DO UPDATE SET seconds = seconds + excluded.seconds",
        rows,
    )


def between(
    connection: sqlite3.Connection,
    start: float,
    end: float,
    step: float,
    *,
    sdk_app_id: int | None = None,
    mixed: bool | None = None,
) -> list[tuple[float, dict[Tier, float]]]:
    """Seconds by tier for each step from `start` up to `end` (epoch seconds, whole slots), empty steps included.

    Of one application or of all, of one kind of recording or of both.
    """
    rows = connection.execute(
        "SELECT slot, tier, seconds FROM usage WHERE slot >= ? AND slot < ?"
        " AND (? IS NULL OR sdk_app_id = ?) AND (? IS NULL OR mixed = ?)",
        (start // SLOT_SECONDS, end // SLOT_SECONDS, sdk_app_id, sdk_app_id, mixed, mixed),
    )
    sums: defaultdict[int, defaultdict[Tier, float]] = defaultdict(lambda: defaultdict(float))
    for slot, tier, seconds in rows:
        sums[int((slot * SLOT_SECONDS - start) // step)][tier] += seconds
    return [(start + index * step, dict(sums[index])) for index in range(int((end - start) // step))]
