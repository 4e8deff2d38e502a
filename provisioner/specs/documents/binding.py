"""A binding, which an environment's `console.binding` names: `console/bindings/*.yaml` and those that a team writes."""

from __future__ import annotations

from provisioner.recording.fields import FIELDS
from provisioner.recording.quantities import Dimension
from provisioner.recording.storages import STORAGES
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.recording.wire_codecs import MILLISECOND, Codec, Codes, Count, FolderList, Number, WordList
from provisioner.specs.documents.document import DocumentKind
from provisioner.specs.schema.shapes import DIALECT, DIGEST, MOMENT, Schema, mapping

_NAME = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"}
_PLACE = {
    "type": "string",
    "pattern": "^[A-Za-z][A-Za-z0-9_]*(/[A-Za-z][A-Za-z0-9_]*)*$",
    "description": "Names of nested objects and, last, of the member, such as Template/StreamType.",
}
_GRADE = {
    "enum": ["documented", "observed", "withdrawn", "name-only", "assumed"],
    "description": "documented: published with its shape; observed: seen in a capture of this account's console; "
    "withdrawn: published once; name-only: the action is listed; assumed: nothing is known.",
}
_SEEN = {"type": "integer", "minimum": 1, "description": "How many exchanges of the captures agree on it."}
_TEXT = {"const": "text", "description": "What is a number or a list elsewhere travels as text."}
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
                "pattern": "^[a-z][a-z0-9]*$",
                "description": "Service that requests are signed for.",
            },
            "version": {"type": "string", "description": "API version, such as 2019-07-22."},
            "sdkAppId": {**_NAME, "description": "What requests call the application's id."},
            "sdkAppIdAs": _TEXT,
            "captures": {"type": "array", "items": _capture(), "description": "Where observed entries were seen."},
            "list": _listing(),
            "read": _read(),
            "template": _template(),
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


def _capture() -> Schema:
    return mapping({"digest": DIGEST, "at": MOMENT, "exchanges": {"type": "integer", "minimum": 1}}, "digest", "at")


def _action(members: Schema, *optional: str) -> Schema:
    """An action with its grade, and what else it needs: all of `members` but the `optional` ones."""
    shape = {"action": _NAME, "grade": _GRADE, **members}
    return mapping({**shape, "access": _ACCESS, "seen": _SEEN}, *(key for key in shape if key not in optional))


def _listing() -> Schema:
    begin: Schema = {"oneOf": [{"required": ["offset"]}, {"required": ["number"]}]}
    page = begin | mapping(
        {
            "offset": {**_NAME, "description": "What requests call the number of applications before the page."},
            "number": {**_NAME, "description": "What requests call the page's number, where pages are counted."},
            "first": {"enum": [0, 1], "description": "The first page's number; 1 unless given."},
            "limit": _NAME,
            "total": _PLACE,
            "size": {"type": "integer", "minimum": 1, "maximum": 1000},
        },
        *("limit", "total", "size"),
    )
    return _action({"items": _PLACE, "id": _PLACE, "name": _PLACE, "page": page})


def _read() -> Schema:
    fields = {**_PLACE, "description": "What each field's `at` starts from in an answer; without it, the answer."}
    return _action({"name": _PLACE, "generation": _PLACE, "fields": fields}, "generation", "fields")


def _template() -> Schema:
    """Where the template is an object of its own: a second action reads it by the id that the first one answers."""
    members = {
        "id": {**_PLACE, "description": "Where the read action's answer shows the template's id."},
        "as": {**_NAME, "description": "What this action's request calls that id."},
        "fields": {**_PLACE, "description": "What the settings' `at` starts from in this action's answer."},
    }
    about = "The action that reads the template, where it is an object with an id of its own."
    return {**_action(members, "fields"), "description": about}


def _write() -> Schema:
    paths = {"type": "array", "items": {"type": "string", "pattern": "^/"}, "minItems": 1}
    carries = {**paths, "description": "Parts of the effective document that the request carries, always as a whole."}
    at = {**_PLACE, "description": "What each field's `at` starts from in the request; without it, the request."}
    template = {**_NAME, "description": "What the request calls the template's id, where it carries one."}
    return _action({"carries": carries, "at": at, "templateId": template}, "at", "templateId")


def _field(codec: Codec) -> Schema:
    members: Schema = {
        "grade": _GRADE,
        "at": _PLACE,
        "sent": {**_PLACE, "description": "Where a request carries it, where that is not the same as `at`."},
        "seen": _SEEN,
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
        units = f"[1-9][0-9]*({'|'.join(codec.dimension.units)})"
        members["unit"] = {
            "type": "string",
            "pattern": f"^({MILLISECOND}|{units})$" if codec.dimension is Dimension.TIME else f"^{units}$",
            "description": "What one stands for on this console, such as 1m.",
        }
        if codec.forever is not None:
            members["forever"] = {"type": "integer", "description": "The number that stands for ever."}
    if isinstance(codec, (Codes, WordList)):
        members["codes"] = {
            "type": "object",
            "additionalProperties": {"type": ["string", "integer", "boolean"]},
            "description": "Which code stands for which word, for all words that the console knows. In a list each "
            "item has its code; words joined by + are one code for the whole list.",
        }
    if isinstance(codec, (Number, Count, FolderList, WordList)):
        members["as"] = _TEXT
    return mapping(members, "grade", "at")


BINDING = DocumentKind("binding", schema)
