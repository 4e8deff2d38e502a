"""JSON Schemas of the spec files, built from the field table; `schema/*.json` are their committed copies.

Three kinds of files are patches, so nothing inside `settings` is required there; `effective.json` describes the
merged document, where everything that must be known is required.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from provisioner.foundation.files import write_atomically
from provisioner.recording.field import EVERY_MODE, Field, Moves
from provisioner.recording.fields import BLOCKS, FIELDS, MEMBER, SETTINGS
from provisioner.recording.sites import SITES
from provisioner.recording.value_types import canonical, text
from provisioner.specs.documents.environment import MINIMUM_RETENTION
from provisioner.specs.documents.observation import CONFIRMABLE
from provisioner.specs.documents.observation_schema import observation_schema
from provisioner.specs.documents.prices_schema import prices_schema
from provisioner.specs.documents.promotion_schema import promotion_schema
from provisioner.specs.keys.approvals import approvals_schema
from provisioner.specs.keys.console_schema import console_schema
from provisioner.specs.keys.controller import controller_schema
from provisioner.specs.keys.gates import gating_schema
from provisioner.specs.keys.hold import hold_schema
from provisioner.specs.keys.journal import TAKES as JOURNAL
from provisioner.specs.keys.limits import PERCENT_FROM, PRODUCTION_PERCENT
from provisioner.specs.schema.binding_schema import binding_schema
from provisioner.specs.schema.labels_schema import page_schema

API_VERSION = "recording/v1"
Schema = dict[str, Any]

_NAME = {**FIELDS["/name"].kind.schema(), "description": "Equals the file's or folder's name."}
_PROSE = {"type": "string", "minLength": 1, "maxLength": 2000}
_REASON = {**_PROSE, "description": "Why, in a sentence."}
_DATE = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "description": "Last day it holds, YYYY-MM-DD.",
}

_PART = r"\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*"  # neither .. nor anything before a first slash
_FOLDER_OF_PROJECT = {"type": "string", "pattern": rf"^({_PART}/)*{_PART}$", "maxLength": 200}
_FILE_OF_PROJECT = {"type": "string", "pattern": rf"^({_PART}/)*{_PART}\.yaml$", "maxLength": 200}


def build() -> dict[str, Schema]:
    """Every schema by its file's stem."""
    return {
        "application": _marked(_application(), Moves.NEVER),
        "template": _marked(_template(), Moves.ON_PROMOTION),
        "environment": _marked(_environment(), Moves.NEVER),
        "effective": _effective(),
        "embedded": _embedded(),
        "binding": binding_schema(),
        "page": page_schema(),
        "observation": observation_schema(_confirmable()),
        "promotion": promotion_schema(),
        "prices": prices_schema(API_VERSION),
        "lock": _lock(),
    }


def _object(properties: Schema, *required: str, **extra: Any) -> Schema:
    shape: Schema = {"type": "object", "additionalProperties": False, "properties": properties, **extra}
    return {**shape, "required": list(required)} if required else shape


_HEADER = ("apiVersion", "kind", "name")


def _marked(document: Schema, rest: Moves) -> Schema:
    """`document` in which every leaf says whether it moves on promotion: what has not said so yet goes with `rest`."""
    properties = {
        name: child if name in _HEADER else _mark(child, rest) for name, child in document["properties"].items()
    }
    return {**document, "properties": properties}


def _mark(node: Schema, rest: Moves) -> Schema:
    groups = [group for group in ("properties", "patternProperties") if node.get(group)]
    if groups:
        return {**node, **{g: {name: _mark(child, rest) for name, child in node[g].items()} for g in groups}}
    return node if {moves.value for moves in Moves} & set(node) else {**node, rest.value: True}


def _words(about: str, *words: str) -> Schema:
    return {"enum": list(words), "description": about}


def _document(kind: str, about: str, properties: Schema, *required: str) -> Schema:
    header = {
        "apiVersion": {"const": API_VERSION, "description": "Version of the spec format."},
        "kind": {"const": kind, "description": "Which kind of document this is."},
        "name": _NAME,
    }
    body = _object({**header, **properties}, *_HEADER, *required)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        "description": about,
        **body,
    }


def _leaf(field: Field, nullable: bool) -> Schema:
    schema = {**field.kind.schema(), "description": _hover(field), field.moves.value: True}
    if field.default is not None:
        schema["default"] = canonical(field.default)
    if field.secret:
        schema["x-secret"] = True
    if field.modes != EVERY_MODE:
        schema["x-modes"] = sorted(mode.value for mode in field.modes)
    if nullable:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def _hover(field: Field) -> str:
    """What editors show: meaning, range with unit, default, who has it, where pages disagree, source."""
    parts = [field.about, f"Takes {field.kind.takes}."]
    if field.required:
        parts.append("Required.")
    if field.default is not None:
        parts.append(f"Default: {text(field.default)}.")
    if field.modes != EVERY_MODE:
        parts.append(f"Only in {' and '.join(sorted(mode.value for mode in field.modes))} mode.")
    if field.disputed:
        parts.append(field.disputed)
    return " ".join([*parts, f"[{field.source}]"])


def _tree(fields: Iterable[Field], root: str, *, patch: bool) -> Schema:
    """The nested object below `root`; in a patch every leaf and block may be null, which deletes it."""
    tree = _object({})
    for field in fields:
        node, path = tree, root
        *blocks, leaf = field.path.removeprefix(root + "/").split("/")
        for block in blocks:
            path = f"{path}/{block}"
            node = _inside(node, block, path, patch)
        node["properties"][leaf] = _leaf(field, nullable=patch)
        if field.required and not patch:
            node.setdefault("required", []).append(leaf)
    return tree


def _inside(node: Schema, block: str, path: str, patch: bool) -> Schema:
    """The object at `path`, a member of `node`. A collection's members are described once, for every name."""
    empty = _object({}, type=["object", "null"]) if patch else _object({})
    if path in BLOCKS:
        empty["description"] = BLOCKS[path]
    if patch and "*" in path:
        empty["minProperties"] = 1  # an empty one would vanish, as nothing in it has to be there
    if block == "*":
        member: Schema = node.setdefault("patternProperties", {}).setdefault(MEMBER.pattern, empty)
        return member
    child: Schema = node["properties"].setdefault(block, empty)
    return child


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
    tree["intent"] = _intents("stop-recording", "that this application stops being recorded")
    tree["waive"] = _waivers()
    tree["hold"] = hold_schema(_REASON, _DATE)
    about = "The recording settings of one SDKAppId in one environment."
    return _document("Application", about, tree, "sdkAppId", "owner", "recording")


def _intents(consequence: str, what: str) -> Schema:
    entry = _object({"reason": _REASON, "expires": _DATE}, "reason", "expires")
    about = f"Acknowledges {what}; x-env, never promoted."
    return _object({consequence: {**entry, "description": about}}, description=about)


def _waivers() -> Schema:
    owner = {**FIELDS["/owner"].kind.schema(), "description": "Who answers for it."}
    entry = _object({"reason": _REASON, "owner": owner, "expires": _DATE}, "reason", "owner", "expires")
    about = "Rules (REC0nn, docs/rules.md) whose findings this application lives with; x-env, never promoted."
    return {**_object({}), "additionalProperties": entry, "description": about, Moves.NEVER.value: True}


def _template() -> Schema:
    settings = {**_settings(Moves.ON_PROMOTION), "description": "Settings that move on promotion."}
    about = "A named, versioned set of recording settings. templates/NAME/vN.yaml."
    extends = {
        **FIELDS["/recording/template"].kind.schema(),
        "description": "The template version that this one starts from, such as call@v1; what stands here is stronger.",
    }
    body = {
        "description": {**_PROSE, "description": "What the template is for."},
        "extends": extends,
        "settings": settings,
    }
    return _document("Template", about, body, "description", "settings")


def _environment() -> Schema:
    body = {
        "tier": _words("How careful to be.", "development", "staging", "production"),
        "site": {
            "enum": list(SITES),
            "description": "China or international site; decides what is legal.",
        },
        "region": {
            "type": "string",
            "pattern": "^[a-z0-9-]+$",
            "description": "API region such as ap-singapore.",
        },
        "console": console_schema(),
        "hold": hold_schema(_REASON, _DATE),
        **gating_schema(_NAME),
        "prices": {
            **_FILE_OF_PROJECT,
            "description": "Price file of the project, such as prices/intl.yaml; without one no money is shown.",
        },
        "evidence": {
            **_FOLDER_OF_PROJECT,
            "description": "Folder of the project in which callbacks are kept; by default .provisioner/NAME/evidence.",
        },
        "minimumRetention": _leaf(MINIMUM_RETENTION, nullable=False),
        "controller": controller_schema(),
        "approvals": approvals_schema(),
        "limits": _limits(),
        "journal": {
            "type": "string",
            "minLength": 1,
            "maxLength": 2048,
            "description": f"Where it is written down what was done: {JOURNAL}. "
            "A bucket is shared by several machines, and holds the lock too (lock=local: it does not).",
        },
        "intent": _intents("max-changes", "that a plan exceeds this environment's limits"),
        "settings": {**_settings(Moves.NEVER), "description": "Settings that belong to this environment."},
    }
    about = "One environment: its tier, its site, its console, who approves, and the settings that belong to it."
    return _document("Environment", about, body, "tier", "site", "region", "console")


def _limits() -> Schema:
    percent = (
        f"At most so many percent of the applications; counts from {PERCENT_FROM} applications on. "
        f"In production {PRODUCTION_PERCENT} unless set."
    )
    return _object(
        {
            "maxChanges": {"type": "integer", "minimum": 0, "description": "At most so many applications."},
            "maxChangesPercent": {"type": "integer", "minimum": 0, "maximum": 100, "description": percent},
        },
        minProperties=1,
        description="How much one plan may change; more needs an intent max-changes, or --allow max-changes.",
    )


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
            "sdkAppId": {**FIELDS["/sdkAppId"].kind.schema(), "description": FIELDS["/sdkAppId"].about},
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


def _lock() -> Schema:
    entry = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$", "description": "Digest of the template's content."}
    names = {**FIELDS["/recording/template"].kind.schema(), "description": "A template version such as call@v1."}
    templates = {
        **_object({}),
        "additionalProperties": entry,
        "propertyNames": names,
        "description": "Digests by version.",
    }
    about = "The template versions that production has pinned. Written by the tool."
    head = {"apiVersion": {"const": API_VERSION}, "kind": {"const": "TemplateLock"}, "templates": templates}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "TemplateLock",
        "description": about,
        **_object(head, "apiVersion", "kind", "templates"),
    }


def write(folder: Path, schemas: Mapping[str, Schema]) -> Iterator[Path]:
    """Write each schema into `folder` and answer its file."""
    for name, schema in schemas.items():
        file = folder / f"{name}.json"
        write_atomically(file, (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode())
        yield file


if __name__ == "__main__":
    list(write(Path(sys.argv[1]), build()))
