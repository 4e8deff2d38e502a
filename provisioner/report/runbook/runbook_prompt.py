"""A runbook on a terminal: one step at a time, then the values that somebody is asked to confirm."""

from __future__ import annotations

from provisioner.console.port import Observed, Unreadable
from provisioner.console.runbook.labels import ConsoleLabels
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value
from provisioner.report.runbook.runbook_steps import RunbookStep
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain
from provisioner.specs.documents.observation import Observation


def render_head(name: str, sdk_app_id: int, labels: ConsoleLabels, style: Style = plain) -> str:
    """An application's name and SDKAppId, and the address of its page in the console."""
    return f"{style(name, 'title')}  {sdk_app_id}  {labels.address(sdk_app_id)}"


def render_step(number: int, total: int, step: RunbookStep, style: Style = plain) -> str:
    """One step with all values to enter."""
    lines = [f"{number}/{total} {style(printable(step.title), 'change')}", f"    {printable(step.why)}"]
    rows = [
        (printable(row.label), f"{_now(row.now)} -> {printable(row.to)}", style(short(row.path), "quiet"))
        for row in step.rows
    ]
    lines.extend(f"    {line}" for line in aligned(rows))
    if step.empty:
        lines.append(f"    leave empty: {printable(', '.join(step.empty))}")
    return "\n".join(lines)


def _now(now: str | None) -> str:
    return "unknown" if now is None else printable(now)


def render_confirmation(seen: Observation, before: Observed | None, labels: ConsoleLabels, style: Style = plain) -> str:
    """Every value to confirm, with the one confirmed before where that differs; then who confirms, and until when."""
    rows: list[tuple[str, str, str]] = []
    empty: list[str] = []
    for path, value in seen.values.items():
        label, was = printable(labels.label(path).words), _was(path, value, before, labels, style)
        if value is None and not was:
            empty.append(label)
        else:
            rows.append((label, printable(labels.value(path, value)), style(short(path), "quiet") + was))
    lines = [f"  {line}" for line in aligned(rows)]
    if empty:
        lines.append(f"  not set: {', '.join(empty)}")
    until = timestamp(seen.expires)
    lines += ["", f"{printable(seen.who)} confirms that the console shows exactly this; it counts until {until}."]
    return "\n".join(lines)


def _was(path: str, value: Value | None, before: Observed | None, labels: ConsoleLabels, style: Style) -> str:
    shown = before.fields.get(path) if before else value
    if isinstance(shown, Unreadable) or shown == value:
        return ""
    return style(f"  was {printable(labels.value(path, shown))}", "warning")
