"""Schemas of the field table's leaves and blocks, as every kind of document that holds settings shows them.

Files are patches, so nothing inside `settings` is required there and null deletes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from provisioner.recording.field import EVERY_MODE, Field, Moves
from provisioner.recording.fields import BLOCKS, FIELDS, MEMBER, SETTINGS
from provisioner.recording.value_types import canonical, text
from provisioner.specs.schema.shapes import NAME, Schema, document, header, mapping

HEADER = ("apiVersion", "kind", "name")


def spec(kind: str, about: str, properties: Schema, *required: str, rest: Moves) -> Schema:
    """The schema of a file that people write; leaves that do not say whether they move on promotion go with `rest`."""
    name = {**NAME, "description": "Equals the file's or folder's name."}
    body = mapping({**header(kind), "name": name, **properties}, *HEADER, *required)
    return _marked(document(kind, about, body), rest)


def _marked(schema: Schema, rest: Moves) -> Schema:
    properties = {name: child if name in HEADER else _mark(child, rest) for name, child in schema["properties"].items()}
    return {**schema, "properties": properties}


def _mark(node: Schema, rest: Moves) -> Schema:
    groups = [group for group in ("properties", "patternProperties") if node.get(group)]
    if groups:
        return {**node, **{g: {name: _mark(child, rest) for name, child in node[g].items()} for g in groups}}
    return node if {moves.value for moves in Moves} & set(node) else {**node, rest.value: True}


def leaf(field: Field, nullable: bool = False) -> Schema:
    """One field, as editors show it; `nullable` where null deletes it."""
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


def tree(fields: Iterable[Field], root: str, *, patch: bool) -> Schema:
    """The nested mapping below `root`; in a patch every leaf and block may be null, which deletes it."""
    whole = mapping({})
    for field in fields:
        node, path = whole, root
        *blocks, name = field.path.removeprefix(root + "/").split("/")
        for block in blocks:
            path = f"{path}/{block}"
            node = _inside(node, block, path, patch)
        node["properties"][name] = leaf(field, nullable=patch)
        if field.required and not patch:
            node.setdefault("required", []).append(name)
    return whole


def _inside(node: Schema, block: str, path: str, patch: bool) -> Schema:
    """The mapping at `path`, a member of `node`. A collection's members are described once, for every name."""
    empty = mapping({}, type=["object", "null"]) if patch else mapping({})
    if path in BLOCKS:
        empty["description"] = BLOCKS[path]
    if patch and "*" in path:
        empty["minProperties"] = 1  # an empty one would vanish, as nothing in it has to be there
    if block == "*":
        member: Schema = node.setdefault("patternProperties", {}).setdefault(MEMBER.pattern, empty)
        return member
    child: Schema = node["properties"].setdefault(block, empty)
    return child


def settings(about: str, *moves: Moves) -> Schema:
    """The `settings:` block of a file that may set the fields of these `moves`."""
    chosen = (field for field in FIELDS.values() if field.path.startswith(SETTINGS + "/") and field.moves in moves)
    return {**tree(chosen, SETTINGS, patch=True), "description": about}


def calls(about: str) -> Schema:
    """The `calls:` block of an environment: nothing in it is required there, an application may say the rest."""
    chosen = (replace(field, required=False) for field in FIELDS.values() if field.path.startswith("/calls/"))
    return {**tree(chosen, "/calls", patch=False), "description": about}
