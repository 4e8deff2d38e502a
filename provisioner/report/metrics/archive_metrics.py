"""How many rooms were recorded, and what recordings prove, as gauges: what coverage and evidence know."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from provisioner.archive.coverage.coverage_totals import ObjectiveVerdict
from provisioner.archive.coverage.room_coverage import CoverageVerdict
from provisioner.archive.evidence.verdicts import EvidenceReport, EvidenceVerdict
from provisioner.report.archive.coverage_summary import CoverageSummary
from provisioner.report.metrics import metric_table as table
from provisioner.report.metrics.gauges import Gauges


def coverage_metrics(environment: str, summary: CoverageSummary, at: datetime) -> bytes:
    """Rooms by outcome, the share that was recorded, and the objective, by a look at the moment `at`."""
    gauges = Gauges("coverage")
    gauges.moment(table.LAST_LOOK, at, environment)
    for app in summary.report.query.applications:
        totals = summary.totals[app.sdk_app_id]
        for verdict in CoverageVerdict:
            gauges.set(table.ROOMS, totals.verdicts[verdict], environment, app.name, verdict.value)
        if totals.percent is not None:
            gauges.set(table.COVERAGE, float(totals.percent) / 100, environment, app.name)
    if summary.objective and summary.judged:
        gauges.set(table.OBJECTIVE, float(summary.objective.at_least) / 100, environment)
        judged = summary.judged[0]
        if judged is not ObjectiveVerdict.UNKNOWN:
            gauges.set(table.OBJECTIVE_MET, judged is ObjectiveVerdict.MET, environment)
    return gauges.text()


def evidence_metrics(report: EvidenceReport, at: datetime) -> bytes:
    """Settings by verdict, by a look at the moment `at`."""
    gauges = Gauges("evidence")
    gauges.moment(table.LAST_LOOK, at, report.environment)
    for entry in report.evidence:
        counts = Counter(judgement.verdict for judgement in entry.judgements)
        for verdict in EvidenceVerdict:
            gauges.set(table.EVIDENCE, counts[verdict], report.environment, entry.application.name, verdict.value)
    return gauges.text()
