"""Risks of one or several plans, gathered for people: one entry for each thing that happens, not one a line of diff."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from provisioner.recording.findings import Finding, Severity
from provisioner.report.plan.plan_view import PlanFinding, PlanView, RemovedApplication, weight
from provisioner.specs.rules import RULES

_REMOVED = "removed-stop-auto"


@dataclass(frozen=True, slots=True)
class RiskSubject:
    """Whom a risk concerns: an application, or with an empty `application` its environment; and what was written
    down about that, '' where nothing was."""

    environment: str
    application: str
    acknowledged: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """One thing that happens to recordings, and whom it concerns.

    `open` says that it stops `apply` until somebody acknowledges it. `messages` are what was said of it, each once.
    """

    id: str
    severity: Severity
    title: str
    irreversible: bool
    open: bool
    messages: tuple[str, ...]
    bearers: tuple[RiskSubject, ...]


def risks(plans: Sequence[PlanView]) -> tuple[Risk, ...]:
    """Every risk of the plans, the gravest first; of equals those that stop something, then those that stay."""
    found: dict[tuple[str, Severity, bool, bool], list[tuple[str, RiskSubject]]] = {}
    for plan in plans:
        for remark in _risky(plan.all_remarks):
            finding = remark.finding
            key = (finding.id, finding.severity, remark.irreversible, remark.stops(plan.day))
            bearer = RiskSubject(plan.environment, finding.application, _acknowledgement(remark))
            found.setdefault(key, []).append((finding.message, bearer))
        for finding in removals(plan):
            bearer = RiskSubject(plan.environment, finding.application)
            found.setdefault((finding.id, finding.severity, True, False), []).append((finding.message, bearer))
    order = sorted(found, key=lambda key: (weight(key[1]), not key[3], not key[2], key[0]))
    return tuple(
        Risk(
            *key[:2],
            _title(key[0]),
            *key[2:],
            tuple(dict.fromkeys(message for message, _ in found[key])),
            tuple(dict.fromkeys(bearer for _, bearer in found[key])),
        )
        for key in order
    )


def all_findings(plans: Iterable[PlanView]) -> list[Finding]:
    """Everything that the plans say, and what removals do."""
    return [
        finding for plan in plans for finding in (*(remark.finding for remark in plan.all_remarks), *removals(plan))
    ]


def risky_findings(plans: Iterable[PlanView]) -> list[Finding]:
    """Those of `all_findings` that are risks."""
    return [
        finding
        for plan in plans
        for finding in (*(remark.finding for remark in _risky(plan.all_remarks)), *removals(plan))
    ]


def removals(plan: PlanView) -> Iterator[Finding]:
    """Removed applications that stop recording: the engine has no finding for them, and no file to point at."""
    for gone in plan.removed or ():
        if gone.on_remove == "stop-auto":
            yield Finding(_REMOVED, Severity.HIGH, removal(gone), None, gone.name, "", plan.environment)


def removal(gone: RemovedApplication) -> str:
    """What the removal of an application's file does to its console."""
    if gone.on_remove == "stop-auto":
        return (
            "The next pulumi up switches automatic recording off. Rooms created afterwards are not recorded; what was "
            "not recorded cannot be recovered."
        )
    return "The console keeps what it has, and nobody manages it any more."


def _risky(remarks: Iterable[PlanFinding]) -> Iterator[PlanFinding]:
    return (remark for remark in remarks if remark.risk)


def _title(name: str) -> str:
    if name == _REMOVED:
        return "Removed applications stop recording"
    rule = RULES.get(name)
    return rule.title if rule else name


def _acknowledgement(remark: PlanFinding) -> str:
    intent = remark.acknowledged
    return f"meant, until {intent.expires}: {intent.reason}" if intent else ""
