"""The plan for a terminal: what changes, what it does, where each value was set."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from provisioner.console.port import Shown, Unreadable
from provisioner.foundation.redaction import printable
from provisioner.reconcile.plan import ApplicationPlan, Plan, Refusal
from provisioner.recording.fields import FIELDS
from provisioner.recording.kinds import text

Style = Callable[[str, str], str]
"""(text, role) -> text; roles are title, quiet, change, danger, warning, good."""

_SETTINGS = "recording.settings."
_ROLES = {"error": "danger", "high": "danger", "medium": "warning", "low": "quiet", "info": "quiet"}


def plain(words: str, _role: str) -> str:
    """No colour."""
    return words


def render_plan(plan: Plan, style: Style = plain) -> str:
    """The plan, changed applications first, ending in a line of totals."""
    lines = [style(f"{plan.environment.name} on the {printable(plan.console)}", "title"), ""]
    for entry in sorted(plan.applications, key=lambda entry: entry.action == "none"):
        lines.extend(_application(entry, style))
    if plan.unmanaged:
        lines += [_unmanaged(plan), ""]
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
    if entry.action == "none":
        yield style(f"{head}  unchanged", "quiet")
        yield ""
        return
    yield style(head, "change")
    for finding in entry.findings:
        label = style(finding.severity.value.upper(), _ROLES[finding.severity.value])
        yield f"    {label} {finding.id}: {printable(finding.message)}"
    rows = [(short(d.path), _value(d.path, d.before), _value(d.path, d.after), d.path) for d in entry.differences]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1, 2)]
    for name, before, after, path in rows:
        origin = style(str(app.origin(path)), "quiet")
        yield f"    {name:<{widths[0]}}  {before:>{widths[1]}} -> {after:<{widths[2]}}  {origin}"
    for field in entry.unverified:
        yield f"    {short(field.path)}: cannot verify {_value(field.path, field.after)}: {printable(field.reason)}"
    yield ""


def short(path: str) -> str:
    """A path as people say it: `mixed.video.width`."""
    return path[1:].replace("/", ".").removeprefix(_SETTINGS)


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
        lines.append(f"{finding.where}: {finding.application}: {finding.id}: {printable(finding.message)}")
        allow = f", or pass --allow {refusal.allowance}" if flag and refusal.allowance else ""
        lines.append(f"  {refusal.fix}{allow}.")
    return "\n".join(lines)


def render_drift(plan: Plan, style: Style = plain) -> str:
    """Only what differs or cannot be verified, then the applications that nobody describes."""
    lines = [style(f"{plan.environment.name} on the {printable(plan.console)}", "title"), ""]
    for entry in plan.applications:
        if entry.action != "none":
            lines.extend(_application(entry, style))
    if plan.unmanaged:
        lines += [_unmanaged(plan), ""]
    drifted, unsure = plan.count("change"), plan.count("cannot-verify")
    verdict = f"{drifted} of {len(plan.applications)} applications differ from their specs" if drifted else "no drift"
    lines.append(
        style(
            f"{plan.environment.name}: {verdict}" + (f", {unsure} cannot be verified." if unsure else "."),
            "title",
        )
    )
    return "\n".join(lines) + "\n"


def _unmanaged(plan: Plan) -> str:
    names = ", ".join(f"{printable(entry.name)} ({entry.sdk_app_id})" for entry in plan.unmanaged)
    return f"Not managed by any spec: {names}"
