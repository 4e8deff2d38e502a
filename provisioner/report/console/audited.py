"""What others called by the audit log: between the runs of a journal, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provisioner.console.audit.audit_event import VIA, AuditEvent
from provisioner.console.audit.audit_trail import LATENESS, AuditTrail
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.report.text.style import Style, plain


def render_history(
    runs: Sequence[tuple[str, list[str]]], trail: AuditTrail, names: Mapping[int, str], style: Style = plain
) -> str:
    """Runs (their time, their lines) and calls of others in one order; `names` are applications by SDKAppId."""
    told = [(_at(event), list(_event(event, names, style))) for event in trail.events]
    lines = [line for _, block in sorted([*runs, *told], key=lambda entry: entry[0]) for line in block]
    if not told and not trail.doubt:
        lines.append(f"CloudAudit shows no call of others since {timestamp(trail.since)}.")
    if trail.doubt:
        lines.append(style(f"What others called cannot be verified: {printable(trail.doubt)}.", "warning"))
    lines.append(f"Entries of the last {LATENESS.seconds // 60} minutes may be missing yet.")
    return "\n".join(lines) + "\n"


def audited_entries(trail: AuditTrail) -> list[dict[str, Any]]:
    """Calls of others, and what cannot be verified, in the shape of the journal's entries; `run` is null."""
    entries: list[dict[str, Any]] = [
        {
            "run": None,
            "event": "audited",
            "at": _at(event) or None,
            "who": event.who,
            "address": event.address,
            "action": event.action,
            "via": event.via,
            "sdkAppIds": None if event.applications is None else sorted(event.applications),
            "refused": event.refused,
            "id": event.id,
        }
        for event in trail.events
    ]
    if trail.doubt:
        unknown = {"run": None, "event": "cannot-verify", "at": timestamp(trail.until), "reason": trail.doubt}
        entries.append(unknown)
    return entries


def _event(event: AuditEvent, names: Mapping[int, str], style: Style) -> Iterator[str]:
    source = event.address or "an unknown address"
    head = f"{_at(event) or 'at an unknown time'}  {event.who or 'an unnamed caller'} from {source}, not by this tool"
    yield style(printable(head), "title")
    way = f" {VIA[event.via]}" if event.via in VIA else ""
    refused = ", refused" if event.refused else ""
    for whose in _whose(event, names):
        yield printable(f"    {whose}  {event.action}{way}{refused}")


def _whose(event: AuditEvent, names: Mapping[int, str]) -> list[str]:
    if event.applications is None:
        return ["some application (the log does not say which)"]
    return [f"{names.get(number, 'no spec manages it:')} {number}" for number in sorted(event.applications)]


def _at(event: AuditEvent) -> str:
    return "" if event.at is None else timestamp(event.at)
