from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from provisioner.foundation.errors import Location
from provisioner.recording.minutes import KINDS, MinuteKind, added, total
from provisioner.recording.prices import Cost, Prices

HD, AUDIO, SD = MinuteKind("mixed", "HD"), MinuteKind("mixed", "Audio"), MinuteKind("single", "SD")
PRICES = Prices(
    "USD", "task", {HD: Decimal("5.99"), AUDIO: Decimal(0)}, "a list", date(2026, 1, 1), Location("prices.yaml")
)
MINUTES = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 10**9).map(lambda hundredths: hundredths / 100))


def test_money_is_exact_to_the_cent() -> None:
    assert PRICES.cost({HD: 100_000.01}) == Cost(Decimal("599.00"), "USD")
    assert PRICES.cost({HD: 1_000_000, AUDIO: 7}) == Cost(Decimal("5990.00"), "USD")
    assert PRICES.cost({}) == Cost(Decimal("0.00"), "USD")


def test_a_kind_without_a_price_is_not_free() -> None:
    assert PRICES.cost({HD: 1000, SD: 3}) == Cost(Decimal("5.99"), "USD", (SD,))
    assert PRICES.cost({SD: 3}) == Cost(None, "USD", (SD,))
    assert PRICES.cost({AUDIO: 3}) == Cost(Decimal("0.00"), "USD")  # the list says 0


@given(st.lists(MINUTES, max_size=4))
def test_sums_lose_nothing(parts: list[dict[MinuteKind, float]]) -> None:
    cents = sum(round(minutes * 100) for part in parts for minutes in part.values())
    assert round(total(added(parts)) * 100) == cents
    assert list(added(parts)) == [kind for kind in KINDS if kind in added(parts)]
