"""The environments of the ladder side by side: text for 80 columns, Markdown and JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.promotion.gates.soak import words
from provisioner.promotion.status import Cell, Column, PromotionStatus
from provisioner.reconcile.plan.application_document import CHANGED_BY
from provisioner.reconcile.plan.members import written
from provisioner.report.text.columns import room
from provisioner.report.text.markdown import escape, table
from provisioner.report.text.style import Style, plain
from provisioner.specs.rules.observed import CONFIRMATION_ENDS, CONFIRMATION_LAPSED

STATUS_VERSION = 1

_WIDTH = 80
_GAP = 2
_NARROWEST = 20
_MOST_ROWS = 12
_MOST_NAMES = 10


def render_status(status: PromotionStatus, style: Style = plain, *, verbose: bool = False) -> str:
    """Environments as columns, applications as rows, a line for each thing to know of a cell.

    Applications of which there is the same to know are one row, and of very many rows the quiet ones are counted;
    `verbose` shows each.
    """
    groups = [(name,) for name in status.rows] if verbose else _groups(status)
    shown = groups if verbose else _first(groups, status)
    names = [*map(_row_name, shown), "unmanaged"]
    first = min(max((room(name) for name in names), default=0), 24)
    width = max((_WIDTH - first) // max(len(status.columns), 1) - _GAP, _NARROWEST)
    heads = [f"{column.environment.name} ({column.environment.tier})" for column in status.columns]
    lines = [style(_line("", heads, first, width), "title")]
    for group in shown:
        cells = [_lines(column.cells.get(group[0])) for column in status.columns]
        lines += _block(_row_name(group), cells, first, width)
    if left := sum(map(len, groups)) - sum(map(len, shown)):
        lines.append(f"and {left:,} applications more: choose by ENV/PATTERN, --owner, --differs; or --verbose")
    lines += _block("unmanaged", [_unmanaged(column) for column in status.columns], first, width)
    for column in status.columns:
        if column.unreadable:
            lines += ["", f"{column.environment.name}: {printable(column.unreadable)}"]
        for doubt in _doubts(column):
            words = f"{column.environment.name}: who changed the console cannot be verified: {printable(doubt)}."
            lines += ["", *textwrap.wrap(words, _WIDTH, subsequent_indent="  ")]
    return "\n".join(lines) + "\n"


def _groups(status: PromotionStatus) -> list[tuple[str, ...]]:
    """Rows with the same cells, in the order of the first of each."""
    found: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for name in status.rows:
        cells = tuple(tuple(_lines(column.cells.get(name))) for column in status.columns)
        found.setdefault(cells, []).append(name)
    return [tuple(names) for names in found.values()]


def _first(groups: Sequence[tuple[str, ...]], status: PromotionStatus) -> list[tuple[str, ...]]:
    """As many as two screens hold: where there are more, those first in which something differs or is held."""

    def quiet(group: tuple[str, ...]) -> bool:
        cells = [column.cells[group[0]] for column in status.columns if group[0] in column.cells]
        return not any(cell.drift or cell.drift is None or cell.application.hold or cell.age for cell in cells)

    if len(groups) <= _MOST_ROWS:
        return [*groups]
    kept = {group[0] for group in sorted(groups, key=quiet)[:_MOST_ROWS]}
    return [group for group in groups if group[0] in kept]


def _row_name(group: Sequence[str]) -> str:
    return group[0] if len(group) == 1 else f"{group[0]} and {len(group) - 1:,} more"


def _block(name: str, cells: Sequence[Sequence[str]], first: int, width: int) -> Iterator[str]:
    wrapped = [[piece for line in cell for piece in textwrap.wrap(line, width)] for cell in cells]
    heads = textwrap.wrap(name, first)
    for head, *row in zip_longest(heads, *wrapped, fillvalue=""):
        yield _line(head, row, first, width)


def _line(head: str, row: Sequence[str], first: int, width: int) -> str:
    padded = [head + " " * (first - room(head)), *(cell + " " * (width - room(cell)) for cell in row)]
    return (" " * _GAP).join(padded).rstrip()


def _lines(cell: Cell | None) -> list[str]:
    """What there is to know of an application in an environment, most important first."""
    if cell is None:
        return ["-"]
    app = cell.application
    pinned = app.value("/recording/template") or "no template"
    lines = [*_now(cell), f"{pinned} {app.mode if app.records else 'off'}", _drift(cell), *_age(cell), *_who(cell)]
    if app.hold:
        lines.append(printable(f"held: {app.hold.reason}"))
    lines += [f"soak for {wait.target}: {_soak(wait.span)}" for wait in cell.waiting]
    if cell.promoted:
        lines.append(f"{'restored' if cell.promoted.restores else 'promoted'} {cell.promoted.when:%Y-%m-%d}")
    return lines


def _now(cell: Cell) -> Iterator[str]:
    """What the console does at this moment that the specs do not say, by its words."""
    return (f"{found.severity.name} {found.id}" for found in cell.present)


def _drift(cell: Cell) -> str:
    if cell.drift is None:
        return "console not readable"
    if cell.drift:
        return f"differs: {cell.drift} value{'s' if cell.drift > 1 else ''}"
    return f"{cell.unverified} not verifiable" if cell.unverified else "as specified"


def _age(cell: Cell) -> Iterator[str]:
    """Until when somebody's confirmation counts, once that is near or past."""
    if cell.age and cell.lapses:
        yield f"confirmation {_ENDS[cell.age.id]} {cell.lapses:%Y-%m-%d}"


_ENDS = {CONFIRMATION_ENDS.id: "ends", CONFIRMATION_LAPSED.id: "ended"}


def _who(cell: Cell) -> Iterator[str]:
    """The last one who changed it; the reasons why nobody can be named stand below the table."""
    if cell.changed_by is None:
        return
    if not cell.changed_by.events:
        yield "no change in the console known" if cell.changed_by.silent else "by whom: cannot verify"
        return
    last = cell.changed_by.events[0]
    perhaps = "" if last.applications is not None else "perhaps "
    when = f"{last.at:%Y-%m-%d %H:%M}Z" if last.at else "at an unknown time"
    yield printable(f"{perhaps}by {last.who or 'an unnamed caller'} {when} from {last.address or 'an unknown address'}")


def _doubts(column: Column) -> list[str]:
    """Why it cannot be said who changed something, each reason once."""
    found = (cell.changed_by for cell in column.cells.values() if cell.changed_by)
    return list(dict.fromkeys(who.doubt for who in found if who.doubt and not who.silent))


def _soak(span: timedelta | None) -> str:
    if span is None:
        return "unknown"
    return f"{words(span)} left" if span else "done"


def _unmanaged(column: Column) -> list[str]:
    if column.unmanaged is None:
        return ["cannot be listed"]
    named = [printable(name) for name in column.unmanaged[:_MOST_NAMES]]
    left = len(column.unmanaged) - _MOST_NAMES
    return [*named, *([f"and {left:,} more"] if left > 0 else [])] or ["none"]


def render_markdown(status: PromotionStatus) -> str:
    """One table; a cell's lines are parted by commas."""
    heads = ["", *(f"{column.environment.name} ({column.environment.tier})" for column in status.columns)]
    rows = [
        [f"**{escape(name)}**", *(escape(", ".join(_lines(column.cells.get(name)))) for column in status.columns)]
        for name in status.rows
    ]
    rows.append(["unmanaged", *(escape(", ".join(_unmanaged(column))) for column in status.columns)])
    return "\n".join(table(heads, rows)) + "\n"


def status_document(status: PromotionStatus) -> dict[str, Any]:
    """Version 1 of the JSON form. `soakLeft` is in seconds, by target environment; null means not known."""
    return {
        "statusVersion": STATUS_VERSION,
        "environments": [
            {
                "name": column.environment.name,
                "tier": column.environment.tier,
                "held": _hold(column.environment),
                "unmanaged": None if column.unmanaged is None else [*column.unmanaged],
                "unreadable": column.unreadable or None,
                "applications": {name: _cell(column.cells[name]) for name in status.rows if name in column.cells},
            }
            for column in status.columns
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    app, record = cell.application, cell.promoted
    return {
        "name": app.name,
        "template": app.value("/recording/template"),
        "mode": app.mode if app.records else "off",
        "differs": cell.drift,
        "present": [found.id for found in cell.present],
        "notVerifiable": cell.unverified,
        "confirmation": cell.lapses and {"until": timestamp(cell.lapses), "finding": cell.age and cell.age.id},
        "changedBy": cell.changed_by and written(CHANGED_BY, cell.changed_by),
        "held": _hold(app),
        "soakLeft": {
            wait.target: None if wait.span is None else int(wait.span.total_seconds()) for wait in cell.waiting
        },
        "promoted": record
        and {"when": timestamp(record.when), "record": record.name, "restores": record.restores or None},
    }


def _hold(subject: Any) -> dict[str, str] | None:
    return {"reason": subject.hold.reason, "since": subject.hold.since} if subject.hold else None
