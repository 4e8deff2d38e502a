"""What views of coverage share: the report, its totals, and its objective judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.archive.coverage.collect_rooms import CoverageReport
from provisioner.archive.coverage.coverage_totals import (
    CoverageTotals,
    ObjectiveVerdict,
    judged_objective,
    together,
    totals_by_application,
)
from provisioner.foundation.clock import timestamp
from provisioner.recording.application import Application
from provisioner.specs.keys.coverage import CoverageObjective


@dataclass(frozen=True, slots=True)
class CoverageSummary:
    """A report with its rooms counted. `objective` is the environment's, None where it sets none."""

    report: CoverageReport
    totals: Mapping[int, CoverageTotals]
    objective: CoverageObjective | None = None

    @classmethod
    def of(cls, report: CoverageReport, objective: CoverageObjective | None) -> CoverageSummary:
        """All rooms judged and counted once."""
        numbers = [app.sdk_app_id for app in report.query.applications]
        return cls(report, totals_by_application(report.rooms(), numbers), objective)

    @property
    def whole(self) -> CoverageTotals:
        """Of all applications."""
        return together(self.totals.values())

    @property
    def blind(self) -> bool:
        """Whether of some of the time nobody knows which rooms there were."""
        return bool(self.report.untold)

    @property
    def judged(self) -> tuple[ObjectiveVerdict, str] | None:
        """Whether the objective is met, and the evidence in words."""
        return judged_objective(self.objective, self.whole, blind=self.blind) if self.objective else None

    @property
    def span(self) -> str:
        """The time that was asked for."""
        query = self.report.query
        return f"{timestamp(query.since)} to {timestamp(query.until)}"


def share(totals: CoverageTotals) -> str:
    """`99.12 % of 1,203 rooms recorded, 12 unknown`: a percentage of what is known, with the unknown beside it."""
    if not totals.verdicts:
        return "no room"
    unknown = f", {totals.unknown:,} unknown" if totals.unknown else ""
    if totals.percent is None:
        return f"no room of which is known whether it was recorded{unknown}"
    return f"{totals.percent} % of {totals.known:,} {'room' if totals.known == 1 else 'rooms'} recorded{unknown}"


def address(app: Application) -> str:
    """ENV/APP."""
    return f"{app.environment}/{app.name}"
