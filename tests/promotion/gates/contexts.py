"""What gates know, from values: no files, no console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from provisioner.promotion.gates.gate import Gate, GateContext
from provisioner.promotion.proposal import Move
from provisioner.recording.application import Application
from provisioner.specs.keys.gates import GateDemands
from tests.reconcile.typed import application, environment

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
IDLE = "/recording/settings/maxIdleTime"


def moving(*names: str) -> dict[str, Move]:
    """Applications of whose template a setting moves from dev to prod."""
    return {name: Move(application(name, {IDLE: "20s"}), application(name, {IDLE: "5s"}), (), None) for name in names}


def context(moves: Mapping[str, Move] | None = None, demands: GateDemands | None = None, **known: Any) -> GateContext:
    """A promotion from dev to prod; whatever is not named is not there to be asked."""
    pairs = moves or {}
    after: list[Application] = known.pop("after", [move.source for move in pairs.values()])
    promotion = SimpleNamespace(
        target=environment(name="prod", gates=demands or GateDemands()),
        after=environment(*after, name="prod"),
        moves=pairs,
        record=SimpleNamespace(templates=known.pop("recorded", {})),
    )
    given: dict[str, Any] = {"promotion": promotion, "source": environment(), "now": NOON, **known}
    nothing: dict[str, Any] = dict.fromkeys(each.name for each in fields(GateContext))
    return GateContext(**{**nothing, **given})


def says(gate: Gate, asked: GateContext) -> tuple[str, str] | None:
    """Verdict and evidence; None where the target has not asked for the gate."""
    answer = gate.ask(asked)
    return (answer.verdict.value, answer.evidence) if answer else None
