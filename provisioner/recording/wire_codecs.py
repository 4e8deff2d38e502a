"""Between values and their JSON forms on the public wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from provisioner.foundation.text_safety import LONGEST_SHOWN, excerpt
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)

LONGEST_TEXT = 4096
"""Characters; twice what the longest setting, a callback's address, may have."""


def _told(wire: Any) -> str:
    """A stranger's JSON as a message shows it."""
    return excerpt(repr(wire[:LONGEST_SHOWN]) if isinstance(wire, str) else repr(wire))


def _text(wire: Any) -> bool:
    return isinstance(wire, str) and len(wire) <= LONGEST_TEXT


MILLISECOND = "1ms"
"""What a console may count times in, and no spec does."""


def units_of(dimension: Dimension) -> Mapping[str, Fraction]:
    """What a console may count in, each in base units: what specs take, and milliseconds."""
    known = {unit: Fraction(factor) for unit, factor in dimension.units.items()}
    return {**known, "ms": Fraction(1, 1000)} if dimension is Dimension.TIME else known


class Codec(Protocol):
    """Between a value and its JSON form on the wire; `decode` raises ValueError on anything unforeseen."""

    def encode(self, value: Value) -> Any:
        """The JSON form of a value that the field's kind has accepted."""
        ...

    def decode(self, wire: Any) -> Value:
        """The value of a JSON form. Raises ValueError with a sentence that begins after the field's name."""
        ...


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number as it is."""

    def encode(self, value: Value) -> Any:
        return value

    def decode(self, wire: Any) -> Value:
        if isinstance(wire, int) and not isinstance(wire, bool):
            return wire
        raise ValueError(f"is no whole number: {_told(wire)}")


@dataclass(frozen=True, slots=True)
class String:
    """Text as it is."""

    def encode(self, value: Value) -> Any:
        return value

    def decode(self, wire: Any) -> Value:
        if _text(wire):
            return str(wire)
        raise ValueError(f"is no text of at most {LONGEST_TEXT} characters: {_told(wire)}")


@dataclass(frozen=True, slots=True)
class Codes:
    """A closed vocabulary: `words` maps values (words, flags, numbers, sets of words) to codes."""

    words: Mapping[Value, Any]

    def encode(self, value: Value) -> Any:
        if value not in self.words:
            raise ValueError(f"has no code for {value}")
        return self.words[value]

    def decode(self, wire: Any) -> Value:
        for word, code in self.words.items():
            if code == wire and type(code) is type(wire):
                return word
        raise ValueError(f"is no known code: {_told(wire)}")


@dataclass(frozen=True, slots=True)
class WordList:
    """A set of words as a list, in the vocabulary's order."""

    order: tuple[str, ...]

    def encode(self, value: Value) -> Any:
        return list(value) if isinstance(value, tuple) else value

    def decode(self, wire: Any) -> Value:
        if isinstance(wire, list) and all(word in self.order for word in wire):
            return tuple(word for word in self.order if word in wire)
        raise ValueError(f"is no list of {', '.join(self.order)}: {_told(wire)}")


@dataclass(frozen=True, slots=True)
class CodeList:
    """A set of words as a list of codes, in the vocabulary's order."""

    words: Mapping[str, Any]

    def encode(self, value: Value) -> Any:
        assert isinstance(value, tuple)
        if unknown := [word for word in value if word not in self.words]:
            raise ValueError(f"has no code for {unknown[0]}")
        return [self.words[word] for word in value]

    def decode(self, wire: Any) -> Value:
        if isinstance(wire, list):
            single = Codes(dict(self.words.items()))
            found = {single.decode(item) for item in wire}
            return tuple(word for word in self.words if word in found)
        raise ValueError(f"is no list of codes: {_told(wire)}")


@dataclass(frozen=True, slots=True)
class AsText:
    """What `inner` writes as a number or a list, written as text: decimal digits, or joined by `separator`."""

    inner: Codec
    separator: str = ""

    def encode(self, value: Value) -> Any:
        wire = self.inner.encode(value)
        return self.separator.join(map(str, wire)) if isinstance(wire, list) else str(wire)

    def decode(self, wire: Any) -> Value:
        if not _text(wire):
            raise ValueError(f"is no text of at most {LONGEST_TEXT} characters: {_told(wire)}")
        if self.separator:
            return self.inner.decode(str(wire).split(self.separator))
        if not _WHOLE.fullmatch(wire):
            raise ValueError(f"is no whole number written as text: {_told(wire)}")
        return self.inner.decode(int(wire))


@dataclass(frozen=True, slots=True)
class TextList:
    """A set of texts as a list, sorted."""

    def encode(self, value: Value) -> Any:
        return list(value) if isinstance(value, tuple) else value

    def decode(self, wire: Any) -> Value:
        if isinstance(wire, list) and all(map(_text, wire)):
            return tuple(sorted(wire))
        raise ValueError(f"is no list of texts: {_told(wire)}")


@dataclass(frozen=True, slots=True)
class Count:
    """A quantity as a whole number of `unit` base units; `forever` is the number that means for ever.

    `per` is into how many parts a base unit is divided first: 1000 where milliseconds are counted.
    """

    dimension: Dimension
    unit: int = 1
    forever: int | None = None
    per: int = 1

    def encode(self, value: Value) -> Any:
        assert isinstance(value, Quantity)
        return self.forever if value.amount is None else value.amount * self.per // self.unit

    def decode(self, wire: Any) -> Value:
        if not isinstance(wire, int) or isinstance(wire, bool):
            raise ValueError(f"is no whole number: {_told(wire)}")
        forever = self.forever is not None and wire == self.forever
        if not forever and wire % self.per:
            raise ValueError(f"is no whole number of {next(iter(self.dimension.units))}: {_told(wire)}")
        return Quantity(self.dimension, None if forever else wire * self.unit // self.per)


@dataclass(frozen=True, slots=True)
class FolderList:
    """A path as the list of its folders."""

    def encode(self, value: Value) -> Any:
        return str(value).split("/")

    def decode(self, wire: Any) -> Value:
        if isinstance(wire, list) and wire and all(map(_text, wire)):
            return "/".join(wire)
        raise ValueError(f"is no list of folders: {_told(wire)}")


@dataclass(frozen=True, slots=True)
class Wire:
    """A field's public name and codec.

    `rest` is how CreateCloudRecording spells what the template spells otherwise; which of several members it fills
    depends on the storage.
    """

    name: str
    codec: Codec
    rest: tuple[Wire, ...] = ()

    @property
    def member(self) -> str:
        """What the vendor's type calls it, such as `MaxIdleTime`; empty for what only the console has."""
        return "" if self.name.startswith("console: ") else self.name.rpartition(".")[2]


def numbered(*words: str, start: int = 0) -> Codes:
    """Words whose codes are their places, counted from `start`."""
    return Codes({word: code for code, word in enumerate(words, start)})
