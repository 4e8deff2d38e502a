"""`templates/templates.lock`: the digest of every template version that a production environment has pinned.

A version is never edited once production runs on it: what was tried elsewhere would no longer be what production
records by. The lock makes such an edit visible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.foundation.errors import Location
from provisioner.specs.documents.document import DocumentKind, read_document
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import LOCK, LOCK_FILE
from provisioner.specs.schema.shapes import DIGEST, PIN, Schema, by_name, document, header, mapping

WRITTEN_BY = "provisioner template lock"
_HEAD = f"""\
# Versions that production has pinned, each with the digest of its content. `{WRITTEN_BY}` writes this file.
apiVersion: recording/v1
kind: TemplateLock
templates:"""


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of one template version: of its file, or as the lock holds it in the line `where`."""

    text: str
    where: Location


def schema() -> Schema:
    """Digests by pin."""
    head = {key: {"const": entry["const"]} for key, entry in header("TemplateLock").items()}
    templates = by_name(
        {**DIGEST, "description": "Digest of the template's content."},
        propertyNames={**PIN, "description": "A template version such as call@v1."},
        description="Digests by version.",
    )
    properties = {**head, "templates": templates}
    about = "The template versions that production has pinned. Written by the tool."
    return document("TemplateLock", about, mapping(properties, *properties))


TEMPLATE_LOCK = DocumentKind("lock", schema, place=LOCK_FILE, migrates=True)


def read_lock(files: SpecFiles) -> dict[str, Digest]:
    """What the lock holds, by pin (`call@v1`); nothing where there is none. Raises Malformed."""
    if not files.has(LOCK):
        return {}
    node = read_document(files, LOCK, TEMPLATE_LOCK).node
    return {pin: Digest(entry.plain(), entry.at(LOCK)) for pin, entry in node.value["templates"].value.items()}


def lock_text(digests: Mapping[str, str]) -> str:
    """The lock file for the given digests by pin (`call@v1`)."""
    lines = [f"  {pin}: {digests[pin]}" for pin in sorted(digests, key=_by_name_and_number)]
    return "\n".join([_HEAD, *lines] if lines else [f"{_HEAD} {{}}"]) + "\n"


def _by_name_and_number(pin: str) -> tuple[str, int]:
    name, _, number = pin.partition("@v")
    return name, int(number)
