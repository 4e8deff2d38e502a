"""This tool's own calls, as the journal keeps them: told apart in the audit log, and the proof of what it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from provisioner.console.audit.audit_trail import LATENESS
from provisioner.console.audit.cloud_audit import CloudAudit
from provisioner.reconcile.apply.journal import JournalEntry


@dataclass(frozen=True, slots=True)
class OwnWrite:
    """One call that an apply made: its action and when its answer was written down."""

    action: str
    at: datetime


def own_writes(entries: Iterable[JournalEntry]) -> dict[str, OwnWrite]:
    """By request id. What an entry does not say, or says in another form, is passed over."""
    found: dict[str, OwnWrite] = {}
    for entry in entries:
        requests = entry.details.get("requests") if entry.event == "applied" else None
        try:
            moment = datetime.fromisoformat(entry.at).astimezone(UTC)
        except ValueError:
            continue
        for told in requests if isinstance(requests, list) else ():
            action, _, request = str(told).partition(" ")
            if request:
                found[request] = OwnWrite(action, moment)
    return found


def kept(audit: CloudAudit, own: Mapping[str, OwnWrite], now: datetime) -> dict[str, bool]:
    """Of each action that this tool has called, whether the audit log shows the latest such call.

    A call so young that its record may not be there yet counts only where it is. Raises ConsoleError.
    """
    found: dict[str, bool] = {}
    for action in audit.needed:
        calls = sorted(((write.at, request) for request, write in own.items() if write.action == action), reverse=True)
        for at, request in calls[:_TRIED]:
            shown = audit.shows(request, at)
            if shown or at < now - LATENESS:
                found[action] = shown
                break
    return found


_TRIED = 3
