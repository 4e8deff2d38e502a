"""Risks of one or several plans, and what consoles do now: one entry for each thing, for however many applications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provisioner.recording.findings import Finding, Severity
from provisioner.recording.present import PRESENT
from provisioner.report.plan.finding_view import PlanFinding, severity_rank
from provisioner.report.plan.guardrail_view import GuardrailView
from provisioner.report.plan.plan_view import PlanView, RemovedApplication
from provisioner.specs.rules import RULES

_REMOVED = "removed-stop-auto"


@dataclass(frozen=True, slots=True)
class RiskSubject:
    """Whom a risk concerns: an application, or its environment where `application` is empty.

    `acknowledged` is what an intent says about that, "" without one.
    """

    environment: str
    application: str
    acknowledged: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """One thing that happens to recordings, and whom it concerns.

    `stops_apply`: nothing is applied until somebody acknowledges it. `messages` are what findings say of it, each once.
    """

    id: str
    severity: Severity
    title: str
    irreversible: bool
    stops_apply: bool
    messages: tuple[str, ...]
    subjects: tuple[RiskSubject, ...]


def risks(plans: Sequence[PlanView]) -> tuple[Risk, ...]:
    """Every risk of the plans: the highest severity first, then those that stop apply, then irreversible ones."""
    found: dict[_RiskKey, list[tuple[str, RiskSubject]]] = {}
    titles: dict[str, str] = {}
    for plan in plans:
        for item in (item for item in plan.all_findings if item.risk):
            finding = item.finding
            key = (finding.id, finding.severity, item.irreversible, item.stops(plan.day))
            subject = RiskSubject(plan.environment, finding.application, _acknowledgement(item))
            found.setdefault(key, []).append((finding.message, subject))
        for change in weakened(plan):
            for name in change.applications or ("",):
                key = (f"guardrail-{change.id}", change.severity, False, False)
                found.setdefault(key, []).append((guardrail_words(change), RiskSubject(plan.environment, name)))
                titles[key[0]] = f"{change.title}: protection is weakened"
        for finding in removals(plan):
            subject = RiskSubject(plan.environment, finding.application)
            found.setdefault((finding.id, finding.severity, True, False), []).append((finding.message, subject))
    return _listed(found, titles)


def states(plans: Sequence[PlanView]) -> tuple[Risk, ...]:
    """What consoles do now that nobody asked of them: the highest severity first, then as the table has them."""
    found: dict[_RiskKey, list[tuple[str, RiskSubject]]] = {}
    for plan in plans:
        for item in plan.present:
            key = (item.finding.id, item.finding.severity, item.irreversible, False)
            subject = RiskSubject(plan.environment, item.finding.application)
            found.setdefault(key, []).append((item.finding.message, subject))
    return _listed(found, {})


_RiskKey = tuple[str, Severity, bool, bool]
_PRESENT = list(PRESENT)


def _listed(found: Mapping[_RiskKey, list[tuple[str, RiskSubject]]], titles: Mapping[str, str]) -> tuple[Risk, ...]:
    def order(key: _RiskKey) -> tuple[int, bool, bool, int, str]:
        name, severity, irreversible, stops = key
        rank = _PRESENT.index(name) if name in PRESENT else 0
        return severity_rank(severity), not stops, not irreversible, rank, name

    return tuple(
        Risk(
            *key[:2],
            titles.get(key[0]) or _title(key[0]),
            *key[2:],
            tuple(dict.fromkeys(message for message, _ in found[key])),
            tuple(dict.fromkeys(subject for _, subject in found[key])),
        )
        for key in sorted(found, key=order)
    )


def findings_of(plans: Iterable[PlanView], *, only_risks: bool = False) -> list[Finding]:
    """What consoles do now, then the findings of all plans, with one for each guardrail that moves and for each
    removal that stops recording; `only_risks` leaves out the others."""
    now = [
        item.finding
        for plan in plans
        for item in plan.present
        if not only_risks or item.finding.severity in (Severity.HIGH, Severity.MEDIUM)
    ]
    return now + [
        finding
        for plan in plans
        for finding in (
            *(item.finding for item in plan.all_findings if item.risk or not only_risks),
            *(_guardrail(change, plan) for change in _guardrails(plan) if change.weakened or not only_risks),
            *removals(plan),
        )
    ]


def _guardrails(plan: PlanView) -> tuple[GuardrailView, ...]:
    return plan.guardrails.changes if plan.guardrails else ()


def weakened(plan: PlanView) -> list[GuardrailView]:
    """Guardrails that protect worse than at the base."""
    return [change for change in _guardrails(plan) if change.weakened]


def _guardrail(change: GuardrailView, plan: PlanView) -> Finding:
    name = change.applications[0] if len(change.applications) == 1 else ""
    words = guardrail_words(change)
    return Finding(f"guardrail-{change.id}", change.severity, words, change.origin, name, "", plan.environment)


def guardrail_words(change: GuardrailView) -> str:
    """What moved, and who must approve that."""
    who = "; ".join(change.asks) or "nobody"
    told = f"{change.title}: {clipped(change.values)}."
    return f"{told} Asked by the base: {who}." if change.weakened else told


_LONGEST = 400


def clipped(values: str) -> str:
    """Enough of a value to know it by; all of it is in the plan document."""
    return values if len(values) <= _LONGEST else f"{values[:_LONGEST]}…"


def removals(plan: PlanView) -> Iterator[Finding]:
    """Removed applications that stop recording, as findings: their spec is gone, so no line is at fault."""
    for app in plan.removed or ():
        if app.on_remove == "stop-auto":
            yield Finding(_REMOVED, Severity.HIGH, removal(app), None, app.name, "", plan.environment)


def removal(app: RemovedApplication) -> str:
    """What the removal of an application's spec does to its console."""
    if app.on_remove == "stop-auto":
        return (
            "The next pulumi up switches automatic recording off. Rooms created afterwards are not recorded; what was "
            "not recorded cannot be recovered."
        )
    return "The console keeps its settings, and no spec manages them any more."


def _title(name: str) -> str:
    if name == _REMOVED:
        return "Removed applications stop recording"
    rule = RULES.get(name)
    return rule.title if rule else name


def _acknowledgement(item: PlanFinding) -> str:
    intent = item.acknowledged
    return f"intended, until {intent.expires}: {intent.reason}" if intent else ""
