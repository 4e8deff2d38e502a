"""Somebody has to approve every file that changes; who has, the forge checks when the pull request is merged."""

from __future__ import annotations

from provisioner.promotion.gates.gate import Answer, Gate, Scene, Verdict


def _named(scene: Scene) -> Answer:
    if scene.owners is None:
        return Answer(Verdict.UNKNOWN, "there is no CODEOWNERS file that says who approves")
    files = [move.target.where.file for move in scene.promotion.moves.values()]
    approvers = {file: scene.owners.of(file)[0] for file in files}
    if nobody := [file for file, who in approvers.items() if not who]:
        return Answer(Verdict.FAIL, f"CODEOWNERS has nobody approve {', '.join(nobody)}")
    everybody = dict.fromkeys(name for who in approvers.values() for name in who)
    return Answer(Verdict.PASS, f"CODEOWNERS has {' '.join(everybody)} approve")


APPROVERS = Gate("approvers", "CODEOWNERS names who approves each file that changes.", _named)
