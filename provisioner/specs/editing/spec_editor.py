"""An application's file while it is being changed: each value lands where it belongs, and nothing else moves.

What a weaker layer says already is not repeated, what it must not say is deleted by null, everything else is an
override. After each edit the file is merged anew, so that what counts is what the file means and not how it looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.recording.application import Layer
from provisioner.recording.fields import SETTINGS
from provisioner.recording.value_types import Value, canonical
from provisioner.specs.documents.layers import Merged, merge
from provisioner.specs.documents.patch import Patch, read_patch
from provisioner.specs.yaml import writer
from provisioner.specs.yaml.reader import read


@dataclass(frozen=True, slots=True)
class Draft:
    """The `text` of the application's `file`, above the layers that are `weaker`, weakest first."""

    file: str
    text: str
    weaker: tuple[Patch, ...]

    @property
    def own(self) -> Patch:
        """What the file says now."""
        return read_patch(read(self.text.encode(), self.file), Layer.APPLICATION, self.file)[0]

    def merged(self) -> Merged:
        """What holds now, and what the file keeps from holding."""
        return merge([*self.weaker, self.own])

    @property
    def values(self) -> Mapping[str, Value]:
        """What would hold if the draft were written, by path."""
        return self.merged().leaves.plain

    def holding(self, target: Mapping[str, Value | None]) -> Draft:
        """A file that means `target` at these paths (None: nothing holds there), with as few edits as that takes."""
        stays = {path for path, value in {**self.values, **target}.items() if value is not None}
        draft = self
        for path, value in target.items():
            draft = draft._without(_emptied(path, stays)) if value is None else draft._with(path, value)
        return draft

    def _with(self, path: str, value: Value) -> Draft:
        said, values = self.own.says, self.values
        if values.get(path) == value:
            return self
        if own := next((place for place in _with_parents(path) if place in said), None):
            inherits = self._dropping(own)
            if inherits.values.get(path) == value:
                return inherits
        return self._setting(path, canonical(value))

    def _without(self, place: str) -> Draft:
        """Nothing holds at `place`, a leaf or a block, nor does this file speak of it where it need not."""
        draft = self
        if self._speaks_of(place):
            draft = self._dropping(place)
        return draft._setting(place, None) if _inside(draft.values, place) else draft

    def _speaks_of(self, place: str) -> bool:
        try:
            writer.find(self.text, place)
        except KeyError:
            return False
        return True

    def _setting(self, place: str, raw: object) -> Draft:
        return replace(self, text=writer.set_value(self.text, place, raw))

    def _dropping(self, place: str) -> Draft:
        """Without the entry at `place`, and without the blocks that are empty then unless they mean something."""
        dropped = replace(self, text=writer.remove(self.text, place))
        above = place.rpartition("/")[0]
        if above.startswith(SETTINGS) and not writer.find(dropped.text, above).value.value:
            higher = dropped._dropping(above)
            if higher.values == dropped.values:
                return higher
        return dropped


def _with_parents(path: str) -> list[str]:
    """`path` and the blocks above it that belong to the settings, innermost first."""
    places = [path]
    while len(places[-1]) > len(SETTINGS):
        places.append(places[-1].rpartition("/")[0])
    return places


def _inside(values: Mapping[str, Value], place: str) -> bool:
    return place in values or any(path.startswith(f"{place}/") for path in values)


def _emptied(path: str, stays: set[str]) -> str:
    """The outermost block around `path` in which nothing stays, else the leaf itself.

    A block as a whole has to go: while it is there, its defaults hold.
    """
    blocks = [place for place in _with_parents(path)[1:] if place.startswith(f"{SETTINGS}/")]
    return next((block for block in reversed(blocks) if not any(leaf.startswith(f"{block}/") for leaf in stays)), path)
