"""The four layers become one effective document in which every leaf knows who set it and what it overrode.

Weakest first: schema defaults, template, environment, application. Files are RFC 7396 patches: a stronger
layer's leaf replaces, `null` deletes a leaf or a whole block, lists are replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provisioner.foundation.redaction import printable
from provisioner.recording.application import Layer, Leaf
from provisioner.recording.field import Field
from provisioner.recording.fields import FIELDS, SETTINGS, with_defaults
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
    """Effective leaves by path in field order, and a finding for each value that its field refuses.

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
            elif path in FIELDS:
                try:
                    value = FIELDS[path].kind.parse(node.plain())
                except ValueError as reason:
                    message = printable(f"{path[1:].replace('/', '.')} {reason}")
                    findings.append(Finding("REC011", Severity.ERROR, message, where, path=path))
                else:
                    leaves[path] = Leaf(value, patch.layer, where, leaves.get(path))
    _apply_defaults(leaves, blocks)
    standing = {path: leaves[path] for path in FIELDS if path in leaves and leaves[path].value is not None}
    return _without_inert_storage(standing), findings


def _entries(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    if path in FIELDS or not isinstance(node.value, dict):
        yield path, node
        return
    yield path, node
    for key, child in node.value.items():
        yield from _entries(child, f"{path}/{key}")


def _delete(leaves: dict[str, Leaf], blocks: set[str], path: str, deletion: Leaf) -> None:
    for gone in [known for known in leaves if known == path or known.startswith(path + "/")]:
        leaves[gone] = replace(deletion, overrode=leaves[gone])
    blocks.difference_update({known for known in blocks if known == path or known.startswith(path + "/")})


def _apply_defaults(leaves: dict[str, Leaf], blocks: set[str]) -> None:
    """Schema defaults hold in every block that is there: `mixed: {}` is a mixed recording by defaults."""
    standing = [path for path, leaf in leaves.items() if leaf.value is not None]
    for path, value in with_defaults(standing, blocks).items():
        leaves[path] = Leaf(value, Layer.SCHEMA, None, leaves.get(path))


def _without_inert_storage(leaves: Mapping[str, Leaf]) -> dict[str, Leaf]:
    """Only the storage block that `vendor` names counts."""
    vendor = leaves.get(f"{_STORAGE}/vendor")
    chosen = f"{_STORAGE}/{vendor.value}/" if vendor else None
    return {
        path: leaf
        for path, leaf in leaves.items()
        if not path.startswith(_STORAGE + "/") or path == f"{_STORAGE}/vendor" or (chosen and path.startswith(chosen))
    }


def required_but_missing(leaves: Mapping[str, Leaf], scope: str) -> list[Field]:
    """Fields below `scope` that an effective document must hold and does not."""
    return [f for f in FIELDS.values() if f.required and f.path.startswith(scope + "/") and f.path not in leaves]
