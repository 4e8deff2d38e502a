"""A plan as text for 80 columns: by risk, what changes, what that does, and the line that set each value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from provisioner.foundation.text_safety import printable
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.cost import Direction
from provisioner.reconcile.plan.refusals import PlanRefusal
from provisioner.recording.application import Layer
from provisioner.recording.findings import Severity
from provisioner.recording.paths import short
from provisioner.report.plan.finding_view import PlanFinding, highest_severity
from provisioner.report.plan.grouping import FEW_FIELDS, alike, alike_findings, by_reason, by_risk, told_in_first
from provisioner.report.plan.guardrail_view import broken_words
from provisioner.report.plan.plan_view import ApplicationView, FieldChange, PlanView, UnverifiedField
from provisioner.report.plan.present_words import PRESENT_TITLE, present_headline
from provisioner.report.plan.risks import clipped, removal
from provisioner.report.plan.wording import (
    UNLISTED,
    changed_by_words,
    changed_words,
    confirmed_words,
    look_words,
    usage_words_of_all,
)
from provisioner.report.text.columns import aligned, room
from provisioner.report.text.style import SEVERITY_ROLES, Style, plain
from provisioner.report.text.told_once import told_once
from provisioner.specs.layout import environment_folder

WIDTH = 80

_HEADINGS = {
    Severity.ERROR: "NOT POSSIBLE",
    Severity.HIGH: "HIGH RISK",
    Severity.MEDIUM: "MEDIUM RISK",
    Severity.LOW: "LOW RISK",
}
_SIGNS = {"change": "~", "cannot-verify": "?", "none": "="}
_NAMES_SHOWN = 40
"""How many unchanged or unmanaged applications are named before the rest is only counted."""

_FEW_NAMES = 5
_OWN_FILE = "its own file"


def render_plans(plans: Sequence[PlanView], style: Style = plain, *, verbose: bool = False) -> str:
    """Plans one below the other."""
    shown = plans if verbose else told_in_first(plans)
    return "\n".join(render_plan(plan, style, verbose=verbose) for plan in shown)


def render_plan(plan: PlanView, style: Style = plain, *, verbose: bool = False) -> str:
    """What the console does now, then the plan, the highest risk first, ending in totals. A row: console -> specs.

    Applications of which there is the same to be said are one block; `verbose` shows and names each.
    """
    lines = [*_title(plan, style), *_present(plan, style, verbose), *_guardrails(plan, style)]
    lines += _findings(plan.findings, "", style)
    for risk, words in _HEADINGS.items():
        if entries := [entry for entry in plan.applications if entry.changes and entry.risk is risk]:
            lines += [style(words, SEVERITY_ROLES[risk]), *_blocks(entries, plan, style, verbose)]
    lines += _cannot_verify(plan.applications, plan, style, verbose)
    lines += _unchanged(plan, style, verbose)
    lines += [*_removed(plan), *_unmanaged(plan), *_warnings(plan, style, verbose)]
    return "\n".join([*lines, style(totals(plan), "title")]) + "\n"


def totals(plan: PlanView) -> str:
    """`dev: 2 to change, 1 unchanged.`"""
    unverified = plan.count("cannot-verify")
    return (
        f"{printable(plan.environment)}: {plan.count('change')} to change, {plan.count('none')} unchanged"
        + (f", {unverified} cannot be verified" if unverified else "")
        + "."
    )


def render_drifts(plans: Sequence[PlanView], style: Style = plain, *, verbose: bool = False) -> str:
    """Drift of several environments one below the other."""
    return "\n".join(render_drift(plan, style, verbose=verbose) for plan in plans)


def render_drift(plan: PlanView, style: Style = plain, *, how_much: bool = True, verbose: bool = False) -> str:
    """What is lost now, since when, and what applying the specs would do; `how_much` was read is said before that."""
    lines = _title(plan, style)
    if how_much and (words := look_words(plan)):
        lines += [*_wrapped(printable(words), "", style, "quiet"), ""]
    if now := present_headline([plan]):
        highest = highest_severity(plan.present)
        lines += [*_wrapped(printable(now), "", style, SEVERITY_ROLES[highest] if highest else ""), ""]
    differing = [entry for entry in by_risk(plan.applications) if entry.to_settle]
    lines += _blocks(differing, plan, style, verbose, now=True)
    lines += _ends_soon(plan, style, verbose)
    undecided = [entry for entry in plan.applications if entry not in differing]
    lines += [*_cannot_verify(undecided, plan, style, verbose), *_unmanaged(plan)]
    drifted, unverified = sum(entry.differs for entry in plan.applications), plan.count("cannot-verify")
    verdict = f"{drifted} of {plan.total} applications differ from their specs" if drifted else "no drift"
    rest = f", {unverified} cannot be verified" if unverified else ""
    if lapsed := sum(entry.lapsed for entry in plan.applications):
        rest += f"; what was confirmed of {lapsed} counts no longer"
    return "\n".join([*lines, style(f"{printable(plan.environment)}: {verdict}{rest}.", "title")]) + "\n"


def _ends_soon(plan: PlanView, style: Style, verbose: bool) -> Iterator[str]:
    """Which confirmations soon count no longer; one sentence for all of which it is the same."""
    ending: dict[str, list[str]] = {}
    for entry in plan.applications:
        if entry.ends_soon:
            ending.setdefault(entry.ends_soon, []).append(entry.name)
    for words, names in ending.items():
        whose = ", ".join(names) if verbose else _first_names(names, _FEW_NAMES)
        yield from _wrapped(printable(f"{whose}: {words}"), "", style, "warning", hanging="  ")


def _blocks(
    entries: Sequence[ApplicationView], plan: PlanView, style: Style, verbose: bool, *, now: bool = False
) -> Iterator[str]:
    """A block for all of which the same is to be said, or for each; `now`: what the console does comes first."""
    for group in [(entry,) for entry in entries] if verbose else alike(entries):
        yield from _application(group, plan, style, now=now)
        yield ""


def _whose(group: Sequence[ApplicationView], style: Style) -> Iterator[str]:
    """The line above a block: one application, or how many and the first names."""
    entry = group[0]
    sign = _SIGNS[entry.action]
    if len(group) == 1:
        yield style(f"{sign} {printable(f'{entry.name}  {entry.sdk_app_id}  {entry.owner}')}", "change")
        return
    owners = list(dict.fromkeys(each.owner for each in group))
    of = owners[0] if len(owners) == 1 else f"{len(owners)} owners"
    names = _first_names([each.name for each in group], _FEW_NAMES)
    yield from _wrapped(printable(f"{sign} {len(group):,} applications of {of}: {names}"), "", style, "change", "    ")


def _application(group: Sequence[ApplicationView], plan: PlanView, style: Style, *, now: bool = False) -> Iterator[str]:
    """Everything about an application, or about several of which it is the same; with `now` what the console does at
    this moment comes first."""
    entry = group[0]
    yield from _whose(group, style)
    if entry.confirmed:
        yield from _wrapped(printable(confirmed_words(entry.confirmed)), "    ", style, "quiet")
    if now:
        yield from _labelled(entry.present, "    ", style)
    for words in changed_by_words(entry.changed_by):
        yield from _wrapped(printable(words), "    ", hanging="  ")
    own = entry.file if len(group) > 1 else ""
    if now and entry.present:
        yield style("    Applying the specs:", "quiet")
    yield from _findings(entry.findings, "    ", style, own)
    yield from _changes(entry.changes, plan, style, own)
    yield from _unverified(entry.unverified)
    if usage := usage_words_of_all(group):
        yield from _wrapped(printable(usage), "    ", style, "quiet")
    if entry.cost.direction is not Direction.SAME:
        reasons = f" ({', '.join(entry.cost.reasons)})" if entry.cost.reasons else ""
        yield from _wrapped(f"cost: {entry.cost.direction.value}{printable(reasons)}", "    ", style, "quiet")


def render_refusals(refusals: Iterable[PlanRefusal], *, flag: bool = True) -> str:
    """Every reason why nothing was written, each with what to do; `flag` says whether the reader can pass `--allow`."""
    lines = []
    for refusal in refusals:
        finding = refusal.finding
        whose = finding.application or finding.environment
        lines.append(f"{finding.where}: {whose}: {finding.id}: {printable(finding.message)}")
        allow = f", or pass --allow {refusal.allowance}" if flag and refusal.allowance else ""
        lines.append(f"  {refusal.fix}{allow}.")
    return "\n".join(lines)


def _unmanaged(plan: PlanView) -> Iterator[str]:
    """Applications that no spec describes, or that this console cannot list them."""
    if plan.partly or (plan.look and plan.look.since):  # a full look lists them
        return
    if plan.unmanaged is None:
        yield from _wrapped(f"{UNLISTED}: this console has no API for it.", "", hanging="  ")
        yield ""
    elif plan.unmanaged:
        names = [f"{entry.name} ({entry.sdk_app_id})" for entry in plan.unmanaged]
        yield from _wrapped(printable(f"Not managed by any spec: {_first_names(names)}"), "", hanging="  ")
        yield ""


def _title(plan: PlanView, style: Style) -> list[str]:
    lines = [style(printable(f"{plan.environment} on the {plan.console or 'specs alone'}"), "title")]
    if words := changed_words(plan):
        lines += _wrapped(printable(words), "", style, "quiet")
    return [*lines, ""]


def _present(plan: PlanView, style: Style, verbose: bool) -> Iterator[str]:
    """What the console does now that was not asked of it, whatever the plan would do."""
    if not plan.present:
        return
    yield style(f"{PRESENT_TITLE.upper()}", "title")
    for group in [(each,) for each in plan.present] if verbose else alike_findings(plan.present):
        names = _first_names([each.finding.application for each in group], _FEW_NAMES)
        whose = names if len(group) == 1 else f"{len(group):,} applications: {names}"
        yield from _labelled(group[:1], "  ", style, whose=whose)
    yield ""


def _findings(findings: Iterable[PlanFinding], indent: str, style: Style, own: str = "") -> Iterator[str]:
    """`own` is the file of one of several applications: theirs are called so."""
    return _labelled((item for item in findings if item.planned), indent, style, own=own)


def _labelled(
    items: Iterable[PlanFinding], indent: str, style: Style, *, whose: str = "", own: str = ""
) -> Iterator[str]:
    """Each with its severity, and `whose` it is where that is to be said."""
    for item in items:
        finding = item.finding
        label = finding.severity.value.upper()
        of = f" ({whose})" if whose else ""
        told = printable(f"{finding.id}{of}: {finding.message}")
        lines = list(_wrapped(f"{label} {told}", indent, hanging="  "))
        lines[0] = lines[0].replace(label, style(label, SEVERITY_ROLES[finding.severity]), 1)
        yield from lines
        if intent := item.acknowledged:
            where = _OWN_FILE if intent.where.file == own else intent.where
            words = f"intent until {intent.expires}: {intent.reason} ({where})"
            yield from _wrapped(printable(words), indent + "  ", style, "quiet")
        if not indent:
            yield ""


def _changes(changes: Sequence[FieldChange], plan: PlanView, style: Style, own: str = "") -> Iterator[str]:
    """Aligned rows: sign, name, console -> specs, causes, and where it was set, on a line below where a row is full."""
    if not changes:
        return
    known = not plan.in_force and any(change.causes != (ChangeCause.UNKNOWN,) for change in changes)
    cells = [
        (f"    {sign} {short(change.path)}", value, *([_causes(change)] if known else []), "")
        for change in changes
        for sign, value in [_value(change)]
    ]
    for change, row in zip(changes, aligned(cells), strict=True):
        origin = _OWN_FILE if change.layer is Layer.APPLICATION and own else _origin(change, plan)
        if room(row) + room(origin) <= WIDTH or not origin:
            yield (row + style(origin, "quiet")).rstrip()
        else:
            yield row.rstrip()
            yield f"        {style(origin, 'quiet')}"


def _value(change: FieldChange) -> tuple[str, str]:
    """The sign of a row, and its values."""
    before, after = (None if value is None else printable(value) for value in (change.before, change.after))
    if before is None:
        return "+", after or ""
    return ("-", before) if after is None else ("~", f"{before} -> {after}")


def _causes(change: FieldChange) -> str:
    return "+".join(cause.value for cause in change.causes)


def _origin(change: FieldChange, plan: PlanView) -> str:
    if change.layer is Layer.SCHEMA:
        return "default"
    if change.layer is None:
        return "no spec sets it"
    return printable(str(change.origin)).removeprefix(f"{environment_folder(plan.environment)}/")


def _guardrails(plan: PlanView, style: Style) -> Iterator[str]:
    """What protects the environment, and is no longer what it was at the base."""
    found = plan.guardrails
    if found is None or not (found.changes or found.broken):
        return
    yield style("GUARDRAILS", "title")
    for words in broken_words(plan.guardrails):
        yield from _wrapped(printable(words), "    ", style, "warning", hanging="  ")
    for change in found.changes:
        label = change.severity.value.upper() if change.weakened else "stronger"
        of = f" ({_first_names(change.applications)})" if change.applications else ""
        told = printable(f"{change.title}{of}: {clipped(change.values)}")
        lines = list(_wrapped(f"{label} {told}", "  ", hanging="    "))
        lines[0] = lines[0].replace(label, style(label, SEVERITY_ROLES[change.severity]), 1)
        yield from lines
        asked = f"asks {'; '.join(change.asks)}; " if change.asks else ""
        yield from _wrapped(printable(f"{asked}{change.origin}"), "      ", style, "quiet")
    yield ""


def _cannot_verify(of: Iterable[ApplicationView], plan: PlanView, style: Style, verbose: bool) -> list[str]:
    entries = [entry for entry in of if entry.action == "cannot-verify"]
    if not entries:
        return []
    return [style("CANNOT BE VERIFIED", "warning"), *_blocks(entries, plan, style, verbose)]


def _unverified(fields: Sequence[UnverifiedField]) -> Iterator[str]:
    for reason, group in by_reason(fields).items():
        named = [_unverified_words(field) for field in group]
        few = named if len(group) <= FEW_FIELDS else [f"? {len(group)} fields: cannot verify"]
        moved = [line for line, field in zip(named, group, strict=True) if field.before and line not in few]
        for line in (*moved, *few):
            yield from _wrapped(f"{line}: {printable(reason)}", "    ", hanging="  ")


def _unverified_words(field: UnverifiedField) -> str:
    moved = f"{field.before} -> " if field.before else ""
    return f"? {short(field.path)}: cannot verify {printable(moved + (field.after or '(not set)'))}"


def _unchanged(plan: PlanView, style: Style, verbose: bool) -> Iterator[str]:
    entries = [entry for entry in plan.applications if entry.action == "none"]
    told = [entry for entry in entries if entry.confirmed or any(item.planned for item in entry.findings)]
    yield from _blocks(told, plan, style, verbose)
    names = [entry.name for entry in entries if not entry.behind]
    if names:
        shown = ", ".join(names) if verbose else _first_names(names)
        yield from _wrapped(printable(f"Unchanged: {shown}"), "", style, "quiet", hanging="  ")
        yield ""


def _removed(plan: PlanView) -> Iterator[str]:
    for app in plan.removed or ():
        whose = printable(f"{app.name}  {app.sdk_app_id}  {app.owner}")
        words = f"- {whose}: its spec was removed (onRemove: {printable(app.on_remove)}). {removal(app)}"
        yield from _wrapped(words, "", hanging="    ")
        yield ""


def _warnings(plan: PlanView, style: Style, verbose: bool) -> Iterator[str]:
    """What the rules say of the specs; a message that concerns many is shown once."""
    findings = [item.finding for item in plan.all_findings if not item.planned]
    if findings:
        yield "Warnings:"
        for one in told_once(findings, every=verbose):
            words = printable(f"{one.finding}{one.places}")
            yield from _wrapped(words, "    ", style, SEVERITY_ROLES[one.finding.severity], hanging="  ")
        yield ""


def _first_names(names: Sequence[str], most: int = _NAMES_SHOWN) -> str:
    """The first names, and how many more there are."""
    left = len(names) - most
    return ", ".join(names[:most]) + (f" and {left:,} more" if left > 0 else "")


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
