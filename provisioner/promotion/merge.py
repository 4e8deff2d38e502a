"""Three-way: what the source says now, what the target says now, and what both agreed on at the last promotion.

What only the source changed moves. What only the target changed, such as a hotfix, stays. What both changed is a
conflict, and somebody decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from provisioner.promotion.file_values import ABSENT, Written


class Resolution(Enum):
    """What the merge decides about one setting."""

    SAME = "same"
    MOVES = "moves"
    KEPT = "kept"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class MergedLeaf:
    """One setting of the application's file: its value on both sides and in the base (ABSENT: none), and the decision.

    `base` is None where there has been no promotion yet. `decided`: this was a conflict, and somebody chose a side.
    """

    path: str
    source: Any
    target: Any
    base: Any
    resolution: Resolution
    decided: bool = False

    @property
    def result(self) -> Any:
        """What the target's file says afterwards; a conflict leaves it alone."""
        return self.source if self.resolution is Resolution.MOVES else self.target


class Side(Enum):
    """Whose value a conflict takes."""

    SOURCE = "source"
    TARGET = "target"


def three_way(
    source: Written, target: Written, base: Written | None, prefer: Side | None = None
) -> tuple[MergedLeaf, ...]:
    """A step for each leaf that either file mentions, the source's in its order first.

    Without a base, what the source's file says moves, and what only the target's says is the target's own.
    `prefer` decides conflicts.
    """
    paths = dict.fromkeys([*source, *target, *(path for path in base or () if path not in source)])
    steps = [_step(path, source, target, base) for path in paths if path in source or path in target]
    steps = list(_with_clashes(steps))
    resolutions = {Side.SOURCE: Resolution.MOVES, Side.TARGET: Resolution.KEPT}
    if prefer is None:
        return tuple(steps)
    decided = resolutions[prefer]
    return tuple(
        replace(step, resolution=decided, decided=True) if step.resolution is Resolution.CONFLICT else step
        for step in steps
    )


def result_of(steps: Iterable[MergedLeaf]) -> Written:
    """What the target's file says of what moves, once the steps are done."""
    said = _said(steps)
    filled = _filled(said)
    return {path: value for path, value in said.items() if value != {} or path not in filled}


def _said(steps: Iterable[MergedLeaf]) -> Written:
    return {step.path: step.result for step in steps if step.result is not ABSENT}


def _filled(said: Written) -> set[str]:
    """Blocks that are written as a whole and also hold settings."""
    return {block for block in said if any(path.startswith(f"{block}/") for path in said)}


def _step(path: str, source: Written, target: Written, base: Written | None) -> MergedLeaf:
    ours, theirs = source.get(path, ABSENT), target.get(path, ABSENT)
    last = base.get(path, ABSENT) if base is not None else None
    if ours == theirs:
        resolution = Resolution.SAME
    elif base is None:
        resolution = Resolution.KEPT if ours is ABSENT else Resolution.MOVES
    elif ours == last:
        resolution = Resolution.KEPT
    else:
        resolution = Resolution.MOVES if theirs == last else Resolution.CONFLICT
    return MergedLeaf(path, ours, theirs, last, resolution)


def _with_clashes(steps: Sequence[MergedLeaf]) -> Iterator[MergedLeaf]:
    """A block that one side deletes while the other says something in it is a conflict, too.

    A block that is merely there needs no mention where something stands in it.
    """
    after = _said(steps)
    filled = _filled(after)
    deleted = {block for block in filled if after[block] is None}
    for step in steps:
        if any(step.path == block or step.path.startswith(f"{block}/") for block in deleted):
            yield step if step.resolution is Resolution.SAME else replace(step, resolution=Resolution.CONFLICT)
        elif step.path in filled and step.resolution is Resolution.MOVES:
            yield replace(step, resolution=Resolution.KEPT)
        else:
            yield step
