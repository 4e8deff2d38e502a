"""Each leaf of an application explained: who set it, what it overrode, what it takes, what it is called on the wire."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application, Leaf
from provisioner.recording.field import EVERY_MODE, Field, Moves
from provisioner.recording.fields import find, pattern
from provisioner.recording.paths import short
from provisioner.recording.value_types import Amount, canonical, text
from provisioner.recording.wire import WIRE
from provisioner.report.text.style import Style, plain

EXPLAIN_VERSION = 1
_WIDTH = 80
_LABEL = 12

_MOVES = {Moves.ON_PROMOTION: "on promotion", Moves.NEVER: "never; it belongs to its environment"}


class LeafState(Enum):
    """What becomes of a setting. `inert` is set but unused, `deleted` was removed by null."""

    EFFECTIVE = "effective"
    INERT = "inert"
    DELETED = "deleted"
    NOT_SET = "not-set"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One leaf. `leaf` is None where no file and no default has ever set it."""

    path: str
    field: Field
    leaf: Leaf | None
    state: LeafState

    @property
    def history(self) -> list[Leaf]:
        """Who said what, strongest first; a value of None is a deletion by null."""
        said, step = [], self.leaf
        while step is not None:
            said.append(step)
            step = step.overrode
        return said

    @property
    def units(self) -> list[str]:
        """Units that a quantity may be written in; none for everything else."""
        return list(self.field.kind.dimension.units) if isinstance(self.field.kind, Amount) else []

    @property
    def wire(self) -> tuple[str, Any] | None:
        """The public name and what is sent: nothing of an inert leaf, nor of a secret before it is resolved."""
        entry = WIRE.get(pattern(self.path))
        if entry is None:
            return None
        effective = self.state is LeafState.EFFECTIVE and not self.field.secret
        value = self.leaf.value if self.leaf and effective else None
        try:
            return entry.name, None if value is None else entry.codec.encode(value)
        except ValueError:  # a word that stands for no code, such as the vendor vod: its own block is what is sent
            return entry.name, None


def explain(application: Application, paths: Sequence[str]) -> list[Explanation]:
    """Explanations of `paths`, in order; paths without a setting are left out."""
    found = []
    for path in paths:
        if field := find(path):
            leaf, state = _leaf_of(application, path)
            found.append(Explanation(path, field, leaf, state))
    return found


def _leaf_of(application: Application, path: str) -> tuple[Leaf | None, LeafState]:
    if leaf := application.leaves.get(path):
        return leaf, LeafState.EFFECTIVE
    if leaf := application.inert.get(path):
        return leaf, LeafState.DELETED if leaf.value is None else LeafState.INERT
    return None, LeafState.NOT_SET


def render_explanations(explanations: Sequence[Explanation], style: Style = plain) -> str:
    """A block for each setting, in 80 columns as far as file names and long words allow."""
    return "\n".join("".join(f"{line}\n" for line in _card(entry, style)) for entry in explanations)


def _card(entry: Explanation, style: Style) -> Iterator[str]:
    field, history = entry.field, entry.history
    value = printable(text(history[0].value)) if history and history[0].value is not None else "(not set)"
    role = "change" if entry.state is LeafState.EFFECTIVE else "quiet"
    yield f"{style(short(entry.path), 'title')}: {style(value, role)}"
    deleted = entry.state is LeafState.DELETED
    if entry.state is LeafState.INERT:
        yield from _row("unused", "storage.vendor names another storage")
    if history:
        yield from _row("deleted" if deleted else "set by", set_by_words(history[0]))
    for index, step in enumerate(history[1:]):
        said = "deletion" if step.value is None else printable(text(step.value))
        yield from _row("" if index else "overrode", f"{said}, by {set_by_words(step)}")
    yield from _row("takes", field.kind.takes)
    if entry.units:
        yield from _row("units", ", ".join(entry.units))
    yield from _row("default", _default(field))
    if field.modes != EVERY_MODE:
        yield from _row("only in", f"{' and '.join(sorted(mode.value for mode in field.modes))} mode")
    yield from _row("moves", _MOVES[field.moves])
    if wire := entry.wire:
        yield from _row("wire", wire[0] if wire[1] is None else f"{wire[0]} = {printable(json.dumps(wire[1]))}")
    yield from _row("about", field.about)
    if field.disputed:
        yield from _row("disputed", field.disputed)
    yield from _row("source", field.source)


def set_by_words(leaf: Leaf) -> str:
    """Who said it, and where."""
    return f"{leaf.layer.value} {printable(str(leaf.where))}" if leaf.where else "schema default"


def _default(field: Field) -> str:
    if field.default is not None:
        return text(field.default)
    return "none: it has to be written" if field.required else "none"


def _row(label: str, words: str) -> list[str]:
    indent = " " * _LABEL
    return textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=f"  {label:<{_LABEL - 2}}",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def explanation_document(application: Application, explanations: Sequence[Explanation]) -> dict[str, Any]:
    """Version 1 of the JSON form.

    Each leaf has `path` (RFC 6901 into the effective document), `state` (effective, inert, deleted, not-set), `value`
    (canonical, null where it is not set), `setBy` and `overrode` (strongest first), each with `layer` (schema,
    template, environment, application), `value` (null is a deletion) and `origin` {file, line, column} or null for
    the schema; then what is known of the field: `takes`, `units`, `default`, `required`, `modes`, `promotes`,
    `secret`, `wire` {name, value} or null, `about`, `disputed`, `source`.
    """
    return {
        "explainVersion": EXPLAIN_VERSION,
        "environment": application.environment,
        "application": application.name,
        "leaves": [_leaf(entry) for entry in explanations],
    }


def _leaf(entry: Explanation) -> dict[str, Any]:
    field, history, wire = entry.field, [_said(step) for step in entry.history], entry.wire
    return {
        "path": entry.path,
        "state": entry.state.value,
        "value": history[0]["value"] if history else None,
        "setBy": history[0] if history else None,
        "overrode": history[1:],
        "takes": field.kind.takes,
        "units": entry.units,
        "default": None if field.default is None else canonical(field.default),
        "required": field.required,
        "modes": sorted(mode.value for mode in field.modes),
        "promotes": field.moves is Moves.ON_PROMOTION,
        "secret": field.secret,
        "wire": {"name": wire[0], "value": wire[1]} if wire else None,
        "about": field.about,
        "disputed": field.disputed,
        "source": field.source,
    }


def _said(leaf: Leaf) -> dict[str, Any]:
    where = leaf.where
    return {
        "layer": leaf.layer.value,
        "value": None if leaf.value is None else canonical(leaf.value),
        "origin": {"file": where.file, "line": where.line, "column": where.column} if where else None,
    }
