"""Kinds that several entries share."""

from __future__ import annotations

from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Amount, Reference, References, Text, Word

NAME = Text(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", "lower-case letters, digits and inner hyphens", 63)
FILE_WORD = Text(r"^[A-Za-z0-9_-]+$", "letters, digits, _ and -", 64)
LINE = Text(r"\S", "a line of text")
COLOUR = Text(r"^#[0-9A-Fa-f]{6}$", "a colour such as #000000", 7)
USER = Text(r"^[^\s*$]+$", "a UserId", 64)
USER_OR_PREFIX = Text(r"^[^\s*$]+(\.\*\$)?$", "a UserId such as alice or a prefix such as class-.*$", 64)
IMAGE = Text(
    r"^https?://[A-Za-z0-9._~:/?#\[\]@!&()*+,%=-]+\.(jpg|jpeg|png)(\?[A-Za-z0-9._~:/?#\[\]@!&()*+,%=-]*)?$",
    "an http or https address of a jpg, jpeg or png",
    2048,
)
REGION = Text(r"^[a-z0-9][a-z0-9-]*$", "a region such as ap-singapore", 64)
SECRET = Reference()
CALLBACK_KEYS = References(2)
STREAM = Word(("main", "aux"))
RENDER_MODE = Word(("stretch", "crop", "letterbox", "smart-stretch"))


def time(minimum: str, maximum: str, step: int = 1, forever: bool = False) -> Amount:
    """A stretch of time; `step` in seconds."""
    return Amount(Dimension.TIME, minimum, maximum, step, forever)


def seconds(amount: int | None) -> Quantity:
    """A time of `amount` seconds; None is for ever."""
    return Quantity(Dimension.TIME, amount)


def bitrate(minimum: str, maximum: str) -> Amount:
    """A kind of bitrate from `minimum` to `maximum`, such as `64kbps`."""
    return Amount(Dimension.BITRATE, minimum, maximum)
