"""Somebody has to approve every file that changes; whether they have, `provisioner approvals` asks the forge."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.promotion.gates.gate import Answer, Gate, Scene, Verdict, few
from provisioner.promotion.sight import Unseen
from provisioner.reconcile.approvals import demands, policy
from provisioner.reconcile.document import document


def _named(scene: Scene) -> Answer:
    if scene.owners is None:
        return Answer(Verdict.UNKNOWN, "there is no CODEOWNERS file that says who approves")
    files = [move.target.where.file for move in scene.promotion.moves.values()]
    approvers = {file: scene.owners.of(file)[0] for file in files}
    if nobody := [file for file, who in approvers.items() if not who]:
        return Answer(Verdict.FAIL, f"CODEOWNERS has nobody approve {few(nobody)}")
    everybody = dict.fromkeys(name for who in approvers.values() for name in who)
    return Answer(Verdict.PASS, "; ".join([f"CODEOWNERS has {few([*everybody], ' ')} approve", *_demanded(scene)]))


def _demanded(scene: Scene) -> Iterator[str]:
    """How many of whom the target asks for (`approvals`), where its console tells what is to change."""
    if not isinstance(scene.sight.after, Unseen):
        for demand in demands(document(scene.sight.after), [policy(scene.target, scene.owners)]):
            if demand.required:
                yield f"{demand.required} of {' '.join(demand.owners) or 'nobody'} must"


APPROVERS = Gate("approvers", "CODEOWNERS names who approves each file that changes.", _named)
