"""A comparison of two environments as text for a terminal, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.promotion.compare import ComparedLeaf, ComparedPair, Comparison, DifferenceKind
from provisioner.recording.application import Application
from provisioner.recording.fields import find, secret_reference
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, canonical, text
from provisioner.report.text.columns import aligned
from provisioner.report.text.markdown import code, escape, table
from provisioner.report.text.style import Style, plain

COMPARISON_VERSION = 1

_TOLD = (DifferenceKind.CONFLICT, DifferenceKind.MOVES, DifferenceKind.OVERRIDE, DifferenceKind.STAYS)
_ROLES = {
    DifferenceKind.CONFLICT: "danger",
    DifferenceKind.MOVES: "change",
    DifferenceKind.OVERRIDE: "warning",
    DifferenceKind.STAYS: "quiet",
}
_ABOUT = {
    DifferenceKind.CONFLICT: "both changed since the last promotion",
    DifferenceKind.MOVES: "moves on promotion",
    DifferenceKind.OVERRIDE: "{target} keeps its own",
    DifferenceKind.STAYS: "belongs to its environment",
}
_WIDEST = 24


def render_text(comparison: Comparison, style: Style = plain) -> str:
    """The comparison within 80 columns as far as values allow, ending in a line of totals."""
    source, target = comparison.pairing.source.name, comparison.pairing.target.name
    lines = [style(f"{source} -> {target}", "title"), ""]
    for pair in comparison.pairs:
        lines.extend(_pair(pair, source, target, style))
    lines.extend(_alone(source, target, comparison.pairing.only_source, "promote writes a file to fill in"))
    lines.extend(_alone(target, source, comparison.pairing.only_target, "it stays as it is"))
    return "\n".join([*lines, style(totals(comparison), "title")]) + "\n"


def totals(comparison: Comparison) -> str:
    """How many leaves would move, stay and conflict, in one line."""
    counted = {kind: comparison.count(kind) for kind in _TOLD}
    alone = len(comparison.pairing.only_source) + len(comparison.pairing.only_target)
    parts = [
        f"{counted[DifferenceKind.MOVES]} to move",
        *([f"{counted[DifferenceKind.CONFLICT]} in conflict"] if counted[DifferenceKind.CONFLICT] else []),
        f"{counted[DifferenceKind.OVERRIDE]} overridden",
        f"{counted[DifferenceKind.STAYS]} stay",
        f"{comparison.count(DifferenceKind.SAME)} same",
        *([f"{alone} unpaired"] if alone else []),
    ]
    return f"{comparison.pairing.source.name} -> {comparison.pairing.target.name}: {', '.join(parts)}."


def _pair(pair: ComparedPair, source: str, target: str, style: Style) -> Iterator[str]:
    told = pair.having(*_TOLD)
    head = _names(pair)
    if not told:
        yield style(f"= {head}  the same", "quiet")
    else:
        moving = pair.having(DifferenceKind.MOVES, DifferenceKind.CONFLICT)
        yield style(f"{'~' if moving else '='} {head}", "change" if moving else "title")
        rows = [("", "", source, target)]
        for kind in _TOLD:
            for leaf in pair.having(kind):
                ours, theirs = (_short_value(leaf.path, value) for value in (leaf.source, leaf.target))
                rows.append((kind.value, short(leaf.path), ours, theirs))
        roles = ["quiet", *(_ROLES[kind] for kind in _TOLD for _ in pair.having(kind))]
        for line, role in zip(aligned(rows), roles, strict=True):
            yield f"    {style(line, role)}".rstrip()
    yield ""


def _names(pair: ComparedPair) -> str:
    return pair.source.name if pair.source.name == pair.target.name else f"{pair.source.name} -> {pair.target.name}"


def _alone(where: str, elsewhere: str, applications: tuple[Application, ...], then: str) -> Iterator[str]:
    if applications:
        yield f"In {where} only: {', '.join(app.name for app in applications)}"
        yield f"    no counterpart in {elsewhere}; {then}"
        yield ""


def _value(path: str, value: Value | None) -> str:
    field = find(path)
    if value is None:
        return "(not set)"
    hidden = field is None or field.secret
    return printable((secret_reference(path, value) or "(hidden)") if hidden else text(value))


def _short_value(path: str, value: Value | None) -> str:
    shown = _value(path, value)
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"


def render_markdown(comparison: Comparison) -> str:
    """A heading, a table for each application that differs, and the totals."""
    source, target = comparison.pairing.source.name, comparison.pairing.target.name
    lines = [f"### {escape(source)} → {escape(target)}", ""]
    for pair in comparison.pairs:
        if told := [leaf for kind in _TOLD for leaf in pair.having(kind)]:
            rows = [_row(leaf, target) for leaf in told]
            lines += [f"**{escape(_names(pair))}**", "", *table(["value", source, target, ""], rows), ""]
    for where, apps in ((source, comparison.pairing.only_source), (target, comparison.pairing.only_target)):
        if apps:
            lines += [f"Only in {escape(where)}: {', '.join(code(app.name) for app in apps)}", ""]
    return "\n".join([*lines, escape(totals(comparison))]) + "\n"


def _row(leaf: ComparedLeaf, target: str) -> list[str]:
    about = _ABOUT[leaf.kind].format(target=escape(target))
    return [code(short(leaf.path)), *(code(_value(leaf.path, value)) for value in (leaf.source, leaf.target)), about]


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Version 1 of the JSON form. Values are canonical spec text, null is "not set" (or a secret: references too)."""
    pairing = comparison.pairing
    return {
        "comparisonVersion": COMPARISON_VERSION,
        "source": pairing.source.name,
        "target": pairing.target.name,
        "applications": [
            {
                "source": pair.source.name,
                "target": pair.target.name,
                "leaves": [_leaf(leaf) for leaf in pair.having(*_TOLD)],
                "same": len(pair.having(DifferenceKind.SAME)),
            }
            for pair in comparison.pairs
        ],
        "noCounterpart": {
            "source": [app.name for app in pairing.only_source],
            "target": [app.name for app in pairing.only_target],
        },
        "totals": {kind.value: comparison.count(kind) for kind in DifferenceKind},
    }


def _leaf(leaf: ComparedLeaf) -> dict[str, Any]:
    ours, theirs = (None if value is None else canonical(value) for value in (leaf.source, leaf.target))
    return {"path": leaf.path, "kind": leaf.kind.value, "source": ours, "target": theirs}
