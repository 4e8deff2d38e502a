"""One spec file: read, held against the schema of its kind, and understood as a patch."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Layer
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.documents.environment import check_minimum_retention
from provisioner.specs.documents.patch import Patch, read_patch
from provisioner.specs.documents.placeholders import MARK, placeholders
from provisioner.specs.files import SpecFiles
from provisioner.specs.keys.console import without_effect
from provisioner.specs.keys.gates import check_gating
from provisioner.specs.keys.hold import check_hold
from provisioner.specs.keys.journal import check_journal
from provisioner.specs.schema import checking
from provisioner.specs.yaml.reader import MAX_FINDINGS, Malformed, Node, read

_STORAGE = f"{SETTINGS}/storage"
_LAYERS = {"template": Layer.TEMPLATE, "environment": Layer.ENVIRONMENT, "application": Layer.APPLICATION}


@dataclass(frozen=True, slots=True)
class Document:
    """A file without a mistake of its own. `patch` is what it says about applications, if its kind is a layer."""

    file: str
    node: Node
    patch: Patch | None


def read_document(files: SpecFiles, file: str, kind: str) -> Document:
    """The document in `file`, of the kind whose schema is `schema/<kind>.json`.

    Raises Malformed with everything that is wrong with this file alone.
    """
    data = files.read(file)
    node = read(data, file)
    findings = checking.check(node, kind, file)
    if not findings and kind in ("environment", "application"):
        findings += [*check_hold(node, file), *(check_gating(node, file) if kind == "environment" else ())]
    patch = None
    if kind in _LAYERS:
        patch, refused = _read_patch(node, file, kind)
        if kind == "environment":
            refused += [*check_minimum_retention(node, file), *check_journal(node, file)]
        if MARK.encode() in data:
            open_questions = list(placeholders(node, file))
            asked = {finding.path for finding in open_questions}
            refused = [*open_questions, *(finding for finding in refused if finding.path not in asked)]
        # The field knows its range and unit better than the schema does: where both complain, it speaks.
        told = {finding.path for finding in refused}
        findings = [*refused, *(finding for finding in findings if not _is_told(_effective(finding.path), told))]
        findings += _second_storage(node, patch, file)
    if not findings:
        findings = [*_misnamed(node, file, kind), *(_without_effect(node, file) if kind == "environment" else ())]
    if findings:
        raise Malformed(findings[:MAX_FINDINGS])
    return Document(file, node, patch)


def _read_patch(node: Node, file: str, kind: str) -> tuple[Patch, list[Finding]]:
    if kind == "application":
        return read_patch(node, _LAYERS[kind], file)
    plain = node.plain()
    settings = node.below("settings") if isinstance(plain, dict) and "settings" in plain else node
    return read_patch(settings, _LAYERS[kind], file, SETTINGS)


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


def _misnamed(node: Node, file: str, kind: str) -> list[Finding]:
    *_, folder, called = f"/{file}".split("/")
    whose, expected = ("file", called.removesuffix(".yaml")) if kind == "application" else ("folder", folder)
    name = node.plain().get("name", expected)
    if name == expected:
        return []
    message = printable(f'name is "{name}", but its {whose} is called {expected}')
    return [Finding("REC021", Severity.ERROR, message, node.below("name").at(file), path="/name")]


def _without_effect(node: Node, file: str) -> list[Finding]:
    console = node.below("console")
    driver = console.below("driver").plain()
    return [
        Finding(
            "REC022",
            Severity.ERROR,
            f"console.{key} means nothing to the driver {driver}",
            console.below(key).key_at(file),
            path=f"/console/{key}",
        )
        for key in without_effect(console.plain())
    ]
