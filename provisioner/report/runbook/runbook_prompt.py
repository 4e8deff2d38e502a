"""A runbook on a terminal: one step at a time, then the values that somebody is asked to confirm."""

from __future__ import annotations

from provisioner.console.runbook.labels import ConsoleLabels
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value
from provisioner.report.runbook.runbook_steps import NEVER_SHOWN, FieldRow, RunbookStep
from provisioner.report.text.columns import fitted, hanging
from provisioner.report.text.style import Style, plain
from provisioner.specs.documents.observation import Observation


def render_head(name: str, sdk_app_id: int, labels: ConsoleLabels, style: Style = plain) -> str:
    """An application's name and SDKAppId, and the address of its page in the console."""
    return f"{style(name, 'title')}  {sdk_app_id}  {labels.address(sdk_app_id)}"


def render_step(number: int, total: int, step: RunbookStep, style: Style = plain) -> str:
    """One step with all values to enter; where the page saves others as well, `~` marks those, as in a plan."""
    lines = [f"{number}/{total} {style(printable(step.title), 'change')}", *hanging("    ", printable(step.why))]
    marked = any(row.kept for row in step.rows)
    rows = [
        (f"{_mark(row) if marked else ''}{printable(row.label)}", _shown(row), short(row.path)) for row in step.rows
    ]
    lines.extend(fitted(rows, style, "    "))
    if step.empty:
        lines += hanging("    leave empty: ", printable(", ".join(step.empty)))
    return "\n".join(lines)


def _mark(row: FieldRow) -> str:
    return "= " if row.kept else "~ "


def _shown(row: FieldRow) -> str:
    if row.now is None:
        return NEVER_SHOWN if row.kept else f"unknown -> {printable(row.to)}"
    return printable(row.now) if row.kept else f"{printable(row.now)} -> {printable(row.to)}"


def render_confirmation(
    seen: Observation,
    before: Observation | None,
    labels: ConsoleLabels,
    style: Style = plain,
    *,
    unfolded: bool = False,
) -> str:
    """What is to be confirmed that was not confirmed `before`, and how much is as it was; then who, and until when.

    `before` is the last confirmation, where it still counts; `unfolded` shows everything.
    """
    rows: list[tuple[str, str, str]] = []
    empty: list[str] = []
    same = [path for path, value in seen.values.items() if _as_before(path, value, before)]
    for path, value in seen.values.items():
        label, was = printable(labels.label(path).words), _was(path, value, before, labels)
        if path in same and not unfolded:
            continue
        if value is None and not was:
            empty.append(label)
        else:
            rows.append((label, printable(labels.value(path, value)) + was, short(path)))
    lines = [*fitted(rows, style, "  ")]
    if empty:
        lines += hanging("  not set: ", ", ".join(empty))
    if before is not None and same and not unfolded:
        lines += hanging("  ", f"{_fields(len(same), len(seen.values))} as {_source(before)} (--verbose lists them)")
    until = timestamp(seen.expires)
    told = f"{printable(seen.who)} confirms that the console shows exactly this; it counts until {until}."
    return "\n".join([*lines, "", *hanging("", told)])


def _as_before(path: str, value: Value | None, before: Observation | None) -> bool:
    return before is not None and path in before.values and before.values[path] == value


def _fields(same: int, of: int) -> str:
    return f"all {of} fields" if same == of else f"{same} field{'s' * (same > 1)}"


def _source(before: Observation) -> str:
    by = f"confirmed on {before.when:%Y-%m-%d} by {printable(before.who)}"
    return f"{by} from a capture" if before.capture else by


def _was(path: str, value: Value | None, before: Observation | None, labels: ConsoleLabels) -> str:
    if before is None or path not in before.values or before.values[path] == value:
        return ""
    return f" (was {printable(labels.value(path, before.values[path]))})"
