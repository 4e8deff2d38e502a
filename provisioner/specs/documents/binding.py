"""A binding, which an environment's `console.binding` names: `console/bindings/*.yaml` and those that a team writes."""

from __future__ import annotations

from provisioner.recording.fields import FIELDS
from provisioner.recording.storages import STORAGES
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.recording.wire_codecs import Codec, Codes, Count
from provisioner.specs.documents.document import DocumentKind
from provisioner.specs.schema.shapes import DIALECT, Schema, mapping

_NAME = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9]*$"}
_PLACE = {
    "type": "string",
    "pattern": "^[A-Za-z][A-Za-z0-9]*(/[A-Za-z][A-Za-z0-9]*)*$",
    "description": "Names of nested objects and, last, of the member, such as Template/StreamType.",
}
_GRADE = {
    "enum": ["documented", "name-only", "assumed"],
    "description": "documented: published with its shape; name-only: the action is listed; assumed: nothing is known.",
}
_ABSENT = {"const": "unset", "description": "That an answer lacks it means that it is not set."}
_VENDOR = {"enum": list(STORAGES), "description": "Counts with this storage only."}
_BLOCK = mapping({"grade": _GRADE, "at": _PLACE, "absent": _ABSENT, "vendor": _VENDOR}, "grade", "at")
_ACCESS = {
    "enum": ["resource", "operation"],
    "description": "What access management grants the action on: SDKAppIds, or only as a whole (also where missing).",
}


def schema() -> Schema:
    """One version of a console, as data."""
    document = mapping(
        {
            "apiVersion": {"const": "binding/v1"},
            "kind": {"const": "Binding"},
            "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"},
            "service": {
                "type": "string",
                "pattern": "^[a-z]+$",
                "description": "Service that requests are signed for.",
            },
            "version": {"type": "string", "description": "API version, such as 2019-07-22."},
            "sdkAppId": {**_NAME, "description": "What requests call the application's id."},
            "list": _listing(),
            "read": mapping(
                {
                    "action": _NAME,
                    "grade": _GRADE,
                    "access": _ACCESS,
                    "name": _PLACE,
                    "generation": _PLACE,
                    "fields": _PLACE,
                },
                *("action", "grade", "name", "generation", "fields"),
            ),
            "writes": {"type": "object", "additionalProperties": _write(), "minProperties": 1},
            "blocks": {
                **mapping(dict.fromkeys(dict.fromkeys(FIELDS[path].block for path in CONSOLE_WIRE), _BLOCK)),
                "description": "Where the settings of a block stand that `fields` leaves out: there, by their public "
                "names. Without an entry they cannot be verified.",
            },
            "fields": mapping(
                {path: _field(wire.codec) for path, wire in CONSOLE_WIRE.items()},
                "/recording/enabled",
                "/recording/mode",
            ),
        },
        *("apiVersion", "kind", "name", "service", "version", "sdkAppId", "list", "read", "writes", "fields"),
    )
    head = {"$schema": DIALECT, "title": "Binding"}
    return {**head, "description": "How a console is asked, and how much of that is documented.", **document}


def _listing() -> Schema:
    page = mapping(
        {"offset": _NAME, "limit": _NAME, "total": _NAME, "size": {"type": "integer", "minimum": 1, "maximum": 1000}},
        *("offset", "limit", "total", "size"),
    )
    members = {"action": _NAME, "grade": _GRADE, "items": _NAME, "id": _NAME, "name": _NAME, "page": page}
    return mapping({**members, "access": _ACCESS}, *members)


def _write() -> Schema:
    paths = {"type": "array", "items": {"type": "string", "pattern": "^/"}, "minItems": 1}
    carries = {**paths, "description": "Parts of the effective document that the request carries, always as a whole."}
    members = {"action": _NAME, "grade": _GRADE, "carries": carries}
    return mapping({**members, "access": _ACCESS}, *members)


def _field(codec: Codec) -> Schema:
    members: Schema = {
        "grade": _GRADE,
        "at": _PLACE,
        "absent": _ABSENT,
        "shown": {"type": "boolean", "description": "false: the console takes it and never shows it."},
        "vendor": _VENDOR,
        "implied": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Which word an object stands for when it is there.",
        },
    }
    if isinstance(codec, Count):
        units = "|".join(codec.dimension.units)
        members["unit"] = {
            "type": "string",
            "pattern": f"^[1-9][0-9]*({units})$",
            "description": "What one stands for on this console, such as 1m.",
        }
        if codec.forever is not None:
            members["forever"] = {"type": "integer", "description": "The number that stands for ever."}
    if isinstance(codec, Codes):
        members["codes"] = {
            "type": "object",
            "additionalProperties": {"type": ["string", "integer", "boolean"]},
            "description": "Which code stands for which word, for all words that the console knows.",
        }
    return mapping(members, "grade", "at")


BINDING = DocumentKind("binding", schema)
