from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.quantities import Dimension, Quantity


@pytest.mark.parametrize(
    ("text", "dimension", "amount", "canonical"),
    [
        ("5s", Dimension.TIME, 5, "5s"),
        ("60s", Dimension.TIME, 60, "1m"),
        ("24h", Dimension.TIME, 86_400, "1d"),
        ("90d", Dimension.TIME, 7_776_000, "90d"),
        ("0s", Dimension.TIME, 0, "0s"),
        ("forever", Dimension.TIME, None, "forever"),
        ("1200kbps", Dimension.BITRATE, 1_200_000, "1200kbps"),
        ("1200000bps", Dimension.BITRATE, 1_200_000, "1200kbps"),
        ("44.1kHz", Dimension.FREQUENCY, 44_100, "44.1kHz"),
        ("44100Hz", Dimension.FREQUENCY, 44_100, "44.1kHz"),
        ("48kHz", Dimension.FREQUENCY, 48_000, "48kHz"),
    ],
)
def test_reads_a_number_with_its_unit(text: str, dimension: Dimension, amount: int | None, canonical: str) -> None:
    quantity = Quantity.parse(text, dimension)
    assert quantity == Quantity(dimension, amount)
    assert str(quantity) == canonical


@pytest.mark.parametrize(
    ("text", "dimension", "reason"),
    [
        ("5", Dimension.TIME, "needs a whole number and one unit of s, m, h, d, such as 5s"),
        ("5 s", Dimension.TIME, "needs a whole number"),
        ("-5s", Dimension.TIME, "needs a whole number"),
        ("05s", Dimension.TIME, "needs a whole number"),
        ("1h30m", Dimension.TIME, "needs a whole number"),
        ("1.5h", Dimension.TIME, "takes whole numbers only"),
        ("5min", Dimension.TIME, '"min" is no unit of time'),
        ("5S", Dimension.TIME, '"S" is no unit of time'),
        ("64kHz", Dimension.BITRATE, '"kHz" is no unit of bit rate'),
        ("forever", Dimension.BITRATE, "needs a whole number"),
    ],
)
def test_refuses_what_could_be_misread(text: str, dimension: Dimension, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Quantity.parse(text, dimension)


@given(st.sampled_from(list(Dimension)), st.integers(0, 10**11))
def test_canonical_text_reads_back_as_the_same_quantity(dimension: Dimension, amount: int) -> None:
    quantity = Quantity(dimension, amount)
    assert Quantity.parse(str(quantity), dimension) == quantity
