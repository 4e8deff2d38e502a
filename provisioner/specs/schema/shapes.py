"""The pieces that the JSON Schemas of documents and keys are made of."""

from __future__ import annotations

from typing import Any

from provisioner.recording.fields import FIELDS

Schema = dict[str, Any]

API_VERSION = "recording/v1"
"""Of the spec format."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

NAME: Schema = FIELDS["/name"].kind.schema()
PIN: Schema = FIELDS["/recording/template"].kind.schema()
PROSE: Schema = {"type": "string", "minLength": 1, "maxLength": 2000}
REASON: Schema = {**PROSE, "description": "Why, in a sentence."}
DAY: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
LAST_DAY: Schema = {**DAY, "description": "Last day it holds, YYYY-MM-DD."}
MOMENT: Schema = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
DIGEST: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}

_PART = r"\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*"  # neither .. nor anything before a first slash
FOLDER_OF_PROJECT: Schema = {"type": "string", "pattern": rf"^({_PART}/)*{_PART}$", "maxLength": 200}
FILE_OF_PROJECT: Schema = {"type": "string", "pattern": rf"^({_PART}/)*{_PART}\.yaml$", "maxLength": 200}


def mapping(properties: Schema, *required: str, **extra: Any) -> Schema:
    """A mapping with these keys and no others; `extra` are further keywords."""
    shape: Schema = {"type": "object", "additionalProperties": False, "properties": properties, **extra}
    return {**shape, "required": list(required)} if required else shape


def by_name(entry: Schema, **extra: Any) -> Schema:
    """A mapping whose keys people choose, all of one shape."""
    return {**mapping({}), "additionalProperties": entry, **extra}


def text(about: str, most: int = 512) -> Schema:
    """Any text of one to `most` characters."""
    return {"type": "string", "minLength": 1, "maxLength": most, "description": about}


def words(about: str, *choices: str) -> Schema:
    """One word of several."""
    return {"enum": list(choices), "description": about}


def document(title: str, about: str, body: Schema) -> Schema:
    """A document's whole schema: `body` under its title, which is what the document's `kind` says."""
    return {"$schema": DIALECT, "title": title, "description": about, **body}


def header(kind: str, version: str = API_VERSION) -> Schema:
    """The two keys that every document begins with."""
    of = "the spec format" if version == API_VERSION else "this format"
    return {
        "apiVersion": {"const": version, "description": f"Version of {of}."},
        "kind": {"const": kind, "description": "Which kind of document this is."},
    }
