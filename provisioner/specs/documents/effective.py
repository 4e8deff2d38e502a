"""The effective document: an application after merging all layers, as `provisioner render` shows it. It has no file."""

from __future__ import annotations

from provisioner.recording.fields import FIELDS
from provisioner.specs.documents.document import DocumentKind
from provisioner.specs.schema.field_schemas import tree
from provisioner.specs.schema.shapes import DIALECT, Schema


def schema() -> Schema:
    """Unlike the files, which are patches, it requires everything that must be known."""
    about = "An application after merging schema defaults, template, environment and its own file."
    head = {"$schema": DIALECT, "title": "Effective", "description": about}
    return {**head, **tree(FIELDS.values(), "", patch=False), "required": ["name", "sdkAppId", "owner", "recording"]}


EFFECTIVE = DocumentKind("effective", schema)
