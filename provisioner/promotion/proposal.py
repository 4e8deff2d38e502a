"""What a promotion would do to every application, and the target as it would be afterwards. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from provisioner.promotion.edits import edited
from provisioner.promotion.file_values import Written, read_written
from provisioner.promotion.merge import MergedLeaf, Resolution, Side, result_of, three_way
from provisioner.promotion.pairing import Pairing
from provisioner.recording.application import Application
from provisioner.specs.editing.transaction import FileChange, contents
from provisioner.specs.workspace import Workspace

Bases = Mapping[str, Written]
"""What the source said of each application, by the target's name, at its last promotion."""


@dataclass(frozen=True, slots=True)
class Move:
    """What would happen to one pair: its steps, and how the target's file changes (None where it does not)."""

    source: Application
    target: Application
    steps: tuple[MergedLeaf, ...]
    change: FileChange | None

    def having(self, resolution: Resolution) -> tuple[MergedLeaf, ...]:
        """The steps that came out that way, in field order."""
        return tuple(step for step in self.steps if step.resolution is resolution)

    @property
    def conflicts(self) -> tuple[MergedLeaf, ...]:
        """Steps that both sides changed, for somebody to decide."""
        return self.having(Resolution.CONFLICT)

    @property
    def written(self) -> Written:
        """What the target's file says of what moves, afterwards."""
        return result_of(self.steps)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would happen to each pair, by the source's name."""

    pairing: Pairing
    moves: Mapping[str, Move]

    @property
    def files(self) -> dict[str, bytes]:
        """Files of applications that can be promoted as a whole, as they would become."""
        return contents(changes_of(move for move in self.moves.values() if not move.conflicts))


def changes_of(moves: Iterable[Move]) -> dict[str, FileChange]:
    """How the targets' files change, by path."""
    return {move.target.where.file: move.change for move in moves if move.change is not None}


def propose(
    workspace: Workspace,
    pairing: Pairing,
    bases: Bases,
    prefer: Side | None = None,
    held: Collection[str] = (),
) -> Proposal:
    """Merge each pair's files; `held` names targets that stay as they are. Raises SpecErrors."""
    pairs = {name: pair for name, pair in pairing.pairs.items() if pair[1].name not in held}
    return Proposal(pairing, {name: _move(workspace, *pair, bases, prefer) for name, pair in pairs.items()})


def _move(workspace: Workspace, source: Application, target: Application, bases: Bases, prefer: Side | None) -> Move:
    source_file, target_file = source.where.file, target.where.file
    steps = three_way(
        read_written(workspace.files, source_file),
        read_written(workspace.files, target_file),
        next((bases[name] for name in (target.name, *target.aliases) if name in bases), None),
        prefer,
    )
    before = workspace.files.read(target_file)
    after = edited(before, steps, target_file)
    return Move(source, target, steps, None if after == before else FileChange(before, after))
