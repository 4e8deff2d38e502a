"""A promotion as a whole: the new text of every file, what is not promoted and why, and its record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from provisioner.foundation.errors import ProvisionerError
from provisioner.promotion.file_values import ABSENT
from provisioner.promotion.history import bases
from provisioner.promotion.merge import MergedLeaf, Resolution, Side
from provisioner.promotion.new_application import new_application
from provisioner.promotion.pairing import Pairing
from provisioner.promotion.proposal import Bases, Move, Proposal, changes_of, propose
from provisioner.promotion.template_lock import locking
from provisioner.recording.application import Application, Hold
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.promotion_record import JudgedGate, Promoted, PromotionRecord
from provisioner.specs.editing.transaction import FileChange, FileChanges, contents, created
from provisioner.specs.workspace import SpecErrors, Workspace


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who promotes, when, and from which commit ('' where there is none)."""

    who: str
    when: datetime
    commit: str


@dataclass(frozen=True, slots=True)
class NewApplication:
    """A new file for the target, and the paths that still say TODO."""

    application: Application
    file: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Promotion:
    """What would be written, and the target as it would be once that was done.

    `moves` are the applications that are promoted, `conflicts` those that somebody has to decide about first, `held`
    those that nothing is promoted into; all by the target's name. `changes` are those of files, the record's apart.
    """

    source: str
    target: Environment
    moves: Mapping[str, Move]
    conflicts: Mapping[str, Move]
    held: Mapping[str, Hold]
    new_applications: tuple[NewApplication, ...]
    changes: FileChanges
    after: Environment
    record: PromotionRecord

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.moves and not self.new_applications

    def judged(self, gates: Mapping[str, JudgedGate]) -> Promotion:
        """With what the gates said in its record."""
        return replace(self, record=replace(self.record, gates=gates))


def prepare(
    workspace: Workspace, pairing: Pairing, records: Sequence[PromotionRecord], stamp: Stamp, prefer: Side | None = None
) -> Promotion:
    """The promotion of the pairs. Raises SpecErrors where the target would not be valid afterwards."""
    held = {target.name: target.hold for _, target in pairing.pairs.values() if target.hold}
    known = bases(records, pairing.source.name)
    proposal = propose(workspace, pairing, known, prefer, held)
    moves = {move.target.name: move for move in proposal.moves.values() if not move.conflicts and _does(move)}
    conflicts = {move.target.name: move for move in proposal.moves.values() if move.conflicts}
    changes = changes_of(moves.values())
    arriving, questions = _new_applications(workspace, pairing)
    after, pinned, lock = aftermath(
        workspace, pairing.target, contents(changes), [entry.application for entry in arriving]
    )
    record = PromotionRecord(
        pairing.target.name,
        pairing.source.name,
        stamp.commit,
        stamp.when,
        stamp.who,
        {name: _share(move) for name, move in {**_first_seen(proposal, known), **moves}.items()},
        _templates(after, moves, pinned),
    )
    source, target = pairing.source.name, pairing.target
    return Promotion(source, target, moves, conflicts, held, arriving, {**changes, **questions, **lock}, after, record)


def _first_seen(proposal: Proposal, known: Bases) -> dict[str, Move]:
    """Applications that are equal already and in no record: recording them gives the next promotion a base."""
    agreed = (move for move in proposal.moves.values() if not move.conflicts)
    return {move.target.name: move for move in agreed if not {move.target.name, *move.target.aliases} & known.keys()}


def _share(move: Move) -> Promoted:
    """A record's entry for one application: what was promoted, and the source's values, the next merge's base."""
    steps = {step.path: moved(step) for step in move.having(Resolution.MOVES)}
    base = {step.path: step.source for step in move.steps if step.source is not ABSENT}
    return Promoted(move.source.name, steps, base, move.written)


def moved(step: MergedLeaf) -> dict[str, Any]:
    """A step as a record has it."""
    sides = {"before": step.target, "after": step.source}
    return {side: value for side, value in sides.items() if value is not ABSENT}


def _does(move: Move) -> bool:
    """Whether a record is needed: the file changes, or a conflict was decided in favour of the target."""
    return move.change is not None or any(step.decided for step in move.steps)


def _new_applications(
    workspace: Workspace, pairing: Pairing
) -> tuple[tuple[NewApplication, ...], dict[str, FileChange]]:
    arriving, files = [], {}
    for app in pairing.only_source:
        file, data, questions = new_application(workspace.files, app, pairing.target.name)
        arriving.append(NewApplication(app, file, questions))
        files[file] = data
    return tuple(arriving), created(files)


def aftermath(
    workspace: Workspace, target: Environment, files: Mapping[str, bytes], arriving: Collection[Application] = ()
) -> tuple[Environment, Mapping[str, str], dict[str, FileChange]]:
    """The target once `files` are written, digests of all templates by pin, and how the lock changes, if it does.

    A file to fill in is no part of it: nobody can say yet what it will be. Raises SpecErrors.
    """
    then = workspace.drafted(files)
    try:
        environment = then.environment(target.name)
    except SpecErrors as error:
        raise ProvisionerError(f"Nothing was written; {target.name} would not be valid:\n{error}") from None
    digests = {pin: digest.text for pin, digest in then.template_digests().items()}
    if not environment.production:
        return environment, digests, {}
    pins = {pin for app in (*environment.applications, *arriving) for pin in app.templates}
    lock = locking(workspace.files, {pin: digests[pin] for pin in pins})
    return then.drafted(contents(lock)).environment(target.name), digests, lock


def _templates(after: Environment, names: Collection[str], digests: Mapping[str, str]) -> dict[str, str]:
    pins = {pin for app in after.applications if app.name in names for pin in app.templates}
    return {pin: digests[pin] for pin in pins}
