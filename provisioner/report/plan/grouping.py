"""What many applications share, told once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from provisioner.recording.findings import Severity
from provisioner.report.plan.plan_view import Change, Entry, PlanView, weight


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


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Applications of one owner to which the same happens for the same reason: `changes` are each one's."""

    entries: tuple[Entry, ...]
    changes: tuple[Change, ...]

    @property
    def first(self) -> Entry:
        """What is said of it holds for all: owner, cost, risk."""
        return self.entries[0]


def proposed(plan: PlanView) -> list[ChangeGroup]:
    """What the specs ask for, the gravest first."""
    return _alike((entry, entry.proposed) for entry in by_risk(plan.applications))


def drifted(plan: PlanView) -> list[ChangeGroup]:
    """What only undoes what the console holds instead, the gravest first."""
    return _alike((entry, entry.drift) for entry in by_risk(plan.applications))


def every_field(plan: PlanView) -> list[ChangeGroup]:
    """All changes, the gravest first; of those that are alike every line that set a value is the same, too."""
    return _alike(((entry, entry.changes) for entry in by_risk(plan.applications)), lines=True)


def _alike(entries: Iterable[tuple[Entry, tuple[Change, ...]]], *, lines: bool = False) -> list[ChangeGroup]:
    found: dict[Hashable, list[tuple[Entry, tuple[Change, ...]]]] = {}
    for entry, changes in entries:
        if changes:
            same = changes if lines else tuple((one.path, one.before, one.after, one.causes) for one in changes)
            found.setdefault((entry.owner, entry.risk, entry.cost, entry.confirmed, same), []).append((entry, changes))
    return [ChangeGroup(tuple(entry for entry, _ in group), group[0][1]) for group in found.values()]


def notes(plan: PlanView) -> list[Note]:
    """Everything that is no risk, the gravest first."""
    found: dict[tuple[Severity, str, str], dict[str, None]] = {}
    for remark in plan.all_remarks:
        if not remark.risk:
            finding = remark.finding
            places = found.setdefault((finding.severity, finding.id, finding.message), {})
            if finding.where:
                places[str(finding.where)] = None
    return [Note(*key, tuple(found[key])) for key in sorted(found, key=lambda key: weight(key[0]))]


def unverified(plan: PlanView) -> list[Unverified]:
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
