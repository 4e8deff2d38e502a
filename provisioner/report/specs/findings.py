"""What `validate` found, for a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.report.text.style import SEVERITY_ROLES, Style, plain
from provisioner.report.text.told_once import told_once

FINDINGS_VERSION = 1


def render_findings(findings: Sequence[Finding], style: Style = plain, *, verbose: bool = False) -> str:
    """One line a finding: `file:line:col: REC0nn message`; what is no error says how much it weighs.

    What several applications share at one place, such as a template's fault, is told once, and so are a piece of
    information that holds at several places and what is no error and concerns many; `verbose` has each by itself.
    """
    told = told_once(findings, every=verbose)
    return "".join(f"{_line(one.finding, style)}{printable(one.places)}\n" for one in told)


def _line(finding: Finding, style: Style) -> str:
    place = f"{finding.where}: " if finding.where else ""
    weight = "" if finding.stops else f" {finding.severity.value}:"
    label = style(finding.id, SEVERITY_ROLES[finding.severity])
    return f"{printable(place)}{label}{weight} {printable(finding.message)}"


def findings_document(findings: Sequence[Finding], applications: Mapping[str, int]) -> dict[str, Any]:
    """Version 1 of the JSON form.

    `environments` are those that hold no error, with the number of their applications (the argument: by name).
    Each finding has `id`, `severity` (error, high, medium, low, info), `message`, `environment` and `application`
    ("" where a file is at fault that several share), `path` (RFC 6901 into the document, "" for all of it) and `origin`
    {file, line, column}, lines and columns from 1. `totals` counts findings by severity.
    """
    counts = Counter(finding.severity for finding in findings)
    return {
        "findingsVersion": FINDINGS_VERSION,
        "environments": [{"name": name, "applications": count} for name, count in applications.items()],
        "findings": [_finding(finding) for finding in findings],
        "totals": {level.value: counts[level] for level in Severity},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    where = finding.where
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "message": finding.message,
        "environment": finding.environment,
        "application": finding.application,
        "path": finding.path,
        "origin": {"file": where.file, "line": where.line, "column": where.column} if where else None,
    }
