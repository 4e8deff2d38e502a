"""Plans and findings whose file names begin at the repository's root, as forges need them.

Specs, terminals and JSON count from the project's folder; in a monorepo that is a folder below the root.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.foundation.errors import Location
from provisioner.recording.findings import Finding

if TYPE_CHECKING:  # a plan's views load the engine, and validate has findings only
    from provisioner.report.plan.finding_view import PlanFinding
    from provisioner.report.plan.guardrail_view import GuardrailsView
    from provisioner.report.plan.plan_view import ApplicationView, PlanView


def findings_from_root(findings: Iterable[Finding], below: str) -> list[Finding]:
    """`below` is the project's folder in its repository, `''` for the root itself, else such as `infra/rec/`."""
    return [_finding(finding, below) for finding in findings]


def plan_from_root(plan: PlanView, below: str) -> PlanView:
    """The plan with every file name from the root; `below` as in `findings_from_root`."""
    return replace(
        plan,
        file=f"{below}{plan.file}",
        findings=tuple(_plan_finding(item, below) for item in plan.findings),
        applications=tuple(_application(entry, below) for entry in plan.applications),
        guardrails=plan.guardrails and _guardrails(plan.guardrails, below),
    )


def _guardrails(found: GuardrailsView, below: str) -> GuardrailsView:
    changes = (replace(change, origin=_location(change.origin, below)) for change in found.changes)
    return replace(found, changes=tuple(changes))


def _application(entry: ApplicationView, below: str) -> ApplicationView:
    return replace(
        entry,
        file=f"{below}{entry.file}",
        changes=tuple(replace(change, origin=_location(change.origin, below)) for change in entry.changes),
        findings=tuple(_plan_finding(item, below) for item in entry.findings),
    )


def _plan_finding(item: PlanFinding, below: str) -> PlanFinding:
    intent = item.acknowledged
    return replace(
        item,
        finding=_finding(item.finding, below),
        acknowledged=intent and replace(intent, where=_location(intent.where, below)),
    )


def _finding(finding: Finding, below: str) -> Finding:
    where = finding.where
    return replace(finding, where=_location(where, below)) if where else finding


def _location(where: Location, below: str) -> Location:
    """A file with a slash in front begins at the root already."""
    return replace(where, file=where.file[1:] if where.file.startswith("/") else f"{below}{where.file}")
