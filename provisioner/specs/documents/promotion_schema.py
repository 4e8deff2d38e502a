"""The schema of a promotion record: `environments/<env>/promotions/*.yaml`, written by `provisioner promote`."""

from __future__ import annotations

from typing import Any

from provisioner.recording.fields import FIELDS
from provisioner.specs.documents.observation_schema import MOMENT
from provisioner.specs.documents.promotion_record import API_VERSION

Schema = dict[str, Any]

_NAME = FIELDS["/name"].kind.schema()
_TEXT = {"type": "string", "minLength": 1, "maxLength": 4000}
_DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_LEAF: Schema = {
    "type": ["string", "integer", "boolean", "null", "array", "object"],
    "items": {"type": "string"},
    "maxProperties": 0,
    "description": "Canonical spec text. null deletes, {} is a block that holds nothing itself.",
}


def promotion_schema() -> Schema:
    """A record is written by the tool only, so that everything in it is required and nothing else may stand there."""
    leaves = _by(_LEAF, "^/recording/", "Values of the application's own file, by path.")
    moved = _object({"before": _LEAF, "after": _LEAF}, "What the file said before and says since; none: nothing.")
    application = _object(
        {
            "source": {**_NAME, "description": "The application's name in the source."},
            "moved": _by(moved, "^/recording/", "What moved, by path."),
            "base": {**leaves, "description": "What the source's file said: the base of the next promotion."},
            "leaves": {**leaves, "description": "What the target's file says since: what a rollback restores."},
        },
        "One application's share.",
        "source",
        "moved",
        "base",
        "leaves",
    )
    bypass = _object(
        {
            "reason": {**_TEXT, "description": "Why."},
            "expires": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "Its last day."},
        },
        "Why the gate was passed over.",
        "reason",
        "expires",
    )
    gate = _object(
        {
            "verdict": {"enum": ["pass", "fail", "unknown"], "description": "What the gate said."},
            "evidence": {**_TEXT, "description": "What it saw."},
            "bypass": bypass,
        },
        "A gate that was asked.",
        "verdict",
        "evidence",
    )
    properties: Schema = {
        "apiVersion": {"const": API_VERSION, "description": "Version of this format."},
        "kind": {"const": "Promotion", "description": "Which kind of document this is."},
        "environment": {**_NAME, "description": "Where to."},
        "source": {**_NAME, "description": "Where from."},
        "commit": {"type": "string", "pattern": "^[0-9a-f]{40,64}$", "description": "The source's commit."},
        "restores": {"type": "string", "description": "The record that a rollback went back to."},
        "when": {**MOMENT, "description": "When, in UTC."},
        "who": {**_TEXT, "description": "Who promoted."},
        "digest": {**_DIGEST, "description": "Over everything else in this file: an edit by hand shows."},
        "applications": _by(application, _NAME["pattern"], "What was promoted, by the name in this environment."),
        "templates": _by(_DIGEST, FIELDS["/recording/template"].kind.schema()["pattern"], "Digests by version."),
        "gates": _by(gate, "^[a-z-]+$", "What was asked before, by the gate's id."),
    }
    optional = ("commit", "restores")
    document = _object(properties, "One promotion, as it was.", *(key for key in properties if key not in optional))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Promotion", **document}


def _object(properties: Schema, about: str, *required: str) -> Schema:
    shape = {"type": "object", "additionalProperties": False, "properties": properties, "description": about}
    return {**shape, "required": list(required)} if required else shape


def _by(entry: Schema, names: str, about: str) -> Schema:
    return {
        "type": "object",
        "additionalProperties": entry,
        "propertyNames": {"pattern": names, "description": about},
        "properties": {},
        "description": about,
    }
