"""`minimumRetention`: how long the applications of an environment keep their files at least."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.field import Field, Moves
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.findings import Finding
from provisioner.recording.quantities import Quantity
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.field_schemas import leaf
from provisioner.specs.yaml.checks import unfit
from provisioner.specs.yaml.reader import Node

_NAME = "minimumRetention"
_FIELD = Field(
    f"/{_NAME}",
    FIELDS[f"{SETTINGS}/storage/vod/retention"].kind,
    "The shortest storage.vod.retention that an application of this environment may have. Without it a tier's "
    "usual minimum is only advice.",
    "This tool",
    Moves.NEVER,
)


def _check(node: Node, file: str) -> Iterator[Finding]:
    """Range, step and unit."""
    entry = node.below(_NAME)
    try:
        _FIELD.kind.parse(entry.plain())
    except ValueError as reason:
        yield unfit(f"{_NAME} {reason}", entry, file, _FIELD.path)


def _read(source: KeySource) -> Quantity | None:
    raw = source.get(_NAME)
    value = None if raw is None else _FIELD.kind.parse(raw)
    return value if isinstance(value, Quantity) else None


MINIMUM_RETENTION: Key[Quantity | None] = Key(_NAME, lambda: leaf(_FIELD), _read, _check, speaks=True)
