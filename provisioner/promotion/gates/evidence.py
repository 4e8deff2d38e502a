"""Recordings of the source were seen since it runs what moves."""

from __future__ import annotations

from provisioner.promotion.gates.gate import Answer, Gate, Scene, Verdict


def _recorded(scene: Scene) -> Answer | None:
    if not scene.target.gating.evidence:
        return None
    return Answer(Verdict.UNKNOWN, "recordings cannot be looked for from here")


EVIDENCE = Gate(
    "evidence", "Recordings of the source were seen since it runs this, as many as the target asks for.", _recorded
)
