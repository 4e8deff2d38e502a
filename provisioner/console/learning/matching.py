"""Whether what stands at a place over several rounds is one field, and how that field is coded there."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from provisioner.console.learning.sheet import before, rounds
from provisioner.foundation.text_safety import printable
from provisioner.recording.fields import FIELDS
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import Value, Words
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.recording.wire_codecs import Codes, Count, FolderList, Number, String, WordList, units_of

Coding = Mapping[str, Any]
"""Keys of a binding's entry: `unit`, `forever`, `codes`, `as`; empty where the public wire's coding holds."""

Pair = tuple[Value, Any]
"""A field's value in a round, and what stands at a place then."""

_LONGEST_CODE = 40
_DISTINCT_NUMBER = 100
"""A number from which on one round alone tells the place; a smaller one may be anything."""


def coding(path: str, pairs: Sequence[Pair]) -> Coding | None:
    """How the field at `path` is coded if these pairs are it; None where they cannot be, or do not suffice to tell."""
    public = CONSOLE_WIRE[path].codec
    find: Callable[[str, Sequence[Pair]], Coding | None] = {
        Count: _count,
        Number: _number,
        String: _string,
        FolderList: _folders,
        WordList: _words,
        Codes: _codes,
    }[type(public)]
    return find(path, pairs) if pairs else None


def _enough(pairs: Iterable[Pair]) -> bool:
    """Whether plain values tell a place: two that differ, or one that is nobody else's."""
    wires = {str(wire) for _, wire in pairs}
    return len(wires) > 1 or any(len(wire) >= len(str(_DISTINCT_NUMBER)) for wire in wires)


def _as_numbers(pairs: Sequence[Pair]) -> tuple[list[tuple[Value, int]], Coding] | None:
    """The pairs with whole numbers; where they all travel as text, `as: text` says so."""
    if all(isinstance(wire, int) and not isinstance(wire, bool) for _, wire in pairs):
        return [(value, wire) for value, wire in pairs], {}
    if all(isinstance(wire, str) and wire.lstrip("-").isdecimal() and len(wire) < 20 for _, wire in pairs):
        return [(value, int(wire)) for value, wire in pairs], {"as": "text"}
    return None


def _number(path: str, pairs: Sequence[Pair]) -> Coding | None:
    del path
    numbers = _as_numbers(pairs)
    if numbers is None or any(value != wire for value, wire in numbers[0]) or not _enough(pairs):
        return None
    return numbers[1]


def _string(path: str, pairs: Sequence[Pair]) -> Coding | None:
    del path
    return {} if all(value == wire for value, wire in pairs) and _enough(pairs) else None


def _count(path: str, pairs: Sequence[Pair]) -> Coding | None:
    public = CONSOLE_WIRE[path].codec
    assert isinstance(public, Count)
    numbers = _as_numbers(pairs)
    if numbers is None or not _enough(pairs):
        return None
    found, as_text = numbers
    finite = [(value.amount, wire) for value, wire in found if isinstance(value, Quantity) and value.amount is not None]
    ever = {wire for value, wire in found if isinstance(value, Quantity) and value.amount is None}
    known = units_of(public.dimension)
    units = [word for word, unit in known.items() if all(amount == wire * unit for amount, wire in finite)]
    if not finite or len(units) != 1 or len(ever) > 1 or ever & {wire for _, wire in finite}:
        return None
    spelt: dict[str, Any] = dict(as_text)
    if known[units[0]] != public.unit:
        spelt["unit"] = f"1{units[0]}"
    if ever and ever != {public.forever}:
        spelt["forever"] = ever.pop()
    return spelt


def _folders(path: str, pairs: Sequence[Pair]) -> Coding | None:
    del path
    if not _enough(pairs):
        return None
    if all(isinstance(wire, list) and wire == str(value).split("/") for value, wire in pairs):
        return {}
    return {"as": "text"} if all(wire == value for value, wire in pairs) else None


def _coded(pairs: Sequence[tuple[Any, Any]]) -> dict[Any, Any] | None:
    """One code for each word, and no code for two; at least one word must have come twice, and another besides."""
    codes: dict[Any, Any] = {}
    for word, wire in pairs:
        if not isinstance(wire, (str, int)) or len(str(wire)) > _LONGEST_CODE or printable(str(wire)) != str(wire):
            return None
        if word in codes and (codes[word] != wire or type(codes[word]) is not type(wire)):
            return None
        codes[word] = wire
    distinct = {(type(code), code) for code in codes.values()}
    return codes if len(distinct) == len(codes) >= 2 and len(pairs) > len(codes) else None


def _codes(path: str, pairs: Sequence[Pair]) -> Coding | None:
    public = CONSOLE_WIRE[path].codec
    assert isinstance(public, Codes)
    codes = _coded(pairs)
    if codes is None:
        return None
    if all(_same(public.words.get(word), code) for word, code in codes.items()) and not _unseen(path, codes):
        return {}
    known = [*public.words, *(word for word in codes if word not in public.words)]
    return {"codes": {spelt(word): codes[word] for word in known if word in codes}}


def _unseen(path: str, words: Container[Value]) -> list[Value]:
    """Words of the field that the whole sheet has and these lack."""
    typed = {value for one in rounds() if (value := one.values.get(path)) is not None}
    typed |= {value for at, value in before().items() if at == path}
    coded = CONSOLE_WIRE[path].codec
    known = coded.words if isinstance(coded, Codes) else ()
    return [word for word in typed if word not in words and word in known]


def spelt(word: Value) -> str:
    """A value as a key of `codes`."""
    return str(word).lower() if isinstance(word, bool) else str(word)


def _same(code: Any, other: Any) -> bool:
    return bool(code == other and type(code) is type(other))


def _words(path: str, pairs: Sequence[Pair]) -> Coding | None:
    """A list of words as they are, of words joined, of codes, or one code for the whole list."""
    sets = [(value, wire) for value, wire in pairs if isinstance(value, tuple)]
    if len({value for value, _ in sets}) < 2:
        return None
    if all(isinstance(wire, list) for _, wire in sets):
        return _list_of_codes(path, [(set(value), wire) for value, wire in sets])
    if all(isinstance(wire, str) and set(wire.split(",")) == set(value) for value, wire in sets):
        return {"as": "text"}
    codes = _coded(sets)
    return None if codes is None else {"codes": {"+".join(words): code for words, code in codes.items()}}


def _list_of_codes(path: str, sets: list[tuple[set[str], list[Any]]]) -> Coding | None:
    if any(len(words) != len(wire) or not all(isinstance(item, (str, int)) for item in wire) for words, wire in sets):
        return None
    if all(words == set(wire) for words, wire in sets):
        return {}
    codes: dict[str, Any] = {}
    for words, wire in sorted(sets, key=lambda pair: len(pair[0])):
        unknown, left = words - codes.keys(), [item for item in wire if item not in codes.values()]
        if len(unknown) == 1 and len(left) == 1:
            codes[unknown.pop()] = left[0]
        if {codes.get(word) for word in words} != set(wire):
            return None
    kind = FIELDS[path].kind
    assert isinstance(kind, Words)
    return {"codes": {word: codes[word] for word in kind.choices if word in codes}}


def unknown_words(path: str, entry: Coding) -> list[str]:
    """Words that the sheet has and the codes learned so far lack."""
    codes = entry.get("codes")
    if codes is None:
        return []
    typed = [value for one in rounds() if (value := one.values.get(path)) is not None]
    words = {"+".join(value) if isinstance(value, tuple) else spelt(value) for value in typed}
    if not any("+" in word for word in codes):
        words = {part for word in words for part in word.split("+")}
    return sorted(words - codes.keys())
