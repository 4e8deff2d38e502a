"""JSON Schemas of the spec files, built from the field table; `schema/*.json` are their committed copies.

Three kinds of files are patches, so nothing inside `settings` is required there; `effective.json` describes the
merged document, where everything that must be known is required.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provisioner.recording.field import Field, Moves
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.kinds import canonical, text
from provisioner.specs.binding_schema import binding_schema
from provisioner.specs.console_schema import console_schema
from provisioner.specs.observation import CONFIRMABLE
from provisioner.specs.observation_schema import observation_schema
from provisioner.specs.page_schema import page_schema

API_VERSION = "recording/v1"
Schema = dict[str, Any]

_NAME = {**FIELDS["/name"].kind.schema(), "description": "Equals the file's or folder's name."}
_PROSE = {"type": "string", "minLength": 1, "maxLength": 2000}
_DATE = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "description": "Last day it holds, YYYY-MM-DD.",
}


def build() -> dict[str, Schema]:
    """Every schema by its file's stem."""
    return {
        "application": _application(),
        "template": _template(),
        "environment": _environment(),
        "effective": _effective(),
        "embedded": _embedded(),
        "binding": binding_schema(),
        "page": page_schema(),
        "observation": observation_schema(_confirmable()),
    }


def _object(properties: Schema, *required: str, **extra: Any) -> Schema:
    shape: Schema = {"type": "object", "additionalProperties": False, "properties": properties, **extra}
    return {**shape, "required": list(required)} if required else shape


def _words(about: str, *words: str) -> Schema:
    return {"enum": list(words), "description": about}


def _document(kind: str, about: str, properties: Schema, *required: str) -> Schema:
    header = {
        "apiVersion": {"const": API_VERSION, "description": "Version of the spec format."},
        "kind": {"const": kind, "description": "Which kind of document this is."},
        "name": _NAME,
    }
    body = _object({**header, **properties}, "apiVersion", "kind", "name", *required)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        "description": about,
        **body,
    }


def _leaf(field: Field, nullable: bool) -> Schema:
    notes = field.about if field.default is None else f"{field.about} Default: {text(field.default)}."
    schema = {**field.kind.schema(), "description": f"{notes} [{field.source}]", field.moves.value: True}
    if field.default is not None:
        schema["default"] = canonical(field.default)
    if field.secret:
        schema["x-secret"] = True
    if nullable:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def _tree(fields: Iterable[Field], root: str, *, patch: bool) -> Schema:
    """The nested object below `root`; in a patch every leaf and block may be null, which deletes it."""
    tree = _object({})
    for field in fields:
        node = tree
        *blocks, leaf = field.path.removeprefix(root + "/").split("/")
        for block in blocks:
            empty = _object({}, type=["object", "null"]) if patch else _object({})
            node = node["properties"].setdefault(block, empty)
        node["properties"][leaf] = _leaf(field, nullable=patch)
        if field.required and not patch:
            node.setdefault("required", []).append(leaf)
    return tree


def _settings(*moves: Moves) -> Schema:
    chosen = (field for field in FIELDS.values() if field.path.startswith(SETTINGS + "/") and field.moves in moves)
    return _tree(chosen, SETTINGS, patch=True)


def _application() -> Schema:
    own = [field for field in FIELDS.values() if not field.path.startswith(SETTINGS + "/") and field.path != "/name"]
    tree = _tree(own, "", patch=False)["properties"]
    tree["recording"]["properties"]["settings"] = {
        **_settings(Moves.ON_PROMOTION, Moves.NEVER),
        "description": "What this application sets apart from its template and environment; null deletes.",
    }
    tree["recording"]["description"] = "Whether and how rooms of this application are recorded."
    tree["intent"] = _intents()
    about = "The recording settings of one SDKAppId in one environment."
    return _document("Application", about, tree, "sdkAppId", "owner", "recording")


def _intents() -> Schema:
    entry = _object({"reason": _PROSE, "expires": _DATE}, "reason", "expires")
    about = "Acknowledges that this application stops being recorded; x-env, never promoted."
    return _object({"stop-recording": {**entry, "description": about}}, description=about, **{Moves.NEVER.value: True})


def _template() -> Schema:
    settings = {**_settings(Moves.ON_PROMOTION), "description": "Settings that move on promotion."}
    about = "A named, versioned set of recording settings. templates/NAME/vN.yaml."
    body = {"description": {**_PROSE, "description": "What the template is for."}, "settings": settings}
    return _document("Template", about, body, "description", "settings")


def _environment() -> Schema:
    body = {
        "tier": _words("How careful to be.", "development", "staging", "production"),
        "site": {
            "enum": ["cn", "intl"],
            "description": "China or international site; decides what is legal.",
        },
        "region": {
            "type": "string",
            "pattern": "^[a-z0-9-]+$",
            "description": "API region such as ap-singapore.",
        },
        "console": console_schema(),
        "settings": {**_settings(Moves.NEVER), "description": "Settings that belong to this environment."},
    }
    about = "One environment: its tier, its site, its console and the settings that belong to it."
    return _document("Environment", about, body, "tier", "site", "region", "console")


def _effective() -> Schema:
    tree = _tree(FIELDS.values(), "", patch=False)
    about = "An application after merging schema defaults, template, environment and its own file."
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Effective",
        "description": about,
    }
    return {**head, **tree, "required": ["name", "sdkAppId", "owner", "recording"]}


def _confirmable() -> Schema:
    return _tree((FIELDS[path] for path in CONFIRMABLE), "/recording", patch=True)


def _embedded() -> Schema:
    application = _object(
        {
            "sdkAppId": FIELDS["/sdkAppId"].kind.schema(),
            "generation": _words("Recording type; old-type recording can be switched off.", "new", "old"),
            "enabled": {"type": "boolean", "description": "Whether recording is on at first."},
            "mode": _words("Recording mode at first.", "manual", "auto"),
        },
        "sdkAppId",
    )
    names = {
        **_object({}),
        "additionalProperties": application,
        "description": "What the account holds, by name.",
    }
    about = "The account that the embedded console starts with. Changing it never overwrites a console's state."
    return _document("EmbeddedConsole", about, {"applications": names}, "applications")
