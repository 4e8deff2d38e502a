"""Rollback: restores what a record left, by new edits, a record of its own, and a hold.

What promotions moved since then goes back. What the target changed by itself since then stays: a rollback undoes
promotions, not hotfixes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from provisioner.foundation.errors import ConflictError, UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.promotion.edits import edited
from provisioner.promotion.file_values import ABSENT, Written, read_written
from provisioner.promotion.history import moved_since
from provisioner.promotion.merge import MergedLeaf, Resolution
from provisioner.promotion.promote import Promotion, Stamp, aftermath, moved
from provisioner.promotion.proposal import Move, changes_of
from provisioner.recording.application import Application
from provisioner.specs.documents.promotion_record import Promoted, PromotionRecord
from provisioner.specs.editing.transaction import FileChange, contents
from provisioner.specs.workspace import Workspace
from provisioner.specs.yaml import writer

CANNOT = (
    "What was not recorded meanwhile cannot be brought back, and files that were deleted stay deleted: a rollback "
    "restores settings. Ids, storage and callbacks are in no record and stay as they are."
)


def restore(workspace: Workspace, to: PromotionRecord, names: Collection[str], stamp: Stamp, reason: str) -> Promotion:
    """What going back to `to` comes to, for its applications, or those in `names`.

    Raises UsageError for a name that the record does not have, ConflictError where a template is no longer what it
    was, SpecErrors where the environment would not be valid.
    """
    for name in names:
        if name not in to.applications:
            hint = did_you_mean(name, to.applications)
            raise UsageError(f'the record has no application "{printable(name)}"{hint}', where=to.file)
    target = workspace.environment(to.environment)
    hold = {"reason": reason, "since": stamp.when.date().isoformat()}
    there = {known: app for app in target.applications for known in (*app.aliases, app.name)}
    chosen = {name: share for name, share in to.applications.items() if name in there and (not names or name in names)}
    records = workspace.promotions(to.environment)
    moves = {}
    for name, share in chosen.items():
        since = moved_since(records, to, name)
        moves[there[name].name] = _move(workspace, there[name], share.leaves, since, hold)
    moves = {name: move for name, move in moves.items() if move.change is not None}
    changes = changes_of(moves.values())
    after, digests, lock = aftermath(workspace, target, contents(changes))
    _check_templates(to, digests)
    shares = {there[name].name: share for name, share in chosen.items()}
    record = PromotionRecord(
        to.environment,
        to.source,
        stamp.commit,
        stamp.when,
        stamp.who,
        {name: _share(move, shares[name]) for name, move in moves.items()},
        to.templates,
        restores=to.name,
    )
    return Promotion(to.source, target, moves, {}, {}, (), {**changes, **lock}, after, record)


def _share(move: Move, then: Promoted) -> Promoted:
    """The base is the record's: once the hold is gone, what the source says since then moves again."""
    steps = {step.path: moved(step) for step in move.having(Resolution.MOVES)}
    return Promoted(then.source, steps, then.base, move.written)


def _move(
    workspace: Workspace, app: Application, leaves: Written, since: Collection[str], hold: Mapping[str, Any]
) -> Move:
    """What promotions moved in `since` goes back; what the target changed by itself, such as a hotfix, stays."""
    file = app.where.file
    now = read_written(workspace.files, file)
    steps = tuple(_step(path, leaves, now, since) for path in dict.fromkeys([*leaves, *now]))
    before = workspace.files.read(file)
    data = edited(before, steps, file)
    if data == before:
        return Move(app, app, steps, None)
    held = writer.set_value(data.decode(), "/hold", dict(hold)).encode()
    return Move(app, app, steps, FileChange(before, held))


def _step(path: str, then: Written, now: Written, since: Collection[str]) -> MergedLeaf:
    wanted, shown = then.get(path, ABSENT), now.get(path, ABSENT)
    touched = any(f"{path}/".startswith(f"{one}/") or one.startswith(f"{path}/") for one in since)
    return MergedLeaf(
        path,
        wanted,
        shown,
        None,
        Resolution.SAME if wanted == shown else Resolution.MOVES if touched else Resolution.KEPT,
    )


def _check_templates(to: PromotionRecord, digests: Mapping[str, str]) -> None:
    for pin, digest in to.templates.items():
        if digests.get(pin, digest) != digest:
            raise ConflictError(
                f"{pin} is not what it was when this was promoted; nothing was written",
                where=to.file,
                fix="Take the version back from Git, or pin another one.",
            )
