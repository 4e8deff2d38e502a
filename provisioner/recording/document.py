"""The effective document as people and other programs see it: nested, JSON-typed, canonical."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from provisioner.recording.fields import find, reading_order
from provisioner.recording.value_types import Value, canonical


def nest(values: Mapping[str, Value]) -> dict[str, Any]:
    """The document that holds each value at its path, in field order."""
    document: dict[str, Any] = {}
    for path in sorted(filter(find, values), key=reading_order):
        *blocks, leaf = path.split("/")[1:]
        node = document
        for block in blocks:
            node = node.setdefault(block, {})
        node[leaf] = canonical(values[path])
    return document


def flatten(document: Mapping[str, Any]) -> dict[str, Value]:
    """The values of a nested document. Raises ValueError naming the first path that is unknown or refused."""
    values: dict[str, Value] = {}
    _collect(document, "", values)
    return values


def _collect(node: Mapping[str, Any], path: str, values: dict[str, Value]) -> None:
    for key, child in node.items():
        below = f"{path}/{key}"
        if field := find(below):
            try:
                whole = _whole(child)
                values[below] = field.kind.parse(whole) if isinstance(whole, (list, dict)) else _parsed(below, whole)
            except ValueError as reason:
                raise ValueError(f"{below[1:].replace('/', '.')} {reason}") from None
        elif isinstance(child, Mapping):
            _collect(child, below, values)
        else:
            raise ValueError(f"{below[1:].replace('/', '.')} is no field of an application")


@lru_cache(maxsize=1 << 13, typed=True)
def _parsed(path: str, raw: str | float | bool | None) -> Value:
    """Few values stand in one application only. Raises ValueError."""
    field = find(path)
    assert field is not None
    return field.kind.parse(raw)


def _whole(raw: Any) -> Any:
    """Protocols that know only floating point send 8 as 8.0."""
    return int(raw) if isinstance(raw, float) and raw.is_integer() else raw
