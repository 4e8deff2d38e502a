"""docs/settings.md: every setting of an application, with its range, default and source, from the field table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from provisioner.recording.field import EVERY_MODE, Field, Moves
from provisioner.recording.fields import FIELDS
from provisioner.recording.paths import short
from provisioner.recording.value_types import Amount, text


def markdown() -> str:
    """A table for each block of settings, in the order of the field table."""
    return "\n".join(
        line for block, fields in groupby(FIELDS.values(), lambda field: field.block) for line in _block(block, fields)
    )


def _block(block: str, fields: Iterator[Field]) -> Iterator[str]:
    yield f"### {f'`{short(block)}`' if block else 'The application'}\n"
    yield "| setting | takes | default | what it does |"
    yield "|---|---|---|---|"
    for field in fields:
        words = (_takes(field), _default(field), " ".join(_about(field)))
        yield f"| `{field.name}` | {' | '.join(map(_cell, words))} |"
    yield ""


def _takes(field: Field) -> str:
    units = f"; units {', '.join(field.kind.dimension.units)}" if isinstance(field.kind, Amount) else ""
    return f"{field.kind.takes}{units}"


def _default(field: Field) -> str:
    if field.default is not None:
        return f"`{text(field.default)}`"
    return "must be written" if field.required else "none"


def _about(field: Field) -> Iterator[str]:
    yield field.about
    if field.modes != EVERY_MODE:
        yield f"Only in {' and '.join(sorted(mode.value for mode in field.modes))} mode."
    if field.moves is Moves.NEVER:
        yield "Belongs to its environment; never promoted."
    if field.disputed:
        yield f"Pages disagree: {field.disputed}"
    if field.wire:
        yield f"On the wire: `{field.wire.name}`."
    yield f"({field.source})"


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
