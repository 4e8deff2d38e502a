"""The schema of an environment's `console:` block."""

from __future__ import annotations

from typing import Any

from provisioner.credentials.registry import SOURCES
from provisioner.credentials.source import Key
from provisioner.recording.value_types import Reference

Schema = dict[str, Any]


def console_schema() -> Schema:
    """What `console_choice` reads."""
    return _object(
        "The console that this environment's applications live in.",
        {
            "driver": {
                "enum": ["embedded", "tencent", "runbook"],
                "description": "Which console: the embedded simulator, Tencent Cloud, or one that people change.",
            },
            "readOnly": {"type": "boolean", "default": False, "description": "Refuse every write to this console."},
            "endpoint": {
                "type": "string",
                "pattern": r"^(https?://)?[A-Za-z0-9.-]+(:[0-9]+)?$",
                "description": "Host of the API where it is not the site's own; tencent and runbook.",
            },
            "binding": _text("A shipped binding's name, or a file of the project such as bindings/ours.yaml."),
            "page": _text("A shipped page's name (the site's own: cn, intl) or a file of the project; runbook only."),
            "caFile": _text("PEM bundle of the project to trust instead of the system's; tencent and runbook."),
            "callsPerSecond": {
                "type": "integer",
                "minimum": 1,
                "maximum": 100000,
                "default": 20,
                "description": "Calls of one action a second; the service allows 20.",
            },
            "accept": {
                "type": "array",
                "items": {"type": "string"},
                "uniqueItems": True,
                "description": "Undocumented entries of the binding that writes may use: action:NAME or field:/PATH.",
            },
            "credentials": _credentials(),
        },
        "driver",
    )


def _credentials() -> Schema:
    sources = {
        source.name: _object(
            source.about,
            {name: _key(key) for name, key in source.keys.items()},
            *(name for name, key in source.keys.items() if key.required),
        )
        for source in SOURCES.values()
    }
    about = "Where the account's credentials come from; exactly one."
    return {**_object(about, sources), "minProperties": 1, "maxProperties": 1}


def _key(key: Key) -> Schema:
    if key.reference:
        return {**Reference().schema(), "description": key.about, "x-secret": True}
    return _text(key.about)


def _object(about: str, properties: Schema, *required: str) -> Schema:
    shape: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "description": about,
    }
    return {**shape, "required": list(required)} if required else shape


def _text(about: str) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": 512, "description": about}
