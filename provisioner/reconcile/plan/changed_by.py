"""Who made an application's console differ, as far as the audit log says."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.console.audit.audit_event import AuditEvent

MOST_NAMED = 5
"""Calls that are named of one application, the newest first."""


@dataclass(frozen=True, slots=True)
class ChangedBy:
    """Calls that may have made the difference, newest first; `more` were left out.

    `doubt` says why others may be missing, or why nobody can be named; it is empty only where the log told all.
    `silent`: the log answered and shows no such call, as where the specs changed and not the console.
    """

    events: tuple[AuditEvent, ...]
    doubt: str = ""
    more: int = 0
    silent: bool = False
