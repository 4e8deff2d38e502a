"""From one version of the spec format to the next, keeping every comment.

A new version of the format is one `Migration` in the registry: a function from a document's text to its text, made
of the edits in `writer`. The frame finds the way between versions, sets `apiVersion`, and checks what came out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.foundation.errors import Location, ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.discovery import spec_files
from provisioner.specs.documents.digest import digest
from provisioner.specs.layout import LOCK
from provisioner.specs.schema.shapes import API_VERSION
from provisioner.specs.workspace import SpecErrors
from provisioner.specs.yaml import writer
from provisioner.specs.yaml.reader import Malformed, read

_TEMPLATE = re.compile(r"templates/([^/]+)/(v[0-9]+)\.yaml")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: `change` takes a document's text and kind (application, template, environment, embedded, lock).

    `change` leaves `apiVersion` to the frame. It may raise KeyError only for its own bugs: what a document of the
    old version may lack, it asks for first.
    """

    before: str
    after: str
    about: str
    change: Callable[[str, str], str]


MIGRATIONS: tuple[Migration, ...] = ()
"""Oldest first. `recording/v1` is the first version, so there is nothing to come from yet."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One file of an older version: `file` is relative to the root, `data` what it becomes, `was` what it is."""

    file: str
    before: str
    after: str
    data: bytes
    was: bytes


def newest(migrations: Sequence[Migration]) -> str:
    """The version that this release writes."""
    return migrations[-1].after if migrations else API_VERSION


def rewrites(root: Path, target: str, migrations: Sequence[Migration]) -> list[Rewrite]:
    """Every file of an older version than `target` with its new content; nothing is written.

    The lock comes first and already holds the templates' new digests.
    Raises SpecErrors for files whose version cannot be read or has no way to `target`, all at once, and UsageError
    for a `target` that does not exist.
    """
    known = dict.fromkeys([API_VERSION, *(version for step in migrations for version in (step.before, step.after))])
    if target not in known:
        raise UsageError(
            f'there is no version "{printable(target)}"{did_you_mean(target, known)}', fix=f"Known: {', '.join(known)}."
        )
    found: list[Rewrite] = []
    findings: list[Finding] = []
    for file, kind in spec_files(root):
        try:
            data = _bytes(root, file)
            before = _version(data, file)
            steps = _way(before, target, migrations, file)
        except Malformed as error:
            findings.extend(error.findings)
            continue
        if steps:
            found.append(Rewrite(file, before, target, _migrated(data.decode(), file, kind, steps).encode(), data))
    if findings:
        raise SpecErrors(findings)
    return sorted(_relocked(found), key=lambda rewrite: (rewrite.file != LOCK, rewrite.file))


def _relocked(found: Sequence[Rewrite]) -> Iterator[Rewrite]:
    """A digest that a template had before its migration becomes the one it has after; edits stay visible."""
    digests = {}
    for rewrite in found:
        if template := _TEMPLATE.fullmatch(rewrite.file):
            before = read(rewrite.was, rewrite.file).plain()
            after = read(rewrite.data, rewrite.file).plain()
            digests[f"{template[1]}@{template[2]}"] = (digest(before), digest(after))
    for rewrite in found:
        if rewrite.file == LOCK:
            text = rewrite.data.decode()
            held = read(rewrite.data, LOCK).plain().get("templates") or {}
            for pin, (old, new) in digests.items():
                if held.get(pin) == old:
                    text = writer.set_value(text, f"/templates/{pin}", new)
            yield replace(rewrite, data=text.encode())
        else:
            yield rewrite


def _bytes(root: Path, file: str) -> bytes:
    try:
        return (root / file).read_bytes()
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise Malformed([Finding("REC002", Severity.ERROR, reason, Location(file))]) from None


def _version(data: bytes, file: str) -> str:
    """The document's `apiVersion`. Raises Malformed."""
    document = read(data, file).plain()
    version = document.get("apiVersion") if isinstance(document, dict) else None
    if not isinstance(version, str):
        message = "the document needs the key apiVersion"
        raise Malformed([Finding("REC012", Severity.ERROR, message, Location(file), path="/apiVersion")])
    return version


def _way(before: str, target: str, migrations: Sequence[Migration], file: str) -> list[Migration]:
    """The steps from one version to another, none where they are the same. Raises Malformed."""
    steps: list[Migration] = []
    version = before
    while version != target:
        step = next((step for step in migrations if step.before == version), None)
        if step is None:
            message = f"there is no way from {printable(before)} to {target}"
            raise Malformed([Finding("REC011", Severity.ERROR, message, Location(file), path="/apiVersion")])
        steps.append(step)
        version = step.after
    return steps


def _migrated(text: str, file: str, kind: str, steps: Sequence[Migration]) -> str:
    for step in steps:
        text = writer.set_value(step.change(text, kind), "/apiVersion", step.after)
        try:
            read(text.encode(), file)
        except Malformed as error:
            reasons = "; ".join(map(str, error.findings))
            raise ProvisionerError(
                f"{step.before} -> {step.after} would break it, so nothing was written: {reasons}"
            ) from None
    return text
