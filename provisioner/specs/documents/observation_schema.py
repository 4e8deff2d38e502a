"""The schema of an observation: `environments/<env>/observations/*.yaml`, written by `provisioner attest`."""

from __future__ import annotations

from typing import Any

from provisioner.recording.fields import FIELDS
from provisioner.specs.documents.observation import API_VERSION

Schema = dict[str, Any]

MOMENT = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}


def observation_schema(recording: Schema) -> Schema:
    """`recording` is the tree of everything that a person can look at, in which null means "not set"."""
    properties = {
        "apiVersion": {"const": API_VERSION, "description": "Version of this format."},
        "kind": {"const": "Observation", "description": "Which kind of document this is."},
        "name": {**FIELDS["/name"].kind.schema(), "description": "The application's name; the file's too."},
        "sdkAppId": {**FIELDS["/sdkAppId"].kind.schema(), "description": "The application whose page was looked at."},
        "who": {"type": "string", "minLength": 1, "maxLength": 200, "description": "Who looked."},
        "when": {**MOMENT, "description": "When, in UTC."},
        "expires": {**MOMENT, "description": "From when on this counts no longer."},
        "digest": {
            "type": "string",
            "pattern": "^sha256:[0-9a-f]{64}$",
            "description": "Over everything else in this file: an edit by hand shows.",
        },
        "recording": {
            **recording,
            "properties": {**recording["properties"], "enabled": {"type": "boolean"}},
            "required": ["enabled"],
            "description": "What the console shows. null: it is not set. Missing: nobody confirmed it.",
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Observation",
        "description": "What a person confirmed that the console shows of one application.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
    }
