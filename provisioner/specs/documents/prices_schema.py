"""The schema of a price file, which an environment's `prices:` names."""

from __future__ import annotations

from typing import Any

from provisioner.recording.minutes import STREAMS, WORDS

Schema = dict[str, Any]

_RATE = {"type": "number", "minimum": 0, "maximum": 1_000_000, "description": "Money per 1,000 minutes."}


def prices_schema(api_version: str) -> Schema:
    """Rates that a kind of minute lacks are unknown: nothing is taken to be free unless the file says 0."""
    streams = {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(WORDS.values(), _RATE),
        "minProperties": 1,
    }
    properties = {
        "apiVersion": {"const": api_version, "description": "Version of the spec format."},
        "kind": {"const": "Prices", "description": "Which kind of document this is."},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217 code, such as USD."},
        "basis": {
            "enum": ["stream", "task"],
            "description": "What a minute counts: each recorded stream (Chinese site), or the task (international).",
        },
        "source": {"type": "string", "minLength": 1, "maxLength": 500, "description": "Whose price list this is."},
        "date": {
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "description": "Day on which the list was read, YYYY-MM-DD.",
        },
        "per1000Minutes": {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {**streams, "description": f"Rates of {name} streams."} for name in STREAMS},
            "minProperties": 1,
            "description": "Rates by what is recorded and the size of the picture.",
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Prices",
        "description": "A price list for recorded minutes. Money is shown by such a file only.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
    }
