"""Roles of words in text, which a terminal may show in colour; those of severities."""

from __future__ import annotations

from collections.abc import Callable

from provisioner.recording.findings import Severity

Style = Callable[[str, str], str]
"""(text, role) -> text; roles are title, quiet, change, danger, warning, good."""

SEVERITY_ROLES = {
    Severity.ERROR: "danger",
    Severity.HIGH: "danger",
    Severity.MEDIUM: "warning",
    Severity.LOW: "quiet",
    Severity.INFO: "quiet",
}


def plain(words: str, _role: str) -> str:
    """No colour."""
    return words
