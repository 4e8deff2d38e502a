"""What many applications have in common, collected so that a view says it once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from provisioner.recording.findings import Finding, Severity
from provisioner.report.plan.finding_view import PlanFinding, severity_rank
from provisioner.report.plan.plan_view import ApplicationView, FieldChange, PlanView

Changed = tuple[ApplicationView, tuple[FieldChange, ...]]
"""An application with those of its changes that are looked at."""


@dataclass(frozen=True, slots=True)
class SpecWarning:
    """A rule's message about the specs that stands whatever this plan does, with every place (`file:line:column`)."""

    severity: Severity
    id: str
    message: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnverifiedGroup:
    """Fields of applications that the console does not show, in words, all for one reason."""

    reason: str
    fields: tuple[str, ...]
    applications: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Applications of one owner that change in the same way, with the same cost and risk; `changes` are each one's."""

    entries: tuple[ApplicationView, ...]
    changes: tuple[FieldChange, ...]

    @property
    def first(self) -> ApplicationView:
        """Any of them: owner, cost and risk are the same for all."""
        return self.entries[0]


def proposed(plan: PlanView) -> list[ChangeGroup]:
    """What the specs ask for, the highest risk first."""
    return _grouped((entry, entry.proposed) for entry in by_risk(plan.applications))


def drifted(plan: PlanView) -> list[ChangeGroup]:
    """What only undoes changes that were made in the console, the highest risk first."""
    return _grouped((entry, entry.drift) for entry in by_risk(plan.applications))


def every_field(plan: PlanView) -> list[ChangeGroup]:
    """All changes, the highest risk first; those of one group were set by the same lines."""
    return _grouped(((entry, entry.changes) for entry in by_risk(plan.applications)), lines=True)


def _grouped(changed: Iterable[Changed], *, lines: bool = False) -> list[ChangeGroup]:
    """Groups in order of their first application; `lines` tells values apart that were set by different lines."""
    groups: dict[Hashable, list[Changed]] = {}
    for entry, changes in changed:
        if changes:
            same = changes if lines else tuple((one.path, one.before, one.after, one.causes) for one in changes)
            key = (entry.owner, entry.risk, entry.cost, entry.confirmed, same)
            groups.setdefault(key, []).append((entry, changes))
    return [ChangeGroup(tuple(entry for entry, _ in group), group[0][1]) for group in groups.values()]


def spec_warnings(plan: PlanView) -> list[SpecWarning]:
    """All findings that are no risks of this plan, the highest severity first."""
    places: dict[tuple[Severity, str, str], dict[str, None]] = {}
    for finding in (item.finding for item in plan.all_findings if not item.risk):
        known = places.setdefault((finding.severity, finding.id, finding.message), {})
        if finding.where:
            known[str(finding.where)] = None
    return [SpecWarning(*key, tuple(places[key])) for key in sorted(places, key=lambda key: severity_rank(key[0]))]


def told_in_first(plans: Sequence[PlanView]) -> list[PlanView]:
    """The plans without the information about an environment that an earlier one gives in the same words."""
    told: set[tuple[str, str]] = set()
    shown = []
    for plan in plans:
        info = [item.finding for item in plan.findings if item.finding.severity is Severity.INFO]
        kept = (item for item in plan.findings if item.finding not in info or _words(item.finding) not in told)
        shown.append(replace(plan, findings=tuple(kept)))
        told |= set(map(_words, info))
    return shown


def _words(finding: Finding) -> tuple[str, str]:
    return finding.id, finding.message


def unverified(plan: PlanView) -> list[UnverifiedGroup]:
    """Unverified fields by reason: one console hides the same fields of every application."""
    groups: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for entry in plan.applications:
        for field in entry.unverified:
            fields, names = groups.setdefault(field.reason, ({}, {}))
            fields[field.words] = names[entry.name] = None
    return [UnverifiedGroup(reason, tuple(fields), tuple(names)) for reason, (fields, names) in groups.items()]


class Unread(Protocol):
    """A field that a console does not show, and why."""

    @property
    def path(self) -> str:
        """The field, an RFC 6901 path."""

    @property
    def reason(self) -> str:
        """Why it is not shown."""


Field = TypeVar("Field", bound=Unread)


def by_reason(fields: Iterable[Field]) -> dict[str, list[Field]]:
    """One application's unverified fields by reason, so that a reason is shown once."""
    groups: dict[str, list[Field]] = {}
    for field in fields:
        groups.setdefault(field.reason, []).append(field)
    return groups


FEW_FIELDS = 3
"""How many fields of one reason are named; where there are more, they are counted."""


def by_risk(entries: Iterable[ApplicationView]) -> list[ApplicationView]:
    """By the highest severity; of equals what the console does now comes before what a change does, then by name."""

    def order(entry: ApplicationView) -> tuple[int, int, str]:
        now, then = severity_rank(entry.loss), severity_rank(entry.risk)
        return min(now, then), now, entry.name

    return sorted(entries, key=order)


def alike(entries: Iterable[ApplicationView]) -> list[tuple[ApplicationView, ...]]:
    """Entries of which there is the same to be said, together, in the order of the first of each.

    Whose they are does not count, nor which line of an application's own file sets a value.
    """
    groups: dict[Hashable, list[ApplicationView]] = {}
    for entry in entries:
        groups.setdefault(_content(entry), []).append(entry)
    return [tuple(group) for group in groups.values()]


def alike_findings(findings: Iterable[PlanFinding]) -> list[tuple[PlanFinding, ...]]:
    """Findings that say the same of several applications, together, in the order of the first of each."""
    groups: dict[Hashable, list[PlanFinding]] = {}
    for each in findings:
        groups.setdefault(_said(each), []).append(each)
    return [tuple(group) for group in groups.values()]


def _content(entry: ApplicationView) -> Hashable:
    changes = tuple(
        (one.path, one.before, one.after, one.causes, one.layer, None if one.origin.file == entry.file else one.origin)
        for one in entry.changes
    )
    findings = tuple(_said(each) for each in (*entry.present, *entry.findings) if each.planned)
    seen = entry.confirmed and (entry.confirmed.who, entry.confirmed.when[:10], entry.confirmed.expires[:10])
    return entry.action, seen, entry.changed_by, findings, changes, entry.unverified, entry.cost


def _said(each: PlanFinding) -> Hashable:
    intent = each.acknowledged
    finding = each.finding
    return finding.id, finding.severity, finding.message, intent and (intent.reason, intent.expires)
