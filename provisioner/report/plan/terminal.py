"""A plan for a terminal of 80 columns: by risk, what changes, what that does, and the line that set each value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

from provisioner.foundation.text_safety import printable
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.cost import Direction
from provisioner.reconcile.plan.plan import PlanRefusal
from provisioner.recording.application import Layer
from provisioner.recording.findings import Severity
from provisioner.recording.paths import short
from provisioner.report.plan.plan_view import Change, Entry, PlanFinding, PlanView, Unseen
from provisioner.report.plan.risks import removal
from provisioner.report.plan.wording import affected_words, confirmed_words
from provisioner.report.text.columns import aligned, room
from provisioner.report.text.style import SEVERITY_ROLES, Style, plain
from provisioner.specs.layout import environment_folder

WIDTH = 80

_RISKS = {
    Severity.ERROR: "NOT POSSIBLE",
    Severity.HIGH: "HIGH RISK",
    Severity.MEDIUM: "MEDIUM RISK",
    Severity.LOW: "LOW RISK",
}
_SIGNS = {"change": "~", "cannot-verify": "?", "none": "="}
_NAMES_SHOWN = 40
"""How many unchanged or unmanaged applications are named before the rest is only counted."""


def render_plan(plan: PlanView, style: Style = plain) -> str:
    """The plan, the gravest first, ending in a line of totals. A row reads: console -> specs."""
    lines = [*_title(plan, style), *_remarks(plan.remarks, "", style)]
    for risk, words in _RISKS.items():
        if entries := [entry for entry in plan.applications if entry.changes and entry.risk is risk]:
            lines += [style(words, SEVERITY_ROLES[risk])]
            lines += [line for entry in entries for line in (*entry_lines(entry, plan, style), "")]
    lines += _unsure(plan, style)
    lines += _unchanged(plan, style)
    lines += [*_removed(plan), *unmanaged_lines(plan), *_notes(plan, style)]
    return "\n".join([*lines, style(totals(plan), "title")]) + "\n"


def totals(plan: PlanView) -> str:
    """`dev: 2 to change, 1 unchanged.`"""
    unsure = plan.count("cannot-verify")
    return (
        f"{printable(plan.environment)}: {plan.count('change')} to change, {plan.count('none')} unchanged"
        + (f", {unsure} cannot be verified" if unsure else "")
        + "."
    )


def render_drift(plan: PlanView, last_equal: Mapping[str, str | None], style: Style = plain) -> str:
    """Only what differs or cannot be verified. `last_equal` says when an application last was as specified."""
    lines = _title(plan, style)
    for entry in plan.applications:
        if entry.changes:
            since = last_equal.get(entry.name)
            known = f"as specified at {since}, not any more" if since else "nobody knows when it last was as specified"
            lines += [*entry_lines(entry, plan, style, head=known), ""]
    lines += [*_unsure(plan, style), *unmanaged_lines(plan)]
    drifted, unsure = plan.count("change"), plan.count("cannot-verify")
    verdict = f"{drifted} of {len(plan.applications)} applications differ from their specs" if drifted else "no drift"
    unseen = f", {unsure} cannot be verified" if unsure else ""
    return "\n".join([*lines, style(f"{printable(plan.environment)}: {verdict}{unseen}.", "title")]) + "\n"


def entry_lines(entry: Entry, plan: PlanView, style: Style, head: str = "") -> Iterator[str]:
    """One application with all that is to be said of it; `head` comes first."""
    whose = f"{entry.name}  {entry.sdk_app_id}  {entry.owner}"
    yield style(f"{_SIGNS[entry.action]} {printable(whose)}", "change")
    if entry.confirmed:
        yield from _wrapped(printable(confirmed_words(entry.confirmed)), "    ", style, "quiet")
    if head:
        yield from _wrapped(head, "    ", style, "quiet")
    yield from _remarks(entry.remarks, "    ", style)
    yield from _changes(entry.changes, plan, style)
    yield from _unseen(entry.unseen)
    if told := affected_words(entry.affected):
        yield from _wrapped(printable(told), "    ", style, "quiet")
    if entry.cost.direction is not Direction.SAME:
        reasons = f" ({', '.join(entry.cost.reasons)})" if entry.cost.reasons else ""
        yield from _wrapped(f"cost: {entry.cost.direction.value}{printable(reasons)}", "    ", style, "quiet")


def render_refusals(refusals: Iterable[PlanRefusal], *, flag: bool = True) -> str:
    """Every reason why nothing was written, each with what to do; `flag` where the reader has `--allow`."""
    lines = []
    for refusal in refusals:
        finding = refusal.finding
        whose = finding.application or finding.environment
        lines.append(f"{finding.where}: {whose}: {finding.id}: {printable(finding.message)}")
        allow = f", or pass --allow {refusal.allowance}" if flag and refusal.allowance else ""
        lines.append(f"  {refusal.fix}{allow}.")
    return "\n".join(lines)


def unmanaged_lines(plan: PlanView) -> Iterator[str]:
    """Applications that no spec describes, or that nobody can list them."""
    if plan.unmanaged is None:
        yield "Applications that no spec manages cannot be listed here: only people see them."
        yield ""
    elif plan.unmanaged:
        names = [f"{entry.name} ({entry.sdk_app_id})" for entry in plan.unmanaged]
        yield from _wrapped(printable(f"Not managed by any spec: {_some(names)}"), "", hanging="  ")
        yield ""


def _title(plan: PlanView, style: Style) -> list[str]:
    return [style(printable(f"{plan.environment} on the {plan.console or 'specs alone'}"), "title"), ""]


def _remarks(remarks: Iterable[PlanFinding], indent: str, style: Style) -> Iterator[str]:
    for remark in (remark for remark in remarks if remark.planned):
        finding = remark.finding
        label = finding.severity.value.upper()
        lines = list(_wrapped(f"{label} {printable(f'{finding.id}: {finding.message}')}", indent, hanging="  "))
        lines[0] = lines[0].replace(label, style(label, SEVERITY_ROLES[finding.severity]), 1)
        yield from lines
        if intent := remark.acknowledged:
            words = f"intent until {intent.expires}: {intent.reason} ({intent.where})"
            yield from _wrapped(printable(words), indent + "  ", style, "quiet")
        if not indent:
            yield ""


def _changes(changes: Sequence[Change], plan: PlanView, style: Style) -> Iterator[str]:
    """Aligned rows: sign, name, console -> specs, why, and where it was set; too long a row has that below it."""
    if not changes:
        return
    why = any(change.causes != (ChangeCause.UNKNOWN,) for change in changes)
    cells = [
        (f"    {sign} {short(change.path)}", value, *([_causes(change)] if why else []), "")
        for change in changes
        for sign, value in [_value(change)]
    ]
    for change, row in zip(changes, aligned(cells), strict=True):
        origin = _origin(change, plan)
        if room(row) + room(origin) <= WIDTH or not origin:
            yield (row + style(origin, "quiet")).rstrip()
        else:
            yield row.rstrip()
            yield f"        {style(origin, 'quiet')}"


def _value(change: Change) -> tuple[str, str]:
    """How a row is signed, and what it says of the value."""
    before, after = (None if value is None else printable(value) for value in (change.before, change.after))
    if before is None:
        return "+", after or ""
    return ("-", before) if after is None else ("~", f"{before} -> {after}")


def _causes(change: Change) -> str:
    return "+".join(cause.value for cause in change.causes)


def _origin(change: Change, plan: PlanView) -> str:
    if change.layer is Layer.SCHEMA:
        return "default"
    if change.layer is None:
        return "no spec sets it"
    return printable(str(change.origin)).removeprefix(f"{environment_folder(plan.environment)}/")


def _unsure(plan: PlanView, style: Style) -> list[str]:
    entries = [entry for entry in plan.applications if entry.action == "cannot-verify"]
    if not entries:
        return []
    lines = [style("CANNOT BE VERIFIED", "warning")]
    return lines + [line for entry in entries for line in (*entry_lines(entry, plan, style), "")]


_FEW = 4
"""From how many fields on one common reason is told once."""


def _unseen(fields: Sequence[Unseen]) -> Iterator[str]:
    by_reason: dict[str, list[Unseen]] = {}
    for field in fields:
        by_reason.setdefault(field.reason, []).append(field)
    for reason, alike in by_reason.items():
        told = [f"? {short(field.path)}: cannot verify {printable(field.after or '(not set)')}" for field in alike]
        for line in told if len(alike) < _FEW else [f"? {len(alike)} fields: cannot verify"]:
            yield from _wrapped(f"{line}: {printable(reason)}", "    ", hanging="  ")


def _unchanged(plan: PlanView, style: Style) -> Iterator[str]:
    entries = [entry for entry in plan.applications if entry.action == "none"]
    for entry in entries:
        if entry.confirmed or any(remark.planned for remark in entry.remarks):
            yield from entry_lines(entry, plan, style)
            yield ""
    names = [entry.name for entry in entries]
    if names:
        yield from _wrapped(printable(f"Unchanged: {_some(names)}"), "", style, "quiet", hanging="  ")
        yield ""


def _removed(plan: PlanView) -> Iterator[str]:
    for gone in plan.removed or ():
        whose = printable(f"{gone.name}  {gone.sdk_app_id}  {gone.owner}")
        yield from _wrapped(
            f"- {whose}: its spec is gone (onRemove: {printable(gone.on_remove)}). {removal(gone)}", "", hanging="    "
        )
        yield ""


def _notes(plan: PlanView, style: Style) -> Iterator[str]:
    """What the rules say of the specs; what several applications share at one place is told once."""
    findings = [remark.finding for remark in plan.all_remarks if not remark.planned]
    lines = {printable(str(finding)): SEVERITY_ROLES[finding.severity] for finding in findings}
    if lines:
        yield "Noted in the specs:"
        for line, role in lines.items():
            yield from _wrapped(line, "    ", style, role, hanging="  ")
        yield ""


def _some(names: Sequence[str]) -> str:
    left = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {left} more" if left > 0 else "")


def _wrapped(words: str, indent: str, style: Style = plain, role: str = "", hanging: str = "") -> Iterator[str]:
    """Lines of at most 80 columns; `hanging` indents all but the first further."""
    lines = wrap(
        words,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        text = line.lstrip(" ")
        yield line[: len(line) - len(text)] + (style(text, role) if role else text)
