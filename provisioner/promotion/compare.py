"""Two environments' effective specs side by side, leaf by leaf, with what a promotion would make of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from provisioner.promotion.file_values import moves
from provisioner.promotion.pairing import Pairing
from provisioner.promotion.proposal import Move, Proposal, changes_of
from provisioner.recording.application import Application, Layer
from provisioner.recording.fields import reading_order
from provisioner.recording.value_types import Value
from provisioner.specs.editing.transaction import contents
from provisioner.specs.workspace import Workspace


class DifferenceKind(Enum):
    """What a promotion would do with one setting of a pair."""

    SAME = "same"
    MOVES = "moves"
    CONFLICT = "conflict"
    OVERRIDE = "override"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class ComparedLeaf:
    """One leaf of both effective specs; None stands for "not set"."""

    path: str
    source: Value | None
    target: Value | None
    kind: DifferenceKind


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """One application in both environments. `leaves` are in field order."""

    source: Application
    target: Application
    leaves: tuple[ComparedLeaf, ...]

    def having(self, *kinds: DifferenceKind) -> tuple[ComparedLeaf, ...]:
        """The leaves of these kinds, in field order."""
        return tuple(leaf for leaf in self.leaves if leaf.kind in kinds)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two environments side by side; `pairing` has the applications without a counterpart."""

    pairing: Pairing
    pairs: tuple[ComparedPair, ...]

    def count(self, kind: DifferenceKind) -> int:
        """How many leaves of all pairs are of that kind."""
        return sum(len(pair.having(kind)) for pair in self.pairs)

    @property
    def pending(self) -> bool:
        """Whether a promotion would change something, or has a conflict to decide."""
        return bool(self.count(DifferenceKind.MOVES) or self.count(DifferenceKind.CONFLICT) or self.pairing.only_source)


def compare(workspace: Workspace, proposal: Proposal) -> Comparison:
    """What differs, and why; MOVES is exactly what `proposal` would promote."""
    edited = contents(changes_of(proposal.moves.values()))
    after = workspace.drafted(edited).unjudged(proposal.pairing.target.name)
    becomes = {app.name: app for app in after.applications} if after else {}
    pairs = proposal.pairing.pairs
    return Comparison(
        proposal.pairing,
        tuple(
            ComparedPair(
                source, target, tuple(_leaves(source, target, becomes.get(target.name), proposal.moves.get(name)))
            )
            for name, (source, target) in pairs.items()
        ),
    )


def _leaves(
    source: Application, target: Application, after: Application | None, move: Move | None
) -> Iterator[ComparedLeaf]:
    then: Mapping[str, Value] = after.values if after else target.values
    for path in sorted({*source.values, *target.values}, key=reading_order):
        ours, theirs = source.value(path), target.value(path)
        if ours == theirs:
            kind = DifferenceKind.SAME
        elif not moves(path):
            kind = DifferenceKind.STAYS
        elif then.get(path) == ours:
            kind = DifferenceKind.MOVES
        else:
            kind = (
                DifferenceKind.CONFLICT if move and _disputed(path, source, target, move) else DifferenceKind.OVERRIDE
            )
        yield ComparedLeaf(path, ours, theirs, kind)


def _disputed(path: str, source: Application, target: Application, move: Move) -> bool:
    """Whether a conflict decides about the leaf: one about itself, about a block around it, or about the template."""
    disputed = {step.path for step in move.conflicts}
    if "/recording/template" in disputed and any(
        leaf is None or leaf.layer in (Layer.TEMPLATE, Layer.SCHEMA)
        for leaf in (source.leaves.get(path), target.leaves.get(path))
    ):
        return True
    return any(path == other or path.startswith(f"{other}/") for other in disputed)
