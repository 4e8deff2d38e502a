"""Gate: the source records its rooms, as its own objective says."""

from __future__ import annotations

from provisioner.foundation.errors import ProvisionerError
from provisioner.promotion.gates.gate import Gate, GateAnswer, GateContext, GateVerdict
from provisioner.reconcile.apply.recorded_windows import recorded_windows


def _covered(context: GateContext) -> GateAnswer | None:
    objective = context.source.coverage
    if objective is None:
        return None
    applications = context.reaching_a_console()
    if not applications:
        return GateAnswer(GateVerdict.PASS, "nothing moves that a console records by")
    # Imported here because it takes long to load, and few environments have this gate.
    from provisioner.archive.coverage.collect_rooms import CoverageQuery, collect_rooms
    from provisioner.archive.coverage.coverage_totals import (
        ObjectiveVerdict,
        judged_objective,
        together,
        totals_by_application,
    )

    try:
        known = recorded_windows(context.source, applications, context.state, context.environ)
        query = CoverageQuery(applications, known.now - objective.over, known.now, known.now, known.windows)
        with collect_rooms(context.source, query, context.root, context.environ) as report:
            totals = totals_by_application(report.rooms(), [app.sdk_app_id for app in applications])
            verdict, told = judged_objective(objective, together(totals.values()), blind=bool(report.untold))
    except ProvisionerError as error:
        return GateAnswer(GateVerdict.UNKNOWN, f"rooms cannot be listed: {error}")
    verdicts = {ObjectiveVerdict.MET: GateVerdict.PASS, ObjectiveVerdict.MISSED: GateVerdict.FAIL}
    return GateAnswer(verdicts.get(verdict, GateVerdict.UNKNOWN), f"{objective}: {told}")


COVERAGE = Gate("coverage", "The source meets its own objective of recorded rooms, where it sets one.", _covered)
