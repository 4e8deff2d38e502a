"""Whom a change reaches, as far as the service tells: how much is recorded a day. Unknown is never 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from provisioner.archive.minutes.usage import Usage, daily_minutes
from provisioner.archive.unknown import Unknown
from provisioner.recording.prices import Prices

_CENT = Decimal("0.01")

Ask = Callable[[int], Usage]
"""One application's recorded minutes of the last seven whole days, by SDKAppId."""


@dataclass(frozen=True, slots=True)
class Affected:
    """The daily mean of the last seven days that are over, or why it is not known.

    `money` is what these minutes cost a day by the user's own prices; None without a price file, or without a price
    of everything that was recorded.
    """

    minutes: float | Unknown
    money: Decimal | None = None
    currency: str = ""


def affected(usage: Usage, prices: Prices | None) -> Affected:
    """What an application's usage says of a day."""
    minutes = daily_minutes(usage)
    if prices is None or isinstance(minutes, Unknown):
        return Affected(minutes)
    cost = prices.cost(usage.minutes)
    if cost.amount is None or cost.unpriced:
        return Affected(minutes)
    return Affected(minutes, (cost.amount / len(usage.period)).quantize(_CENT), cost.currency)
