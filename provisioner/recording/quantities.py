"""Quantities that carry their unit: `5s`, `90d`, `1200kbps`, `44.1kHz`, `forever`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache


class Dimension(Enum):
    """What a quantity measures: its base unit first, larger units after it with their factor."""

    TIME = ("time", {"s": 1, "m": 60, "h": 3600, "d": 86400})
    BITRATE = ("bit rate", {"bps": 1, "kbps": 1000, "Mbps": 1_000_000})
    FREQUENCY = ("frequency", {"Hz": 1, "kHz": 1000})

    def __init__(self, title: str, units: dict[str, int]) -> None:
        self.title = title
        self.units = units


_SHAPE = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?([A-Za-z]+)", re.ASCII)
FOREVER = "forever"


@dataclass(frozen=True, slots=True)
class Quantity:
    """`amount` in the dimension's base unit (seconds, bits per second, hertz); None is for ever."""

    dimension: Dimension
    amount: int | None

    @classmethod
    def parse(cls, text: str, dimension: Dimension) -> Quantity:
        """Read canonical or equivalent text. Raises ValueError with a sentence for the author."""
        return cls(dimension, _amount(text, dimension))

    def __lt__(self, other: Quantity) -> bool:
        """Whether it is less than another of its dimension; nothing is longer than for ever."""
        return self.amount is not None and (other.amount is None or self.amount < other.amount)

    def __str__(self) -> str:
        """Canonical text: the largest unit that divides the amount."""
        if self.amount is None:
            return FOREVER
        if self.dimension is Dimension.FREQUENCY and self.amount % 1000 and self.amount % 100 == 0:
            return f"{self.amount // 1000}.{self.amount % 1000 // 100}kHz"  # 44.1kHz is how the field writes it
        divides = [unit for unit, factor in self.dimension.units.items() if self.amount and self.amount % factor == 0]
        unit = divides[-1] if divides else next(iter(self.dimension.units))
        return f"{self.amount // self.dimension.units[unit]}{unit}"


@lru_cache(maxsize=1024)  # ranges and a few popular values are read over and over
def _amount(text: str, dimension: Dimension) -> int | None:
    if text == FOREVER and dimension is Dimension.TIME:
        return None
    match = _SHAPE.fullmatch(text)
    units = ", ".join(dimension.units)
    if match is None:
        raise ValueError(f"needs a whole number and one unit of {units}, such as {_example(dimension)}")
    number, decimals, unit = match.groups()
    if unit not in dimension.units:
        raise ValueError(f'"{unit}" is no unit of {dimension.title}; it takes {units}')
    amount = Fraction(number + (decimals or "")) * dimension.units[unit]
    if decimals and (dimension is not Dimension.FREQUENCY or amount.denominator != 1):
        raise ValueError(f"takes whole numbers only, such as {_example(dimension)}")
    return int(amount)


def _example(dimension: Dimension) -> str:
    return {Dimension.TIME: "5s", Dimension.BITRATE: "1200kbps", Dimension.FREQUENCY: "48kHz"}[dimension]
