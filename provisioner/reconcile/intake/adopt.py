"""Taking over into the spec what the console shows: the way back from a change that somebody made there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from provisioner.console.port import Observed
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.plan.diff import Difference, Unverified, diff
from provisioner.recording.application import Layer, Leaf
from provisioner.recording.field import Mode
from provisioner.recording.fields import SETTINGS
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value
from provisioner.specs.editing.spec_editor import Draft

_ENABLED = "/recording/enabled"
_MODE = "/recording/mode"
_ROUNDS = 4
"""Taking back a deletion brings back whatever it hid, which is then compared in its turn."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """One value of the console that the spec has now: it was `before`, it is `after` (None: nothing is set).

    `leaf` is where it comes from, with what it overrode; for a deletion the deleting null. None where the file merely
    stopped saying something.
    """

    path: str
    before: Value | None
    after: Value | None
    leaf: Leaf | None

    @property
    def how(self) -> str:
        """`override`, `inherited` (a weaker layer says so), `deleted` (by null) or `removed`."""
        if self.leaf is None:
            return "removed"
        if self.leaf.value is None:
            return "deleted"
        return "override" if self.leaf.layer is Layer.APPLICATION else "inherited"


@dataclass(frozen=True, slots=True)
class Adoption:
    """The file with the console's values, what that changed, and what nobody could read and so was left alone."""

    draft: Draft
    adopted: tuple[Adopted, ...]
    unverified: tuple[Unverified, ...]

    @property
    def stops_recording(self) -> bool:
        """Whether rooms are no longer recorded that the spec wanted recorded."""
        was = {one.path: one.before for one in self.adopted}
        now = self.draft.values
        recorded = was.get(_ENABLED, now.get(_ENABLED)) is True and was.get(_MODE, now.get(_MODE)) == Mode.AUTO.value
        return recorded and (now.get(_ENABLED) is not True or now.get(_MODE) != Mode.AUTO.value)


def adopt(draft: Draft, observed: Observed, only: Collection[str] | None = None) -> Adoption:
    """`draft` with the console's values at the paths in `only`, by default wherever it differs.

    Raises ProvisionerError where the spec cannot say what the console shows.
    """
    before = draft.values
    # Whether there is recording, and of which mode, decides what else the spec speaks of: in this order.
    for part in (_ENABLED, _MODE, f"{SETTINGS}/", "/calls/"):
        for _ in range(_ROUNDS):
            found = _chosen(diff(draft.values, observed).differences, part, only)
            if not found:
                break
            draft = draft.holding({difference.path: difference.before for difference in found})
    found_at_last = diff(draft.values, observed)
    if left := _chosen(found_at_last.differences, "", only):
        raise _unsayable(draft, left, "its whole block" if only else "")
    unverified = tuple(one for one in found_at_last.unverified if only is None or one.path in only)
    return Adoption(draft, tuple(_adopted(before, draft, observed)), unverified)


def _unsayable(draft: Draft, left: Collection[Difference], instead: str) -> ProvisionerError:
    return ProvisionerError(
        f"the spec cannot say what the console shows at {', '.join(short(one.path) for one in left)}",
        where=draft.file,
        fix=f"Beside the other settings a default holds there: adopt {instead}."
        if instead
        else "Change it in the console, or apply what the spec says.",
    )


def _chosen(differences: Collection[Difference], part: str, only: Collection[str] | None) -> list[Difference]:
    return [one for one in differences if one.path.startswith(part) and (only is None or one.path in only)]


def _adopted(before: Mapping[str, Value], draft: Draft, observed: Observed) -> Iterator[Adopted]:
    leaves, inert = draft.merged()
    for path in observed.fields:
        was, now = before.get(path), leaves.plain.get(path)
        if was != now:
            yield Adopted(path, was, now, leaves[path] if path in leaves else inert.get(path))
