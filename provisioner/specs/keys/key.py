"""What a key of a document is: one module a key says how it is written, checked and read.

A key of `environment.yaml` is registered by its line in `Environment` (`documents/environment.py`), one of an
application's file by its line in `KEYS` (`documents/application.py`). Schemas, the checking of documents, the workspace
and the reference page follow from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from provisioner.recording.findings import Finding
from provisioner.specs.files import SpecFiles
from provisioner.specs.schema.shapes import Schema
from provisioner.specs.yaml.reader import Node

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeySource:
    """A document that keys are read from: its root node, its file, and the project's files for what it names."""

    node: Node
    file: str
    files: SpecFiles

    def get(self, name: str, default: Any = None) -> Any:
        """What stands at a key, as plain JSON."""
        return self.node.plain().get(name, default)


def _nothing(_node: Node, _file: str) -> Iterable[Finding]:
    return ()


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """One key of a document.

    `schema` describes what stands at it. `check` says what no schema can, of a document that has the key; it sees the
    document's root. `read` gives the value of a document without findings, also of one that lacks the key; it raises
    Malformed only for another file that the key names. With `speaks` the check copes with any shape, and what it says
    stands instead of the schema's words.
    """

    name: str
    schema: Callable[[], Schema]
    read: Callable[[KeySource], T]
    check: Callable[[Node, str], Iterable[Finding]] = _nothing
    required: bool = False
    speaks: bool = False


def check_keys(keys: Iterable[Key[Any]], node: Node, file: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """What the keys' checks say of a document; `found` is what its schema has against it already."""
    plain = node.plain()
    if not isinstance(plain, dict):
        return
    at_fault = {finding.path.split("/")[1] for finding in found if finding.path}
    for key in keys:
        if key.name in plain and (key.speaks or key.name not in at_fault):
            yield from key.check(node, file)
