"""Why a plan must not be carried out, and what would let it pass: the gate before every write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from provisioner.reconcile.plan.plan import Plan
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.documents.environment import Environment


@dataclass(frozen=True, slots=True)
class PlanRefusal:
    """One reason why a plan must not be carried out, and what lets it pass; `allowance` is None where nothing does."""

    finding: Finding
    fix: str
    allowance: str | None = None


def refusals(plan: Plan, allowed: Mapping[str, frozenset[str]], today: str) -> list[PlanRefusal]:
    """Every reason not to carry out `plan`. `allowed` maps consequences to the applications they are allowed for.

    HIGH needs an intent in the spec that has not expired on `today` (YYYY-MM-DD), or an allowance; so does a plan
    that exceeds its environment's limits.
    """
    environment, day = plan.environment, date.fromisoformat(today)
    found = [
        PlanRefusal(finding, intend(finding, environment.where.file), finding.id)
        for finding in plan.exceeded
        if finding.id not in allowed and not environment.acknowledges(finding.id, day)
    ]
    for entry in plan.applications:
        for finding in entry.findings:
            if finding.severity is Severity.ERROR:
                found.append(PlanRefusal(finding, "Change the spec; nothing can be allowed here"))
            elif finding.severity is Severity.HIGH and not _acknowledged(entry.application, finding, allowed, day):
                app = entry.application
                fix = _mean_removal(app, environment) if app.removed else intend(finding, app.where.file)
                found.append(PlanRefusal(finding, fix, f"{finding.id}={entry.application.name}"))
    return found


def intend(finding: Finding, file: str) -> str:
    """How to acknowledge a finding in the file that it is about."""
    return f"If it is meant, write intent: {{{finding.id}: {{reason: …, expires: YYYY-MM-DD}}}} in {file}"


def _mean_removal(app: Application, environment: Environment) -> str:
    meant = f"removed: {{{app.name}: {{reason: …, expires: YYYY-MM-DD}}}}"
    return f"If it is meant, write {meant} in {environment.where.file}; else bring its file back"


def _acknowledged(app: Application, finding: Finding, allowed: Mapping[str, frozenset[str]], day: date) -> bool:
    return app.name in allowed.get(finding.id, ()) or app.acknowledges(finding.id, day)
