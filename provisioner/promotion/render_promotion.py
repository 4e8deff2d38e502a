"""A promotion as text for a terminal and as JSON: what is promoted, what is not, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.promotion.file_values import ABSENT
from provisioner.promotion.gates import GATES
from provisioner.promotion.merge import MergedLeaf, Resolution
from provisioner.promotion.promote import Promotion
from provisioner.promotion.proposal import Move
from provisioner.recording.paths import short
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain
from provisioner.specs.documents.promotion_record import JudgedGate
from provisioner.specs.yaml import canonical

PROMOTION_VERSION = 1
_WIDTH = 80


def render_promotion(promotion: Promotion, style: Style = plain) -> str:
    """What would be written, application by application, ending in a line of totals."""
    lines = [style(headline(promotion), "title"), ""]
    for name, move in promotion.moves.items():
        lines += [style(f"~ {name}  {printable(move.target.where.file)}", "change"), *_steps(move), ""]
    for name, move in promotion.conflicts.items():
        lines += [style(f"! {name}  both changed it since the last promotion: left alone", "danger")]
        lines += [*_conflicts(move, promotion), ""]
    for entry in promotion.new_applications:
        questions = ", ".join(map(short, entry.questions))
        lines += [style(f"+ {entry.application.name}  {entry.file}", "change"), f"    TODO: {questions}", ""]
    for name, hold in promotion.held.items():
        lines += [style(f"= {name}  held since {hold.since}: {printable(hold.reason)}", "warning"), ""]
    return "\n".join([*lines, style(totals(promotion), "title")]) + "\n"


def render_gates(gates: Mapping[str, JudgedGate], style: Style = plain) -> str:
    """A line for each gate: its verdict, and its evidence."""
    roles = {"pass": "good", "fail": "danger", "unknown": "warning"}
    return "".join(
        f"{style(line, roles[said.verdict])}\n" for name, said in gates.items() for line in _gate(name, said)
    )


def _gate(name: str, said: JudgedGate) -> list[str]:
    head = f"{said.verdict:<7}  {name:<11}  "
    return textwrap.wrap(_seen(said), _WIDTH, initial_indent=head, subsequent_indent=" " * len(head))


def _seen(said: JudgedGate) -> str:
    by = f" (bypassed until {said.bypass.expires}: {said.bypass.reason})" if said.bypass else ""
    return printable(said.evidence + by)


def gates_document(promotion: Promotion, stops: Sequence[str]) -> dict[str, Any]:
    """Version 1 of the JSON form of `--check`."""
    return {
        "gatesVersion": 1,
        "source": promotion.source,
        "target": promotion.target.name,
        "applications": [*promotion.moves],
        "passed": not stops,
        "stops": [*stops],
        "gates": {
            name: {"about": GATES[name].about, **said.statement()} for name, said in promotion.record.gates.items()
        },
    }


def headline(promotion: Promotion) -> str:
    """From where to where, and from which commit."""
    record = promotion.record
    where = f"{promotion.source} -> {promotion.target.name}"
    commit = f", from commit {record.commit[:12]}" if record.commit else ""
    return f"{where}, back to {record.restores}" if record.restores else f"{where}{commit}"


def totals(promotion: Promotion) -> str:
    """How many applications move, conflict and stay, in one line."""
    parts = [f"{len(promotion.moves)} to {'restore' if promotion.record.restores else 'promote'}"]
    counted = (
        (len(promotion.conflicts), "in conflict"),
        (len(promotion.new_applications), "new, with TODOs"),
        (len(promotion.held), "held"),
    )
    parts += [f"{count} {what}" for count, what in counted if count]
    return f"{promotion.source} -> {promotion.target.name}: {', '.join(parts)}."


def said(value: Any) -> str:
    """A value as YAML on one line."""
    return "(not set)" if value is ABSENT else printable(canonical.flow(value))


def _steps(move: Move) -> Iterator[str]:
    rows = [
        (f"    {short(step.path)}", f"{said(step.target)} -> {said(step.source)}")
        for step in move.having(Resolution.MOVES)
    ]
    yield from aligned(rows) if rows else ["    nothing moves; what was decided is recorded"]
    if kept := _kept(move):
        yield f"    stays as {move.target.environment} has it: {', '.join(short(step.path) for step in kept)}"


def _kept(move: Move) -> list[MergedLeaf]:
    return [step for step in move.having(Resolution.KEPT) if step.target != step.source]


def _conflicts(move: Move, promotion: Promotion) -> Iterator[str]:
    head = ("", promotion.source, promotion.target.name, "last promotion")
    rows = [
        (short(step.path), said(step.source), said(step.target), "(none)" if step.base is None else said(step.base))
        for step in move.conflicts
    ]
    yield from (f"    {line}" for line in aligned([head, *rows]))
    yield f"    make both say the same, or choose: --app {move.target.name} --prefer {promotion.source}"


def promotion_document(promotion: Promotion) -> dict[str, Any]:
    """Version 1 of the JSON form. What a file does not mention has no key; null deletes, {} is an empty block."""
    return {
        "promotionVersion": PROMOTION_VERSION,
        "source": promotion.source,
        "target": promotion.target.name,
        "record": promotion.record.statement(),
        "moves": {
            name: {"file": move.target.where.file, "steps": [_document(step) for step in move.having(Resolution.MOVES)]}
            for name, move in promotion.moves.items()
        },
        "conflicts": {name: [_document(step) for step in move.conflicts] for name, move in promotion.conflicts.items()},
        "new": {
            entry.application.name: {"file": entry.file, "fillIn": [*entry.questions]}
            for entry in promotion.new_applications
        },
        "held": {name: {"reason": hold.reason, "since": hold.since} for name, hold in promotion.held.items()},
        "files": sorted(promotion.changes),
    }


def _document(step: MergedLeaf) -> dict[str, Any]:
    sides = {"source": step.source, "target": step.target, "last": ABSENT if step.base is None else step.base}
    return {"path": step.path, **{side: value for side, value in sides.items() if value is not ABSENT}}
