"""Gates: before a promotion, neither the source's nor the target's console differs from its specs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.promotion.console_plans import ConsolePlan, UnreadableConsole
from provisioner.promotion.gates.gate import Gate, GateAnswer, GateContext, GateVerdict, few, worst
from provisioner.reconcile.plan.diff import Difference, Unverified
from provisioner.reconcile.plan.plan import Plan
from provisioner.recording.paths import short


def _converged(context: GateContext) -> GateAnswer:
    return _as_specified(context.plans.source, f"apply {context.source.name} first")


def _undrifted(context: GateContext) -> GateAnswer:
    name = context.target.name
    return _as_specified(context.plans.target, f"see `provisioner drift {name}`, then adopt it or apply {name}")


def _as_specified(seen: ConsolePlan, advice: str) -> GateAnswer:
    if isinstance(seen, UnreadableConsole):
        return GateAnswer(GateVerdict.UNKNOWN, f"{seen.environment}'s console cannot be read: {seen.reason}")
    count = len(seen.applications)
    answer = worst(_differences(seen), f"{count} of {count} applications as specified, on the {seen.console}")
    return (
        answer
        if answer.verdict is not GateVerdict.FAIL
        else GateAnswer(GateVerdict.FAIL, f"{answer.evidence}; {advice}")
    )


def _differences(seen: Plan) -> Iterator[GateAnswer]:
    for entry in seen.applications:
        if entry.differences:
            now = f" ({entry.present[0].id})" if entry.present else ""
            told = f"{entry.application.name} differs at {_some(entry.differences)}{now}"
            yield GateAnswer(GateVerdict.FAIL, told)
        elif entry.unverified:
            reason = f"nobody can verify {_some(entry.unverified)} of {entry.application.name}"
            yield GateAnswer(GateVerdict.UNKNOWN, f"{reason}: {entry.unverified[0].reason}")


def _some(fields: Sequence[Difference | Unverified]) -> str:
    return few([short(field.path) for field in fields])


CONVERGED = Gate("converged", "The source's console holds what its specs say.", _converged)
DRIFT = Gate("drift", "The target's console holds what its specs say, before anything moves.", _undrifted)
