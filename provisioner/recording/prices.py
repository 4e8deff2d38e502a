"""What recorded minutes cost by a price list that somebody supplied: money is shown from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from provisioner.foundation.errors import Location
from provisioner.recording.minutes import Basis, MinuteKind, Minutes

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Cost:
    """`amount` in whole cents of `currency`, None where no price is known of anything that was recorded.

    `unpriced` kinds have minutes and no price: it costs at least the amount.
    """

    amount: Decimal | None
    currency: str
    unpriced: tuple[MinuteKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Prices:
    """A price list. `rates` are money per 1,000 minutes by kind; a kind that is not there has no known price.

    `source` and `dated` say whose list it is and of which day; `where` is its file.
    """

    currency: str
    basis: Basis
    rates: Mapping[MinuteKind, Decimal]
    source: str
    dated: date
    where: Location

    def cost(self, minutes: Minutes) -> Cost:
        """What the minutes cost by this list."""
        priced = [Decimal(str(amount)) * self.rates[kind] for kind, amount in minutes.items() if kind in self.rates]
        unpriced = tuple(kind for kind, amount in minutes.items() if amount and kind not in self.rates)
        amount = None if unpriced and not priced else (sum(priced, Decimal()) / 1000).quantize(_CENT)
        return Cost(amount, self.currency, unpriced)
