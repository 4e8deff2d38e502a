"""The four layers become one effective document in which every leaf knows who set it and what it overrode.

Weakest first: schema defaults, template, environment, application. Files are RFC 7396 patches: a stronger
layer's leaf replaces, `null` deletes a leaf or a whole block, lists are replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provisioner.foundation.redaction import printable
from provisioner.recording.application import Layer, Leaf
from provisioner.recording.field import Mode
from provisioner.recording.fields import SETTINGS, find, reading_order, with_defaults
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.reader import Node

_STORAGE = f"{SETTINGS}/storage"


@dataclass(frozen=True, slots=True)
class Patch:
    """One file's say: `node` holds the document below the pointer `root`."""

    layer: Layer
    file: str
    root: str
    node: Node


def merge(patches: Sequence[Patch]) -> tuple[dict[str, Leaf], list[Finding]]:
    """Leaves by path in field order, and a finding for each value that its field refuses.

    A leaf whose value is None was deleted, and no default took its place; `split` tells it from the effective ones.
    `patches` come weakest first and have passed their schema. Every leaf that some file sets is judged, also
    one that a stronger file overrides: a wrong template is wrong whoever uses it.
    """
    leaves: dict[str, Leaf] = {}
    blocks: set[str] = set()
    findings: list[Finding] = []
    for patch in patches:
        for path, node in _entries(patch.node, patch.root):
            where = node.at(patch.file)
            if node.value is None:
                _delete(leaves, blocks, path, Leaf(None, patch.layer, where))
            elif isinstance(node.value, dict):
                blocks.add(path)
            elif field := find(path):
                try:
                    value = field.kind.parse(node.plain())
                except ValueError as reason:
                    message = printable(f"{path[1:].replace('/', '.')} {reason}")
                    findings.append(Finding("REC011", Severity.ERROR, message, where, path=path))
                else:
                    leaves[path] = Leaf(value, patch.layer, where, leaves.get(path))
    _apply_defaults(leaves, blocks)
    return {path: leaves[path] for path in sorted(leaves, key=reading_order)}, findings


def _entries(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    yield path, node
    if isinstance(node.value, dict) and not find(path):
        for key, child in node.value.items():
            yield from _entries(child, f"{path}/{key}")


def _delete(leaves: dict[str, Leaf], blocks: set[str], path: str, deletion: Leaf) -> None:
    for gone in [known for known in leaves if known == path or known.startswith(path + "/")]:
        leaves[gone] = replace(deletion, overrode=leaves[gone])
    blocks.difference_update({known for known in blocks if known == path or known.startswith(path + "/")})


def _apply_defaults(leaves: dict[str, Leaf], blocks: set[str]) -> None:
    """Schema defaults hold in every block that is there: `mixed: {}` is a mixed recording by defaults."""
    standing = [path for path, leaf in leaves.items() if leaf.value is not None]
    chosen = leaves.get("/recording/mode")
    mode = Mode(chosen.value) if chosen and chosen.value is not None else Mode.AUTO
    for path, value in with_defaults(standing, blocks, mode).items():
        leaves[path] = Leaf(value, Layer.SCHEMA, None, leaves.get(path))


def split(leaves: Mapping[str, Leaf]) -> tuple[dict[str, Leaf], dict[str, Leaf]]:
    """What counts, and what holds nothing: deletions, and storage that `vendor` does not name. The order stays."""
    vendor = leaves.get(f"{_STORAGE}/vendor")
    counted = {f"{_STORAGE}/vendor", f"{_STORAGE}/{vendor.value}"} if vendor else set()
    inert = {
        path: leaf
        for path, leaf in leaves.items()
        if leaf.value is None
        or (path.startswith(_STORAGE + "/") and path not in counted and path.rpartition("/")[0] not in counted)
    }
    return {path: leaf for path, leaf in leaves.items() if path not in inert}, inert
