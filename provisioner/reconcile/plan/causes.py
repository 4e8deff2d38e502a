"""Why a field is to change: what this change to the specs did, and what somebody did in the console.

Three values are compared: what the base commit wanted, what the specs want now, what the console shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from provisioner.reconcile.plan.diff import Difference, managed
from provisioner.recording.application import Application, Layer, Leaf
from provisioner.recording.exclusive_storage import VENDOR
from provisioner.recording.value_types import Value


class ChangeCause(Enum):
    """What made a field differ; several may have."""

    THIS_CHANGE = "this-change"
    """The application's own file says something else than at the base."""

    TEMPLATE = "template"
    """Its template does, by an edit or because another version is pinned."""

    ENVIRONMENT = "environment"
    """Its environment's file does."""

    DRIFT = "drift"
    """The console shows something else than the base wanted."""

    UNKNOWN = "unknown"
    """There is no base to compare with."""


Said = tuple[Value | None] | None
"""What one layer says of a leaf: a value, null (which deletes), or, as None, nothing."""

_STRONGEST_FIRST = (
    (Layer.APPLICATION, ChangeCause.THIS_CHANGE),
    (Layer.ENVIRONMENT, ChangeCause.ENVIRONMENT),
    (Layer.TEMPLATE, ChangeCause.TEMPLATE),
)


def causes(
    app: Application,
    base: Mapping[int, Application] | None,
    differences: Iterable[Difference],
    *,
    in_force: bool = False,
) -> dict[str, tuple[ChangeCause, ...]]:
    """Each difference's causes by its path. `base` holds the base's applications by SDKAppId, None without a base.

    Where the specs are `in_force`, the console should be as they are, and whatever differs is drift.
    """
    if base is None:
        cause = ChangeCause.DRIFT if in_force else ChangeCause.UNKNOWN
        return {difference.path: (cause,) for difference in differences}
    before = base.get(app.sdk_app_id)
    return {difference.path: tuple(dict.fromkeys(_of(app, before, difference))) for difference in differences}


def _of(app: Application, base: Application | None, difference: Difference) -> Iterator[ChangeCause]:
    if base is None:
        yield ChangeCause.THIS_CHANGE
        return
    path = difference.path
    wanted = base.value(path) if managed(base.values, path) else None
    if wanted != difference.after:
        # A block of storage that is no longer chosen says what it said: the choice is what changed.
        yield from list(_changed(app, base, path)) or list(_changed(app, base, VENDOR)) or [ChangeCause.THIS_CHANGE]
    if managed(base.values, path) and wanted != difference.before:
        yield ChangeCause.DRIFT


def _changed(app: Application, base: Application, path: str) -> Iterator[ChangeCause]:
    """The layers whose word on the leaf is another now, down to one that hides all below it, then as before."""
    now, then = _words(app, path), _words(base, path)
    repinned = app.value("/recording/template") != base.value("/recording/template")
    for layer, cause in _STRONGEST_FIRST:
        says, said = now.get(layer), then.get(layer)
        if says != said:
            if layer is Layer.TEMPLATE and repinned:
                yield ChangeCause.THIS_CHANGE
            yield cause
        if says is not None and said is not None:
            return


def _words(app: Application, path: str) -> dict[Layer, Said]:
    """What each layer says of a leaf, the strongest file of it."""
    leaf: Leaf | None = app.leaves.get(path) or app.inert.get(path)
    words: dict[Layer, Said] = {}
    while leaf is not None:
        words.setdefault(leaf.layer, (leaf.value,))
        leaf = leaf.overrode
    return words
