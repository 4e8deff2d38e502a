"""One spec file: read, held against the schema of its kind, and understood as a patch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Layer
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.documents.patch import Patch, read_patch
from provisioner.specs.documents.placeholders import MARK, placeholders
from provisioner.specs.files import SpecFiles
from provisioner.specs.keys.key import Key, check_keys
from provisioner.specs.layout import FilePlace
from provisioner.specs.schema import checking
from provisioner.specs.schema.shapes import Schema
from provisioner.specs.yaml.reader import MAX_FINDINGS, Malformed, Node, read

_STORAGE = f"{SETTINGS}/storage"
CALLS = "calls"
"""The other block of leaves that an environment may hold."""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document. `name` is its schema's: `schema/<name>.json` is the committed copy of what `schema` builds.

    `place` is where its files lie, None where another file names them. `migrates`: commands rewrite its files when the
    format changes, and repair them. `layer` is what it says of applications, `keys` are its keys beside the settings.
    """

    name: str
    schema: Callable[[], Schema]
    place: FilePlace | None = None
    migrates: bool = False
    layer: Layer | None = None
    keys: tuple[Key[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file without a mistake of its own. `patch` is what it says about applications, if its kind is a layer.

    `content` identifies its bytes.
    """

    file: str
    node: Node
    patch: Patch | None
    content: bytes = b""


def read_document(files: SpecFiles, file: str, kind: DocumentKind) -> Document:
    """The document in `file`. Raises Malformed with everything that is wrong with this file alone."""
    data = files.read(file)
    try:
        node = read(data, file)
    except Malformed as error:
        raise Malformed([_with_key(finding, kind) for finding in error.findings]) from None
    findings = checking.check(node, kind.name, file)
    patch, refused = _read_patch(node, file, kind.layer) if kind.layer else (None, [])
    refused += check_keys(kind.keys, node, file, findings)
    if kind.layer and MARK.encode() in data:
        open_questions = list(placeholders(node, file))
        asked = {finding.path for finding in open_questions}
        refused = [*open_questions, *(finding for finding in refused if finding.path not in asked)]
    # The field knows its range and unit better than the schema does: where both complain, it speaks.
    told = {finding.path for finding in refused}
    findings = [*refused, *(finding for finding in findings if not _is_told(_effective(finding.path), told))]
    findings += _second_storage(node, patch, file) if patch else ()
    findings = findings or _misnamed(node, file, kind)
    if findings:
        raise Malformed(findings[:MAX_FINDINGS])
    return Document(file, node, patch, content_id(data))


def content_id(data: bytes) -> bytes:
    """What identifies a file's bytes."""
    return hashlib.blake2b(data, digest_size=16).digest()


def _with_key(finding: Finding, kind: DocumentKind) -> Finding:
    """A word that tools read differently, with its key and what that takes."""
    if finding.id != "REC005" or not finding.path:
        return finding
    key, takes = finding.path[1:].replace("/", "."), checking.takes(kind.name, finding.path)
    if not takes or not finding.message.startswith('"'):
        return replace(finding, message=printable(f"{key} {finding.message}"))
    cause, _, advice = finding.message.partition("; ")
    instead = f"; {advice.partition(',')[0]}" if takes == "true or false" else ""
    return replace(finding, message=printable(f"{key} takes {takes}; {cause}{instead}"))


def _read_patch(node: Node, file: str, layer: Layer) -> tuple[Patch, list[Finding]]:
    if layer is Layer.APPLICATION:
        return read_patch(node, layer, file)
    plain = node.plain()
    known = plain if isinstance(plain, dict) else {}
    settings = node.below("settings") if "settings" in known else node
    calls = [(node.below(CALLS), f"/{CALLS}")] if layer is Layer.ENVIRONMENT and CALLS in known else []
    return read_patch(settings, layer, file, SETTINGS, *calls)


def _effective(pointer: str) -> str:
    """A pointer into any document as a path of the effective application."""
    return f"/recording{pointer}" if pointer.startswith("/settings") else pointer


def _is_told(path: str, told: set[str]) -> bool:
    return any(path == known or path.startswith(f"{known}/") for known in told)


def _second_storage(node: Node, patch: Patch, file: str) -> list[Finding]:
    blocks = [block for block in patch.blocks if block.rpartition("/")[0] == _STORAGE]
    if len(blocks) < 2:
        return []
    storage = node.below(*(["recording"] if "recording" in node.plain() else []), "settings", "storage")
    first, *others = [name for name, below in storage.plain().items() if isinstance(below, dict)]
    return [
        Finding(
            "REC049",
            Severity.ERROR,
            f"storage.{other} stands beside storage.{first}; keep the one that files go to",
            storage.below(other).key_at(file),
            path=f"{_STORAGE}/{other}",
        )
        for other in others
    ]


def _misnamed(node: Node, file: str, kind: DocumentKind) -> list[Finding]:
    *_, folder, called = f"/{file}".split("/")
    own = kind.place is not None and kind.place.path.endswith("/{name}.yaml")
    whose, expected = ("file", called.removesuffix(".yaml")) if own else ("folder", folder)
    name = node.plain().get("name", expected)
    if name == expected:
        return []
    message = printable(f'name is "{name}", but its {whose} is called {expected}')
    return [Finding("REC021", Severity.ERROR, message, node.below("name").at(file), path="/name")]
