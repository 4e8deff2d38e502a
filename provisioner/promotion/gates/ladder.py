"""Gate: promotions go up the ladder of environments: development, staging, production."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.promotion.gates.gate import Gate, GateAnswer, GateContext, GateVerdict
from provisioner.specs.documents.environment import Environment
from provisioner.specs.keys.tier import TIERS


def below(target: Environment, tiers: Mapping[str, str]) -> tuple[str, ...]:
    """Which environments may be promoted into `target`: those it declares, else all of the next tier below it."""
    if target.ladder is not None:
        return target.ladder
    rank = TIERS.index(target.tier)
    for tier in reversed(TIERS[:rank]):
        if names := tuple(name for name, known in tiers.items() if known == tier):
            return names
    return ()


def _in_order(context: GateContext) -> GateAnswer:
    allowed = below(context.target, context.tiers)
    source, target = context.source.name, context.target.name
    if source in allowed:
        return GateAnswer(GateVerdict.PASS, f"{source} is the step below {target}")
    known = f"promote from {' or '.join(allowed)}" if allowed else f"nothing stands below {target}"
    return GateAnswer(GateVerdict.FAIL, f"{known}, or declare ladder: [{source}] in {context.target.where.file}")


LADDER = Gate("ladder", "The source is the step below the target, or one that it declares (ladder).", _in_order)
