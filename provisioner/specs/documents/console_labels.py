"""A console's labels, which `console.page` names: `console/pages/*.yaml` and those that a team writes."""

from __future__ import annotations

from provisioner.recording.fields import FIELDS
from provisioner.recording.quantities import FOREVER
from provisioner.recording.value_types import Amount, Flag, Kind, Word, Words
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.specs.documents.document import DocumentKind
from provisioner.specs.schema.shapes import DIALECT, Schema, mapping

_WORD = {"type": "string", "minLength": 1, "maxLength": 100}
_URL = {"type": "string", "pattern": r"^https://[^\s<>]+$"}
_GRADE = {
    "enum": ["documented", "assumed"],
    "description": "documented: a public page says so; assumed: nothing is published.",
}


def schema() -> Schema:
    """The words of one site's console, for people who change it by hand."""
    document = mapping(
        {
            "apiVersion": {"const": "page/v1"},
            "kind": {"const": "ConsolePage"},
            "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"},
            "start": _address("Where the console lists an account's applications."),
            "application": _address("One application's page; {sdkAppId} stands for its id."),
            "way": {"type": "array", "items": _WORD, "description": "The menus from there to the recording settings."},
            "template": {**_WORD, "description": "What the console calls the window with the template's fields."},
            "empty": {**_WORD, "description": 'The word for "not set".'},
            "fields": mapping({path: _field(FIELDS[path].kind) for path in CONSOLE_WIRE}),
        },
        *("apiVersion", "kind", "name", "start", "application", "way", "template", "empty", "fields"),
    )
    head = {"$schema": DIALECT, "title": "ConsolePage"}
    return {**head, "description": "How a console names what people set in it.", **document}


def _address(about: str) -> Schema:
    return {**mapping({"grade": _GRADE, "url": _URL}, "grade", "url"), "description": about}


def _field(kind: Kind) -> Schema:
    members: Schema = {"grade": _GRADE, "label": {**_WORD, "description": "What the console calls the field."}}
    words = _words_of(kind)
    if words:
        members["words"] = {
            **mapping(dict.fromkeys(words, _WORD)),
            "description": "What the console calls a value, where that differs from the spec's word.",
        }
    if isinstance(kind, Amount):
        units = "|".join(kind.dimension.units)
        unit = {"type": "string", "pattern": f"^[1-9][0-9]*({units})$", "description": "What one stands for."}
        members["unit"] = mapping({"one": unit, "called": _WORD}, "one", "called")
    return mapping(members, "grade", "label")


def _words_of(kind: Kind) -> tuple[str, ...]:
    if isinstance(kind, Flag):
        return ("true", "false")
    if isinstance(kind, (Word, Words)):
        return kind.choices
    return (FOREVER,) if isinstance(kind, Amount) and kind.forever else ()


CONSOLE_LABELS = DocumentKind("page", schema)
