"""Does a document have the shape its kind demands? jsonschema-rs says yes or no, jsonschema says why not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from provisioner.foundation.errors import Location, did_you_mean
from provisioner.foundation.redaction import printable
from provisioner.recording.fields import FIELDS, MEMBER, SETTINGS, find, pattern
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.kinds import Kind, describe
from provisioner.specs.environment import MINIMUM_RETENTION
from provisioner.specs.reader import Node

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema.exceptions import ValidationError


def check(node: Node, kind: str, file: str) -> list[Finding]:
    """Findings against `schema/<kind>.json`; none means that the shape is right."""
    instance = node.plain()
    if _validator(kind).is_valid(instance):
        return []
    from jsonschema import Draft202012Validator  # 84 ms that only a wrong document costs

    errors = Draft202012Validator(schema(kind)).iter_errors(instance)
    return [finding for error in errors for finding in _explain(error, node, file)]


@cache
def schema(kind: str) -> dict[str, Any]:
    """The committed JSON Schema of a kind of document: application, template, environment or effective."""
    text = resources.files("provisioner.specs").joinpath("schema", f"{kind}.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema(kind))


def _explain(error: ValidationError, root: Node, file: str) -> Iterator[Finding]:
    wanted: Any = error.validator_value
    rule: Any = error.schema
    path = [str(part) for part in error.absolute_path]
    node = _descend(root, path)
    where = node.at(file)
    pointer = "".join(f"/{part}" for part in path)
    if error.validator == "additionalProperties":
        known = sorted(rule["properties"])
        for name in sorted(set(node.value) - set(known)):
            where = node.value[name].key_at(file)
            if "patternProperties" not in rule:
                yield _unknown_key(name, known, path, where, file)
            elif not re.search(MEMBER.pattern, name):
                message = f'{_place(pointer)} takes names of {MEMBER.hint}, not "{printable(name)}"'
                yield _finding("REC010", message, where, f"{pointer}/{name}")
    elif error.validator == "required":
        for name in wanted:
            if name not in node.value:
                yield _finding("REC012", f"{_place(pointer)} needs the key {name}", where, pointer)
    else:
        yield _finding("REC011", f"{_place(pointer)} {_reason(error, wanted, rule, path)}", where, pointer)


def _unknown_key(name: str, known: Sequence[str], path: Sequence[str], where: Location, file: str) -> Finding:
    pointer = "".join(f"/{part}" for part in path)
    full = pattern(f"{SETTINGS}{_below_settings([*path, name])}")
    elsewhere = "settings" in path and any(known == full or known.startswith(full + "/") for known in FIELDS)
    if elsewhere and file.startswith("templates/"):
        message = f"{name} belongs to an environment; a template holds only what moves on promotion"
    elif elsewhere and file.endswith("/environment.yaml"):
        message = f"{name} moves on promotion; an environment holds only what belongs to it"
    else:
        message = f'{_place(pointer)} has no key "{printable(name)}"{did_you_mean(name, known)}'
    return _finding("REC010", message, where, f"{pointer}/{name}")


def _reason(error: ValidationError, wanted: Any, rule: Any, path: list[str]) -> str:
    kind = _kind(path)
    if kind is not None:
        try:
            kind.parse(error.instance)
        except ValueError as reason:
            return printable(str(reason))
    got = printable(describe(error.instance))
    match error.validator:
        case "const":
            return f"takes {wanted}, not {got}"
        case "enum":
            words = [str(word) for word in wanted]
            hint = did_you_mean(error.instance, words) if isinstance(error.instance, str) else ""
            return f"takes one of {', '.join(words)}, not {got}{hint}"
        case "type":
            names = {"object": "a mapping", "array": "a list", "string": "text", "boolean": "true or false"}
            first = wanted[0] if isinstance(wanted, list) else wanted
            return f"takes {names.get(first, first)}, not {got}"
        case "minProperties":
            return f"holds nothing; write {_any_of(rule)}, or remove it"
        case "pattern" | "minLength":
            return f"does not take {got}: {rule.get('description', 'see the schema')}"
    return printable(error.message)


def _any_of(rule: Any) -> str:
    return ", ".join(rule["properties"])


def _kind(path: list[str]) -> Kind | None:
    """The kind of the leaf at `path` of any document: all share the settings block."""
    if path == ["minimumRetention"]:
        return MINIMUM_RETENTION.kind
    for candidate in ("".join(f"/{part}" for part in path), SETTINGS + _below_settings(path)):
        if field := find(candidate):
            return field.kind
    return None


def _below_settings(path: Sequence[str]) -> str:
    below = path[path.index("settings") + 1 :] if "settings" in path else ()
    return "".join(f"/{part}" for part in below)


def _descend(root: Node, path: Sequence[str]) -> Node:
    node = root
    for part in path:
        node = node.value[int(part)] if isinstance(node.value, list) else node.value[part]
    return node


def _place(pointer: str) -> str:
    return printable(pointer.removeprefix("/").replace("/", ".")) or "the document"


def _finding(rule: str, message: str, where: Location, pointer: str) -> Finding:
    return Finding(rule, Severity.ERROR, message, where, path=pointer)
