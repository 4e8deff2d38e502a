"""The gates of a promotion, in the order of output. A new gate is a module here and an entry in GATES."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from provisioner.promotion.gates.approvers import APPROVERS
from provisioner.promotion.gates.consequence import CONSEQUENCE
from provisioner.promotion.gates.consoles import CONVERGED, DRIFT
from provisioner.promotion.gates.coverage import COVERAGE
from provisioner.promotion.gates.evidence import EVIDENCE
from provisioner.promotion.gates.freeze import FREEZE
from provisioner.promotion.gates.gate import Gate, GateContext, GateVerdict
from provisioner.promotion.gates.ladder import LADDER
from provisioner.promotion.gates.soak import SOAK
from provisioner.promotion.gates.templates import TEMPLATES
from provisioner.specs.documents.promotion_record import Bypass, JudgedGate

_ORDER = (LADDER, CONVERGED, SOAK, EVIDENCE, COVERAGE, DRIFT, CONSEQUENCE, TEMPLATES, APPROVERS, FREEZE)
GATES: Mapping[str, Gate] = {gate.id: gate for gate in _ORDER}
"""In the order in which people read them."""

_LONGEST = 2000
"""Characters of evidence: a console's error may be long, and a record has to be read back."""


def judge(context: GateContext, bypasses: Mapping[str, Bypass]) -> dict[str, JudgedGate]:
    """The verdict of every gate. A bypass is recorded beside a verdict other than pass and does not change it."""
    rollback = bool(context.promotion.record.restores)
    judged: dict[str, JudgedGate] = {}
    for gate in GATES.values():
        answer = gate.ask(context) if gate.of_rollbacks or not rollback else None
        if answer:
            bypass = None if answer.verdict is GateVerdict.PASS or not gate.bypassable else bypasses.get(gate.id)
            judged[gate.id] = JudgedGate(answer.verdict.value, textwrap.shorten(answer.evidence, _LONGEST), bypass)
    return judged


def stopping(judged: Mapping[str, JudgedGate], production: bool) -> Iterator[str]:
    """Gates that stop a promotion: those that failed, in production also unknown ones, unless bypassed."""
    stops = {GateVerdict.FAIL.value, *([GateVerdict.UNKNOWN.value] if production else [])}
    yield from (gate for gate, said in judged.items() if said.verdict in stops and said.bypass is None)
