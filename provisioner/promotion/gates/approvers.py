"""Gate: CODEOWNERS names an approver for every file that changes; `provisioner approvals` checks the approvals."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.promotion.console_plans import UnreadableConsole
from provisioner.promotion.gates.gate import Gate, GateAnswer, GateContext, GateVerdict, few
from provisioner.reconcile.plan.approvals import demands, policy
from provisioner.reconcile.plan.document import document


def _named(context: GateContext) -> GateAnswer:
    if context.owners is None:
        return GateAnswer(GateVerdict.UNKNOWN, "there is no CODEOWNERS file that says who approves")
    files = [move.target.where.file for move in context.promotion.moves.values()]
    approvers = {file: context.owners.of(file)[0] for file in files}
    if nobody := [file for file, who in approvers.items() if not who]:
        return GateAnswer(GateVerdict.FAIL, f"CODEOWNERS has nobody approve {few(nobody)}")
    everybody = dict.fromkeys(name for who in approvers.values() for name in who)
    return GateAnswer(
        GateVerdict.PASS, "; ".join([f"CODEOWNERS has {few([*everybody], ' ')} approve", *_demanded(context)])
    )


def _demanded(context: GateContext) -> Iterator[str]:
    """Who must approve by the target's `approvals`, where its console shows what would change."""
    if not isinstance(context.plans.after, UnreadableConsole):
        for demand in demands(document(context.plans.after), [policy(context.target, context.owners)]):
            if demand.required:
                yield f"{demand.required} of {' '.join(demand.owners) or 'nobody'} must"


APPROVERS = Gate("approvers", "CODEOWNERS names who approves each file that changes.", _named)
