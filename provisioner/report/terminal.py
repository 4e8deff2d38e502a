"""The plan for a terminal: what changes, what it does, where each value was set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.console.port import Attested, Shown, Unreadable
from provisioner.foundation.redaction import printable
from provisioner.reconcile.diff import Unverified
from provisioner.reconcile.plan import ApplicationPlan, Plan, Refusal
from provisioner.recording.fields import FIELDS
from provisioner.recording.findings import Finding
from provisioner.recording.kinds import text
from provisioner.recording.paths import short
from provisioner.report.style import SEVERITY_ROLES, Style, plain


def render_plan(plan: Plan, style: Style = plain) -> str:
    """The plan, changed applications first, ending in a line of totals."""
    lines = [style(f"{plan.environment.name} on the {printable(plan.console)}", "title"), ""]
    for entry in sorted(plan.applications, key=lambda entry: entry.action == "none"):
        lines.extend(_application(entry, style))
    lines.extend(_unmanaged(plan))
    lines.extend(_warnings((*plan.overall, *plan.warnings), style))
    lines.append(style(totals(plan), "title"))
    return "\n".join(lines) + "\n"


def totals(plan: Plan) -> str:
    unsure = plan.count("cannot-verify")
    return (
        f"{plan.environment.name}: {plan.count('change')} to change, {plan.count('none')} unchanged"
        + (f", {unsure} cannot be verified" if unsure else "")
        + "."
    )


def _application(entry: ApplicationPlan, style: Style) -> Iterator[str]:
    app = entry.application
    sign = {"change": "~", "cannot-verify": "?", "none": "="}[entry.action]
    head = f"{sign} {app.name}  {app.sdk_app_id}  {printable(app.owner)}"
    unchanged = entry.action == "none"
    yield style(f"{head}  unchanged", "quiet") if unchanged else style(head, "change")
    if entry.observed.attested:
        yield style(f"    {attested(entry.observed.attested)}", "quiet")
    for finding in entry.consequences:
        label = style(finding.severity.value.upper(), SEVERITY_ROLES[finding.severity])
        yield f"    {label} {finding.id}: {printable(finding.message)}"
    rows = [(short(d.path), _value(d.path, d.before), _value(d.path, d.after), d.path) for d in entry.differences]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1, 2)]
    for name, before, after, path in rows:
        origin = style(str(app.origin(path)), "quiet")
        yield f"    {name:<{widths[0]}}  {before:>{widths[1]}} -> {after:<{widths[2]}}  {origin}"
    yield from _unverified(entry.unverified)
    yield ""


_FEW = 4
"""From how many fields on one common reason is told once."""


def _unverified(fields: Sequence[Unverified]) -> Iterator[str]:
    by_reason: dict[str, list[Unverified]] = {}
    for field in fields:
        by_reason.setdefault(field.reason, []).append(field)
    for reason, alike in by_reason.items():
        if len(alike) >= _FEW:
            yield f"    {len(alike)} fields: cannot verify: {printable(reason)}"
        else:
            for field in alike:
                yield f"    {short(field.path)}: cannot verify {_value(field.path, field.after)}: {printable(reason)}"


def attested(by: Attested) -> str:
    """Who looked at the console and how long ago: what a plan was compared with."""
    days = by.age.days
    age = "today" if not days else "yesterday" if days == 1 else f"{days} days ago"
    return f"compared with what {printable(by.who)} confirmed {age}; counts until {by.expires.date().isoformat()}"


def _warnings(findings: Sequence[Finding], style: Style) -> Iterator[str]:
    """What the rules say of the specs; what several applications share at one place is told once."""
    lines = {printable(str(finding)): SEVERITY_ROLES[finding.severity] for finding in findings}
    if lines:
        yield "Noted in the specs:"
        yield from (f"    {style(line, role)}" for line, role in lines.items())
        yield ""


def _value(path: str, value: Shown) -> str:
    if value is None:
        return "(not set)"
    if FIELDS[path].secret or isinstance(value, Unreadable):
        return "(hidden)"
    return printable(text(value))


def render_refusals(refusals: list[Refusal], *, flag: bool = True) -> str:
    """Every reason why nothing was written, each with what to do; `flag` where the reader has `--allow`."""
    lines = []
    for refusal in refusals:
        finding = refusal.finding
        whose = finding.application or finding.environment
        lines.append(f"{finding.where}: {whose}: {finding.id}: {printable(finding.message)}")
        allow = f", or pass --allow {refusal.allowance}" if flag and refusal.allowance else ""
        lines.append(f"  {refusal.fix}{allow}.")
    return "\n".join(lines)


def render_drift(plan: Plan, style: Style = plain) -> str:
    """Only what differs or cannot be verified, then the applications that nobody describes."""
    lines = [style(f"{plan.environment.name} on the {printable(plan.console)}", "title"), ""]
    for entry in plan.applications:
        if entry.action != "none":
            lines.extend(_application(entry, style))
    lines.extend(_unmanaged(plan))
    drifted, unsure = plan.count("change"), plan.count("cannot-verify")
    verdict = f"{drifted} of {len(plan.applications)} applications differ from their specs" if drifted else "no drift"
    lines.append(
        style(
            f"{plan.environment.name}: {verdict}" + (f", {unsure} cannot be verified." if unsure else "."),
            "title",
        )
    )
    return "\n".join(lines) + "\n"


def _unmanaged(plan: Plan) -> Iterator[str]:
    if plan.unmanaged is None:
        yield "Applications that no spec manages cannot be listed here: only people see them."
        yield ""
    elif plan.unmanaged:
        names = ", ".join(f"{printable(entry.name)} ({entry.sdk_app_id})" for entry in plan.unmanaged)
        yield f"Not managed by any spec: {names}"
        yield ""
