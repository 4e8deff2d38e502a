"""Findings and risks as GitHub workflow commands, which become annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.foundation.errors import Location
from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.present import PRESENT
from provisioner.report.plan.finding_view import severity_rank
from provisioner.report.plan.plan_view import PlanView
from provisioner.report.plan.risks import findings_of

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.HIGH: "warning",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render_annotations(findings: Sequence[Finding]) -> str:
    """One command a line. Every value is escaped, so that none of them ends a command or begins another.

    A message that several applications share at one place is shown once.
    """
    return "".join(f"{line}\n" for line in dict.fromkeys(map(_annotation, findings)))


def render_risks(plans: Sequence[PlanView]) -> str:
    """What consoles do now and the risks of plans, the highest severity first, each at the line that set the value.

    A line that many applications share, such as a template's, is annotated once and names them, because GitHub shows
    only a few annotations.
    """
    shared: dict[tuple[str, Severity, str, Location | None], list[str]] = {}
    for found in findings_of(plans, only_risks=True):
        whom = "/".join(filter(None, (found.environment, found.application)))
        shared.setdefault((found.id, found.severity, found.message, found.where), []).append(whom)
    findings = [
        Finding(name, severity, f"{_names(whom)}: {message}", where)
        for (name, severity, message, where), whom in shared.items()
    ]

    def order(found: Finding) -> tuple[object, ...]:
        return severity_rank(found.severity), found.id not in PRESENT, *found.sort_key()

    return render_annotations(sorted(findings, key=order))


_FEW = 5


def _names(whom: Sequence[str]) -> str:
    more = [f"and {len(whom) - _FEW} more"] if len(whom) > _FEW else []
    return ", ".join([*whom[:_FEW], *more])


def _annotation(finding: Finding) -> str:
    properties = {"title": finding.id}
    if where := finding.where:
        properties = {"file": where.file, "line": str(where.line), "col": str(where.column), **properties}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(finding.message)}"


def _data(value: str) -> str:
    """As the runner's own toolkit escapes a message; the other control characters are written out."""
    escaped = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
