"""The layers become one effective document in which every leaf knows who set it and what it overrode.

Weakest first: schema defaults, template (its parents before it), environment, application. Files are RFC 7396
patches: a stronger layer's leaf replaces, `null` deletes a leaf or a whole block, lists are replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from provisioner.recording.application import Layer, Leaf, Leaves
from provisioner.recording.field import Mode
from provisioner.recording.fields import SETTINGS, reading_order, with_defaults
from provisioner.recording.value_types import Value
from provisioner.specs.documents.patch import Patch

_STORAGE = f"{SETTINGS}/storage"


class Merged(NamedTuple):
    """What holds, and what holds nothing, both in field order.

    `inert` are leaves of the storage that `vendor` does not name, and those that null deleted and no default replaced.
    """

    leaves: Leaves
    inert: Mapping[str, Leaf]


class _Layered(Leaves):
    """Leaves whose provenance is read off the patches when it is asked for, which is seldom."""

    __slots__ = ("_patches",)

    def __init__(self, plain: Mapping[str, Value], patches: tuple[Patch, ...]) -> None:
        super().__init__(plain)
        self._patches = patches

    def __getitem__(self, path: str) -> Leaf:
        value = self.plain[path]
        leaf = _said(path, self._patches)
        return leaf if leaf and leaf.value is not None else Leaf(value, Layer.SCHEMA, None, leaf)


def _said(path: str, patches: Sequence[Patch]) -> Leaf | None:
    """The strongest file's say on a leaf, with what it overrode; None where no file mentions it."""
    leaf: Leaf | None = None
    for patch in patches:
        if path in patch.says:
            leaf = Leaf(patch.says[path], patch.layer, patch.where(path), leaf)
        elif leaf and (block := _deleted_block(patch, path)):
            leaf = Leaf(None, patch.layer, patch.where(block), leaf)
    return leaf


def merge(patches: Sequence[Patch]) -> Merged:
    """The effective leaves of `patches`, which come weakest first and have passed their schema."""
    said: dict[str, Value | None] = {}
    blocks: set[str] = set()
    for patch in patches:
        for deleted in patch.deleted:
            _delete(deleted, said, blocks)
        said.update(patch.says)
        blocks |= patch.blocks
    known = frozenset(path for path, value in said.items() if value is not None)
    layout = _layout(known, frozenset(blocks), said.get("/recording/mode"), said.get(f"{_STORAGE}/vendor"))
    values = said | layout.defaults
    standing = {path: value for path in layout.standing if (value := values[path]) is not None}
    unnamed = _Layered({path: value for path in layout.inert if (value := values[path]) is not None}, tuple(patches))
    inert = dict(unnamed) | _deletions(said, layout.defaults, patches)
    return Merged(_Layered(standing, tuple(patches)), {path: inert[path] for path in sorted(inert, key=reading_order)})


def _deletions(
    said: Mapping[str, Value | None], defaults: Mapping[str, Value], patches: Sequence[Patch]
) -> dict[str, Leaf]:
    """Leaves that a file set and a stronger one deleted for good."""
    gone = (path for path, value in said.items() if value is None and path not in defaults)
    leaves = (
        (path, _said(path, patches)) for path in gone if any(patch.says.get(path) is not None for patch in patches)
    )
    return {path: leaf for path, leaf in leaves if leaf}


def _delete(block: str, said: dict[str, Value | None], blocks: set[str]) -> None:
    below = f"{block}/"
    for gone in [path for path in said if path.startswith(below)]:
        said[gone] = None
    blocks.difference_update([known for known in blocks if known == block or known.startswith(below)])


def _deleted_block(patch: Patch, path: str) -> str | None:
    parts = path.split("/")
    above = ("/".join(parts[:end]) for end in range(len(parts) - 1, 1, -1))
    return next((block for block in above if block in patch.says), None)


class _Layout(NamedTuple):
    defaults: dict[str, Value]
    standing: tuple[str, ...]
    inert: tuple[str, ...]


@lru_cache(maxsize=1 << 10)
def _layout(known: frozenset[str], blocks: frozenset[str], mode: Value | None, vendor: Value | None) -> _Layout:
    """Defaults and order of a document that holds the leaves `known`: alike for all files that set the same keys.

    Schema defaults hold in every block that is there: `mixed: {}` is a mixed recording by defaults. Only the storage
    that `vendor` names counts.
    """
    defaults = with_defaults(known, blocks, Mode(mode) if mode else Mode.AUTO)
    ordered = sorted({*known, *defaults}, key=reading_order)
    counted = (f"{_STORAGE}/vendor", f"{_STORAGE}/{vendor}/")
    inert = {path for path in ordered if path.startswith(f"{_STORAGE}/") and not path.startswith(counted)}
    return _Layout(
        defaults,
        tuple(path for path in ordered if path not in inert),
        tuple(path for path in ordered if path in inert),
    )
