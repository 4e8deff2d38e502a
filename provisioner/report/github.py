"""Findings as GitHub workflow commands, which become annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.foundation.redaction import printable
from provisioner.recording.findings import Finding, Severity

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.HIGH: "warning",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render_annotations(findings: Sequence[Finding]) -> str:
    """One command a line. Every value is escaped, so that none of them ends a command or begins another.

    What several applications share at one place is told once.
    """
    return "".join(f"{line}\n" for line in dict.fromkeys(map(_annotation, findings)))


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
