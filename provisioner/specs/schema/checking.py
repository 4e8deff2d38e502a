"""Does a document have the shape its kind demands? jsonschema-rs says yes or no, jsonschema says why not."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.foundation.errors import closest, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.fields import FIELDS, MEMBER, SETTINGS, pattern
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.value_types import describe
from provisioner.specs import layout
from provisioner.specs.yaml.reader import MAX_FINDINGS, Node

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema.exceptions import ValidationError


def check(node: Node, kind: str, file: str) -> list[Finding]:
    """Findings against `schema/<kind>.json`; none means that the shape is right.

    A finding's `path` is the pointer into the document. One mistake is one finding: a key that is merely misspelt
    or misplaced is not also missing, and a document of another kind is not compared with this one's schema.
    """
    instance = node.plain()
    if _validator(kind).is_valid(instance):
        return []
    from jsonschema import Draft202012Validator  # 84 ms that only a wrong document costs

    errors = list(islice(Draft202012Validator(schema(kind)).iter_errors(instance), MAX_FINDINGS))
    foreign = [error for error in errors if list(error.absolute_path) in (["apiVersion"], ["kind"])]
    return list(_Explanation(node, kind, file).of(foreign or errors))


@cache
def schema(kind: str) -> dict[str, Any]:
    """The committed JSON Schema of a kind of document: application, template, environment or effective."""
    text = Path(__file__).with_name(f"{kind}.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def takes(kind: str, pointer: str) -> str:
    """What may stand at a place of a kind of document, where that is one of a few words; '' for all else."""
    rule: Any = schema(kind)
    for part in pointer.split("/")[1:]:
        rule = rule.get("properties", {}).get(part) or rule.get("additionalProperties")
        if not isinstance(rule, dict):
            return ""
    words = [str(word) for word in rule.get("enum", ()) if word is not None]
    if words:
        return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    return "true or false" if "boolean" in (rule.get("type"), *rule.get("type", ())) else ""


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema(kind))


@cache
def _homes(kind: str) -> Mapping[str, list[str]]:
    """Where each key of a kind may stand: pointers of mappings, by key."""
    homes: dict[str, list[str]] = defaultdict(list)

    def visit(rule: Mapping[str, Any], pointer: str) -> None:
        for name, below in rule.get("properties", {}).items():
            homes[name].append(pointer)
            visit(below, f"{pointer}/{name}")

    visit(schema(kind), "")
    return homes


class _Explanation:
    """Tells a document's author what its schema has against it."""

    def __init__(self, node: Node, kind: str, file: str) -> None:
        self.root = node
        self.kind = kind
        self.file = file
        self.misplaced: set[str] = set()
        self.misspelt: set[str] = set()  # pointers of what was probably meant

    def of(self, errors: Sequence[ValidationError]) -> Iterator[Finding]:
        missing: dict[str, tuple[list[str], list[str]]] = {}
        for error in errors:
            path = [str(part) for part in error.absolute_path]
            rule: Any = error.schema
            if error.validator == "additionalProperties" and "patternProperties" in rule:
                yield from self._misnamed_members(path)
            elif error.validator == "additionalProperties":
                yield from self._unknown_keys(path, list(rule["properties"]))
            elif "propertyNames" in error.absolute_schema_path:
                name = str(error.instance)
                where = _descend(self.root, [*path, name]).key_at(self.file)
                message = f"{_place(path)} {_reason(error)}"
                yield Finding("REC010", Severity.ERROR, message, where, path=_pointer([*path, name]))
            elif error.validator == "required":
                missing[_pointer(path)] = (path, rule["required"])
            else:
                yield self._finding("REC011", f"{_place(path)} {_reason(error)}", path)
        for path, names in missing.values():
            yield from self._missing_keys(path, names)

    def _unknown_keys(self, path: list[str], known: list[str]) -> Iterator[Finding]:
        node = _descend(self.root, path)
        for name in islice((name for name in node.plain() if name not in known), MAX_FINDINGS):
            finding = self._unknown_key(name, path, known)
            where = node.below(name).key_at(self.file)
            yield Finding("REC010", Severity.ERROR, finding, where, path=_pointer([*path, name]))

    def _misnamed_members(self, path: list[str]) -> Iterator[Finding]:
        node = _descend(self.root, path)
        for name in islice((name for name in node.plain() if not re.search(MEMBER.pattern, name)), MAX_FINDINGS):
            message = f'{_place(path)} takes names of {MEMBER.hint}, not "{_shown(name)}"'
            where = node.below(name).key_at(self.file)
            yield Finding("REC010", Severity.ERROR, message, where, path=_pointer([*path, name]))

    def _unknown_key(self, name: str, path: list[str], known: list[str]) -> str:
        shown = _shown(name)
        if whose := self._of_another_file(name, path):
            return f"{shown} {whose}"
        message = f'{_place(path)} has no key "{shown}"'
        if homes := _homes(self.kind).get(name):
            self.misplaced.add(name)
            return f"{message}; it stands in {' or '.join(_place(home.split('/')[1:]) for home in homes)}"
        if close := closest(name, known):
            self.misspelt.add(_pointer([*path, close]))
            return f'{message} (did you mean "{close}"?)'
        return f"{message}; it takes {', '.join(known)}" if known else f"{message}; it takes none"

    def _of_another_file(self, name: str, path: list[str]) -> str:
        """Why a setting that exists has no place in this kind of file; '' where that is not the reason."""
        if path[:1] != ["settings"] or not _is_setting([*path[1:], name]):
            return ""
        if self.kind == "template":
            return "belongs to an environment; a template holds only what moves on promotion"
        return "moves on promotion; an environment holds only what belongs to it"

    def _missing_keys(self, path: list[str], names: Sequence[str]) -> Iterator[Finding]:
        present = _descend(self.root, path).plain()
        for name in names:
            if name not in present and name not in self.misplaced and _pointer([*path, name]) not in self.misspelt:
                yield self._finding("REC012", f"{_place(path)} needs the key {name}", path)

    def _finding(self, rule: str, message: str, path: list[str]) -> Finding:
        where = _descend(self.root, path).at(self.file)
        return Finding(rule, Severity.ERROR, message, where, path=_pointer(path))


_NAMES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a number",
    "number": "a number",
}


def _reason(error: ValidationError) -> str:
    rule: Any = error.schema
    wanted: Any = error.validator_value
    got = "what stands here" if rule.get("x-secret") else printable(describe(error.instance))
    if not error.absolute_path and isinstance(error.instance, str):
        got = "text"  # no spec at all: a link may have led to somebody's token
    match error.validator:
        case "const":
            return f"takes {wanted}, not {got}{_home(error.instance)}"
        case "enum":
            words = [str(word) for word in wanted if word is not None]
            hint = did_you_mean(error.instance, words) if isinstance(error.instance, str) else ""
            return f"takes one of {', '.join(words)}, not {got}{hint}"
        case "type":
            first = wanted[0] if isinstance(wanted, list) else wanted
            return f"takes {_NAMES.get(first, first)}, not {got}"
        case "minimum" | "maximum":
            return f"takes {rule.get('minimum', '')} to {rule.get('maximum', '')}, not {got}"
        case "uniqueItems":
            return "names something twice"
        case "minProperties" if "properties" in rule:
            return f"holds nothing; write {', '.join(rule['properties'])}, or remove it"
        case "maxProperties" if "properties" in rule:
            return f"takes one of {', '.join(rule['properties'])}, not several"
        case _:
            return f"does not take {got}: {rule.get('description', 'see the schema')}"


_HOMES = {
    **{place.kind: place.told for place in layout.PLACES},
    "Prices": "the one that prices in environment.yaml names",
}


def _home(kind: object) -> str:
    return f"; its file would be {_HOMES[kind]}" if isinstance(kind, str) and kind in _HOMES else ""


def _is_setting(path: Sequence[str]) -> bool:
    full = pattern(f"{SETTINGS}{_pointer(path)}")
    return any(known == full or known.startswith(f"{full}/") for known in FIELDS)


def _descend(root: Node, path: Sequence[str]) -> Node:
    node = root
    for part in path:
        node = node.value[int(part)] if isinstance(node.plain(), list) else node.below(part)
    return node


def _shown(name: str) -> str:
    return printable(name if len(name) <= 60 else f"{name[:57]}...")


def _pointer(path: Sequence[str]) -> str:
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path)


def _place(path: Sequence[str]) -> str:
    return printable(".".join(path)) or "the document"
