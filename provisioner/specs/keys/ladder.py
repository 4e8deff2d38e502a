"""`ladder`: which environments may be promoted into this one."""

from __future__ import annotations

from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import NAME, Schema


def _schema() -> Schema:
    return {
        "type": "array",
        "items": {**NAME, "description": "An environment."},
        "minItems": 1,
        "uniqueItems": True,
        "description": "Which environments may be promoted into this one; by default those of the tier below.",
    }


def _read(source: KeySource) -> tuple[str, ...] | None:
    names = source.get("ladder")
    return None if names is None else tuple(names)


LADDER: Key[tuple[str, ...] | None] = Key("ladder", _schema, _read)
"""Names of environments; None: all of the next tier below."""
