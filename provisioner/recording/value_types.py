"""Kinds of leaf values: how each is read, written canonically and described to a JSON Schema."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol

from provisioner.foundation.errors import did_you_mean
from provisioner.recording.quantities import FOREVER, Dimension, Quantity

Value = bool | int | str | Quantity | tuple[str, ...]
"""A leaf of a spec or of the console: immutable, comparable by value."""


class Kind(Protocol):
    """One kind of leaf: a value, equal to another one that takes the same."""

    def __hash__(self) -> int:
        """As of what is equal."""

    @property
    def takes(self) -> str:
        """What fits, in words that follow "takes": the range with its unit."""

    def parse(self, raw: object) -> Value:
        """The value of a JSON-typed `raw`. Raises ValueError with a sentence for the author."""

    def schema(self) -> dict[str, Any]:
        """What an editor may check: never stricter than `parse`."""


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false, and nothing that merely looks like it."""

    @property
    def takes(self) -> str:
        return "true or false"

    def parse(self, raw: object) -> Value:
        if isinstance(raw, bool):
            return raw
        raise ValueError(f"takes {self.takes}, not {describe(raw)}{_without_quotes(raw in ('true', 'false'))}")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a closed range."""

    minimum: int
    maximum: int

    @property
    def takes(self) -> str:
        return f"{self.minimum} to {self.maximum}"

    def parse(self, raw: object) -> Value:
        if isinstance(raw, bool) or not isinstance(raw, int):
            digits = isinstance(raw, str) and raw.isdecimal()
            raise ValueError(f"takes a whole number, not {describe(raw)}{_without_quotes(digits)}")
        if not self.minimum <= raw <= self.maximum:
            raise ValueError(f"takes {self.takes}, not {raw}")
        return raw

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a closed vocabulary."""

    choices: tuple[str, ...]

    @property
    def takes(self) -> str:
        return f"one of {', '.join(self.choices)}"

    def parse(self, raw: object) -> Value:
        if raw in self.choices:
            return str(raw)
        hint = did_you_mean(raw, self.choices) if isinstance(raw, str) else ""
        raise ValueError(f"takes {self.takes}, not {describe(raw)}{hint}")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices)}


@dataclass(frozen=True, slots=True)
class Words:
    """A non-empty set of words; canonical order is the vocabulary's."""

    choices: tuple[str, ...]

    @property
    def takes(self) -> str:
        return f"a list of {', '.join(self.choices)}"

    def parse(self, raw: object) -> Value:
        if not isinstance(raw, (list, tuple)) or not raw:
            raise ValueError(f"takes {self.takes}, not {describe(raw)}")
        for index, word in enumerate(raw):
            Word(self.choices).parse(word)
            if word in raw[:index]:
                raise ValueError(f"names {word} twice")
        return tuple(word for word in self.choices if word in raw)

    def schema(self) -> dict[str, Any]:
        item = {"type": "string", "enum": list(self.choices)}
        return {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text that a pattern describes; `hint` says in words what fits."""

    pattern: str
    hint: str
    longest: int = 256

    @property
    def takes(self) -> str:
        return f"{self.hint}; at most {self.longest} characters"

    def parse(self, raw: object) -> Value:
        if isinstance(raw, str) and len(raw) <= self.longest and _one_line(raw) and re.search(self.pattern, raw):
            return raw
        raise ValueError(f"takes {self.hint}, not {describe(raw)}")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": self.pattern, "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Texts:
    """A non-empty set of texts, at most `most`; canonical order is the alphabet's."""

    text: Text
    most: int

    @property
    def takes(self) -> str:
        return f"a list of at most {self.most} texts, each {self.text.hint}"

    def parse(self, raw: object) -> Value:
        if not isinstance(raw, (list, tuple)) or not 0 < len(raw) <= self.most:
            many = f"{len(raw)} of them" if isinstance(raw, (list, tuple)) else describe(raw)
            raise ValueError(f"takes {self.takes}, not {many}")
        texts: set[str] = set()
        for item in raw:
            text = str(self.text.parse(item))
            if text in texts:
                raise ValueError(f"names {text} twice")
            texts.add(text)
        return tuple(sorted(texts))

    def schema(self) -> dict[str, Any]:
        items = {**self.text.schema(), "description": self.text.hint}
        return {"type": "array", "items": items, "minItems": 1, "maxItems": self.most, "uniqueItems": True}


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is found. A secret written out is refused, and the refusal does not repeat it."""

    @property
    def takes(self) -> str:
        return "a reference (env:NAME or file:PATH), never the secret itself"

    def parse(self, raw: object) -> Value:
        if isinstance(raw, str) and len(raw) <= 256 and _one_line(raw) and re.search(_REFERENCE, raw):
            return raw
        raise ValueError(f"takes {self.takes}")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": _REFERENCE, "maxLength": 256}


@dataclass(frozen=True, slots=True)
class References:
    """Where secrets are found of which any one may hold, as two keys do while one replaces the other; sorted."""

    most: int

    @property
    def takes(self) -> str:
        return f"a list of at most {self.most} references (env:NAME or file:PATH), never the secrets themselves"

    def parse(self, raw: object) -> Value:
        if not isinstance(raw, (list, tuple)) or not 0 < len(raw) <= self.most:
            raise ValueError(f"takes {self.takes}")
        references = {str(Reference().parse(item)) for item in raw}
        if len(references) < len(raw):
            raise ValueError("names one reference twice")
        return tuple(sorted(references))

    def schema(self) -> dict[str, Any]:
        items = {
            **Reference().schema(),
            "description": "Where a secret is found: env:NAME or file:PATH.",
            "x-secret": True,
        }
        return {"type": "array", "items": items, "minItems": 1, "maxItems": self.most, "uniqueItems": True}


_REFERENCE = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:\S+)$"


def _one_line(raw: str) -> bool:
    """No line break hides behind a pattern's `$`, and no control character at all."""
    return not re.search(r"[\x00-\x1f\x7f]", raw)


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity with its unit, between two quantities of the same dimension; `step` in base units.

    `choices` are canonical texts: where there are any, no other quantity fits.
    """

    dimension: Dimension
    minimum: str
    maximum: str
    step: int = 1
    forever: bool = False
    choices: tuple[str, ...] = ()

    @property
    def takes(self) -> str:
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        steps = f" in multiples of {Quantity(self.dimension, self.step)}" if self.step > 1 else ""
        return f"{self.minimum} to {self.maximum}{steps}" + (f" or {FOREVER}" if self.forever else "")

    def parse(self, raw: object) -> Value:
        if not isinstance(raw, str):
            unit = next(iter(self.dimension.units))
            example = (
                f'; write the unit, such as "{raw}{unit}"' if isinstance(raw, int) and not isinstance(raw, bool) else ""
            )
            raise ValueError(f"takes a quantity with its unit, not {describe(raw)}{example}")
        quantity = Quantity.parse(raw, self.dimension)
        if self.choices and str(quantity) not in self.choices:
            raise ValueError(f"takes {self.takes}, not {raw}")
        if quantity.amount is None:
            if self.forever:
                return quantity
            raise ValueError(f"takes {self.minimum} to {self.maximum}, not {FOREVER}")
        low, high = (Quantity.parse(bound, self.dimension).amount or 0 for bound in (self.minimum, self.maximum))
        if not low <= quantity.amount <= high:
            also = f" or {FOREVER}" if self.forever else ""
            raise ValueError(f"takes {self.minimum} to {self.maximum}{also}, not {raw}")
        if quantity.amount % self.step:
            raise ValueError(f"takes multiples of {Quantity(self.dimension, self.step)}, not {raw}")
        return quantity

    def schema(self) -> dict[str, Any]:
        units = "|".join(self.dimension.units)
        number = r"(0|[1-9][0-9]*)" + (r"(\.[0-9]+)?" if self.dimension is Dimension.FREQUENCY else "")
        ever = f"|{FOREVER}" if self.forever else ""
        return {"type": "string", "pattern": f"^({number}({units}){ever})$"}


def _without_quotes(quoted: bool) -> str:
    return "; write it without quotes" if quoted else ""


def describe(raw: object) -> str:
    """How an error names a value it refuses; long texts are cut."""
    if isinstance(raw, str):
        shown = raw if len(raw) <= 40 else raw[:37] + "..."
        return f'"{shown}"'
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, (list, tuple)):
        return "a list" if raw else "an empty list"
    return "a mapping" if isinstance(raw, dict) else str(raw)


def canonical(value: Value) -> Any:
    """The JSON form of a value: quantities as canonical text, sets as lists."""
    if isinstance(value, Quantity):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def text(value: Value) -> str:
    """One line of canonical spec text: `10s`, `true`, `[mp4, hls]`."""
    shown = canonical(value)
    if isinstance(shown, list):
        return f"[{', '.join(shown)}]"
    return str(shown).lower() if isinstance(shown, bool) else str(shown)
