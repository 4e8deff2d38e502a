"""What many applications share, told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.recording.findings import Severity
from provisioner.report.reading import Entry, PlanReading, weight


@dataclass(frozen=True, slots=True)
class Note:
    """What a rule says whatever this plan does, and every place (`file:line:column`) where it says so."""

    severity: Severity
    id: str
    message: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unverified:
    """Fields of applications that the console does not show, for one reason."""

    reason: str
    fields: tuple[str, ...]
    applications: tuple[str, ...]


def notes(plan: PlanReading) -> list[Note]:
    """Everything that is no risk, the gravest first."""
    found: dict[tuple[Severity, str, str], dict[str, None]] = {}
    for remark in plan.all_remarks:
        if not remark.risk:
            finding = remark.finding
            places = found.setdefault((finding.severity, finding.id, finding.message), {})
            if finding.where:
                places[str(finding.where)] = None
    return [Note(*key, tuple(found[key])) for key in sorted(found, key=lambda key: weight(key[0]))]


def unverified(plan: PlanReading) -> list[Unverified]:
    """By reason: one console hides the same of every application."""
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for entry in plan.applications:
        for field in entry.unseen:
            fields, names = found.setdefault(field.reason, ({}, {}))
            fields[field.path] = names[entry.name] = None
    return [Unverified(reason, tuple(fields), tuple(names)) for reason, (fields, names) in found.items()]


def by_risk(entries: Iterable[Entry]) -> list[Entry]:
    """The gravest first, then by name."""
    return sorted(entries, key=lambda entry: (weight(entry.risk), entry.name))
