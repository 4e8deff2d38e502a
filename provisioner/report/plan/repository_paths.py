"""Plans and findings with paths that begin at the repository's root, as a forge knows them.

Specs, terminals and JSON count from the project's folder; in a monorepo that is a folder below the root.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from provisioner.foundation.errors import Location
from provisioner.recording.findings import Finding
from provisioner.report.plan.plan_view import Entry, PlanFinding, PlanView


def findings_from_root(findings: Iterable[Finding], below: str) -> list[Finding]:
    """`below` is the project's folder in its repository, `''` for the root itself, else such as `infra/rec/`."""
    return [_finding(finding, below) for finding in findings]


def plan_from_root(plan: PlanView, below: str) -> PlanView:
    """As `findings_from_root`, for everything in a plan that says where something stands."""
    if not below:
        return plan
    return replace(
        plan,
        file=f"{below}{plan.file}",
        remarks=tuple(_remark(remark, below) for remark in plan.remarks),
        applications=tuple(_entry(entry, below) for entry in plan.applications),
    )


def _entry(entry: Entry, below: str) -> Entry:
    return replace(
        entry,
        file=f"{below}{entry.file}",
        changes=tuple(replace(change, origin=_location(change.origin, below)) for change in entry.changes),
        remarks=tuple(_remark(remark, below) for remark in entry.remarks),
    )


def _remark(remark: PlanFinding, below: str) -> PlanFinding:
    intent = remark.acknowledged
    return replace(
        remark,
        finding=_finding(remark.finding, below),
        acknowledged=intent and replace(intent, where=_location(intent.where, below)),
    )


def _finding(finding: Finding, below: str) -> Finding:
    where = finding.where
    return replace(finding, where=_location(where, below)) if below and where else finding


def _location(where: Location, below: str) -> Location:
    return replace(where, file=f"{below}{where.file}")
