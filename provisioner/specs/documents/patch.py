"""One file's say about an application: values and deletions by path, each with its place."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from provisioner.foundation.errors import Location
from provisioner.recording.application import Layer
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.findings import Finding
from provisioner.recording.value_types import Value
from provisioner.specs.yaml.checks import unfit
from provisioner.specs.yaml.reader import Node


@dataclass(frozen=True, slots=True)
class Patch:
    """An RFC 7396 patch by effective path. `says` holds None where the file deletes a leaf or a whole block.

    `blocks` are the mappings that the file holds, empty ones too, `deleted` those that it deletes. `places` has line
    and column of each path, counted from 0 and in the order of `says`: thousands of files are held at once, and of few
    values anybody asks where they stand.
    """

    layer: Layer
    file: str
    says: Mapping[str, Value | None]
    blocks: frozenset[str]
    deleted: tuple[str, ...]
    places: array[int]

    def where(self, path: str) -> Location:
        """Where the file says what it says of `path`, which must be in `says`."""
        index = 2 * list(self.says).index(path)
        return Location(self.file, self.places[index] + 1, self.places[index + 1] + 1)


def read_patch(
    node: Node, layer: Layer, file: str, root: str = "", *others: tuple[Node, str]
) -> tuple[Patch, list[Finding]]:
    """What `node` says below the path `root`, and a finding for each value that its field refuses.

    Keys that are no field's are passed over: the schema judges them. `others` are further nodes with their roots.
    """
    reading = _Reading(layer, file)
    for each, path in ((node, root), *others):
        tree = _TREE
        for block in path.split("/")[1:]:
            tree = tree[block]
        if isinstance(each.plain(), dict):
            reading.block(each.plain(), each.composed, path, tree)
    return reading.patch(), reading.findings


_Tree = dict[str, Any]
_SETTING = f"{SETTINGS}/"


def _tree() -> _Tree:
    """The field table as nested mappings that end in paths; `*` stands for the members of a collection."""
    root: _Tree = {}
    for path in FIELDS:
        *blocks, leaf = path.split("/")[1:]
        node = root
        for block in blocks:
            node = node.setdefault(block, {})
        node[leaf] = path
    return root


_TREE = _tree()


@lru_cache(maxsize=1 << 13, typed=True)
def _value(field: str, raw: str | float | bool | None) -> Value | None:
    """Few values stand in one file only: most are the same pixel widths and quantities everywhere."""
    return _parse(field, raw)


def _parse(field: str, raw: object) -> Value | None:
    """The value of a field, None where a setting is deleted. Raises ValueError with a sentence for the author."""
    return None if raw is None and field.startswith(_SETTING) else FIELDS[field].kind.parse(raw)


@lru_cache(maxsize=1 << 10)
def _shared(blocks: frozenset[str]) -> frozenset[str]:
    return blocks


class _Reading:
    """Walks plain values and PyYAML's nodes side by side: only the places of leaves are taken over."""

    def __init__(self, layer: Layer, file: str) -> None:
        self.layer = layer
        self.file = file
        self.says: dict[str, Value | None] = {}
        self.blocks: list[str] = []
        self.deleted: list[str] = []
        self.places = array("I")
        self.findings: list[Finding] = []

    def patch(self) -> Patch:
        blocks = _shared(frozenset(self.blocks))
        return Patch(self.layer, self.file, self.says, blocks, tuple(self.deleted), self.places)

    def block(self, plain: dict[str, Any], composed: Any, path: str, tree: _Tree) -> None:
        self.blocks.append(path)
        members, says, place = tree.get("*"), self.says, self.places.append
        for (name, raw), (_, node) in zip(plain.items(), composed.value, strict=True):
            known = tree.get(name, members)
            if isinstance(known, str):
                leaf = f"{path}/{name}" if "*" in known else known
                try:
                    value = _parse(known, raw) if isinstance(raw, (list, dict)) else _value(known, raw)
                except ValueError as reason:
                    self._refuse(leaf, known, raw, node, str(reason))
                    continue
            elif known and raw is None:
                leaf, value = f"{path}/{name}", None
                self.deleted.append(leaf)
            else:
                if known and isinstance(raw, dict):
                    self.block(raw, node, f"{path}/{name}", known)
                continue
            says[leaf] = value
            mark = node.start_mark
            place(mark.line)
            place(mark.column)

    def _refuse(self, path: str, field: str, raw: Any, node: yaml.Node, reason: str) -> None:
        written = path if self.layer is Layer.APPLICATION else path.removeprefix("/recording")
        message = f"{written[1:].replace('/', '.')} {reason}"
        self.findings.append(unfit(message, Node(raw, _culprit(field, raw, node)), self.file, path))


def _culprit(field: str, raw: Any, node: yaml.Node) -> Any:
    """The first entry of a list that is refused on its own, else the value as a whole."""
    if isinstance(raw, list):
        for item, child in zip(raw, node.value, strict=True):
            try:
                FIELDS[field].kind.parse([item])
            except ValueError:
                return child
    return node
