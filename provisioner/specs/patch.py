"""One file's say about an application: values and deletions by path, each with its place."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from provisioner.foundation.errors import Location
from provisioner.foundation.redaction import printable
from provisioner.recording.application import Layer
from provisioner.recording.field import Field
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.kinds import Value
from provisioner.specs.reader import Node


@dataclass(frozen=True, slots=True)
class Patch:
    """An RFC 7396 patch by effective path. `says` holds None where the file deletes a leaf or a whole block.

    `blocks` are the mappings that the file holds, empty ones too, `deleted` those that it deletes. `places` has line
    and column of each path, in the order of `says`: thousands of files are held at once, and of few values anybody
    asks where they stand.
    """

    layer: Layer
    file: str
    says: Mapping[str, Value | None]
    blocks: frozenset[str]
    deleted: tuple[str, ...]
    places: array[int]

    def where(self, path: str) -> Location:
        index = 2 * list(self.says).index(path)
        return Location(self.file, self.places[index], self.places[index + 1])


def read_patch(node: Node, layer: Layer, file: str, root: str = "") -> tuple[Patch, list[Finding]]:
    """What `node` says below the path `root`, and a finding for each value that its field refuses.

    Keys that are no field's are passed over: the schema judges them.
    """
    reading = _Reading(layer, file)
    tree = _TREE
    for block in root.split("/")[1:]:
        tree = tree[block]
    if isinstance(node.plain(), dict):
        reading.block(node.plain(), node.composed, root, tree)
    return reading.patch(), reading.findings


_Tree = dict[str, Any]
_SETTING = f"{SETTINGS}/"


def _tree() -> _Tree:
    """The field table as nested mappings, which a walk descends; `*` stands for a collection's members."""
    root: _Tree = {}
    for field in FIELDS.values():
        *blocks, leaf = field.path.split("/")[1:]
        node = root
        for block in blocks:
            node = node.setdefault(block, {})
        node[leaf] = field
    return root


_TREE = _tree()


@lru_cache(maxsize=1 << 13, typed=True)
def _value(path: str, raw: str | float | bool | None) -> Value:
    """Few values stand in one file only: most are the same pixel widths and quantities everywhere."""
    return FIELDS[path].kind.parse(raw)


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
        for (name, raw), (_, node) in zip(plain.items(), composed.value, strict=True):
            known = tree.get(name) or tree.get("*")
            if isinstance(known, Field):
                self._leaf(f"{path}/{name}" if "*" in known.path else known.path, known, raw, node)
            elif known:
                below = f"{path}/{name}"
                if isinstance(raw, dict):
                    self.block(raw, node, below, known)
                elif raw is None:
                    self.deleted.append(below)
                    self._say(below, None, node)

    def _leaf(self, path: str, field: Field, raw: Any, node: yaml.Node) -> None:
        if raw is None and path.startswith(_SETTING):
            self._say(path, None, node)
            return
        try:
            value = field.kind.parse(raw) if isinstance(raw, (list, dict)) else _value(field.path, raw)
        except ValueError as reason:
            self._refuse(path, field, raw, node, str(reason))
        else:
            self._say(path, value, node)

    def _say(self, path: str, value: Value | None, node: yaml.Node) -> None:
        self.says[path] = value
        mark = node.start_mark
        self.places.append(mark.line + 1)
        self.places.append(mark.column + 1)

    def _refuse(self, path: str, field: Field, raw: Any, node: yaml.Node, reason: str) -> None:
        written = path if self.layer is Layer.APPLICATION else path.removeprefix("/recording")
        message = printable(f"{written[1:].replace('/', '.')} {reason}")
        where = Node(raw, _culprit(field, raw, node)).at(self.file)
        self.findings.append(Finding("REC011", Severity.ERROR, message, where, path=path))


def _culprit(field: Field, raw: Any, node: yaml.Node) -> Any:
    """The first entry of a list that is refused on its own, else the value as a whole."""
    if isinstance(raw, list):
        for item, child in zip(raw, node.value, strict=True):
            try:
                field.kind.parse([item])
            except ValueError:
                return child
    return node
