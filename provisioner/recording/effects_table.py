"""The tables of docs/consequences.md, written from `effects.py`: every field, every kind of change, what it does."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.consequences import Consequence
from provisioner.recording.effects import NO_SETTING, ChangeEffect, effect, possible_kinds, told_fields
from provisioner.recording.field import Field, Mode
from provisioner.recording.paths import short

Row = tuple[str, str, str]


def markdown() -> str:
    """The table; fields of which all is the same share their rows."""
    same: dict[tuple[Row, ...], list[str]] = {}
    for field in told_fields():
        same.setdefault(tuple(_rows(field)), []).append(f"`{short(field.path)}`")
    lines = ["| field | when it | carrying that out | the console has it, the specs do not |", "|---|---|---|---|"]
    for rows, names in same.items():
        lines += [f"| {' '.join(names)} | {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, *(f"| `{short(path)}` | changes | {why} | |" for path, why in NO_SETTING.items())])


def _rows(field: Field) -> Iterator[Row]:
    found: dict[ChangeEffect, list[str]] = {}
    for kind in possible_kinds(field):
        if known := effect(field.path, kind):
            found.setdefault(known, []).append(kind.value)
    for known, kinds in found.items():
        now = _said(known.now) if known.now and Mode.AUTO in field.modes else "in no console: manual mode only"
        yield ", ".join(kinds), _said(known.does), now


def _said(what: Consequence | None) -> str:
    return "nothing is lost" if what is None else f"{what.severity.name} [{what.id}](rules.md#{what.id})"
