"""Gate: every HIGH consequence in the target is acknowledged by an intent."""

from __future__ import annotations

from provisioner.promotion.console_plans import UnreadableConsole
from provisioner.promotion.gates.gate import Gate, GateAnswer, GateContext, GateVerdict, few
from provisioner.reconcile.plan.refusals import refusals


def _acknowledged(context: GateContext) -> GateAnswer:
    seen = context.plans.after
    if isinstance(seen, UnreadableConsole):
        return GateAnswer(GateVerdict.UNKNOWN, f"{seen.environment}'s console cannot be read: {seen.reason}")
    against = refusals(seen, {}, context.now.date().isoformat())
    if not against:
        return GateAnswer(GateVerdict.PASS, "applying it needs no acknowledgement that is not written down")
    told = [f"{refusal.finding.application}: {refusal.finding.id}; {refusal.fix}" for refusal in against]
    return GateAnswer(GateVerdict.FAIL, few(told, "; "))


CONSEQUENCE = Gate(
    "consequence",
    "Whatever applying it does, nothing of high risk is without an intent.",
    _acknowledged,
    of_rollbacks=True,
)
