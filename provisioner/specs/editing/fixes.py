"""Repairs of what has exactly one safe answer. Each answers a finding; a document without findings is left alone.

Safe means: whoever reads the line agrees on what was meant, and nothing but the spelling changes. So a boolean word
becomes true or false where only a boolean may stand, but stays where text may; a bare number never gets a unit; a
word is never replaced by one that merely looks like it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs
import yaml

from provisioner.foundation.errors import Location
from provisioner.foundation.text_safety import printable
from provisioner.specs.discovery import spec_files
from provisioner.specs.editing.transaction import FileChange
from provisioner.specs.schema import checking
from provisioner.specs.yaml import canonical, writer
from provisioner.specs.yaml.reader import Malformed, read
from provisioner.specs.yaml.writer import Edit, MappingEntry

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TRUTH = {"yes": True, "on": True, "y": True, "true": True, "no": False, "off": False, "n": False, "false": False}
_DELETIONS = frozenset({"~", "null"})
_NUMBER_LIKE = re.compile(r"[-+]?[0-9][0-9._]*|0[xob][0-9a-fA-F_]+", re.ASCII)
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_SPACED_QUANTITY = re.compile(r"([0-9.]+)\s+([A-Za-z]+)", re.ASCII)

Schema = dict[str, Any]


class Fix(NamedTuple):
    """What was repaired and where, by the place in the old file."""

    where: Location
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def fix(data: bytes, kind: str, file: str) -> tuple[bytes, list[Fix]]:
    """The repaired document and what was done; the same bytes and nothing where no answer is safe.

    `kind` is the document's schema: application, template, environment or embedded.
    """
    fixes: list[Fix] = []
    text = _decoded(data, file, fixes)
    text = text and _one_document(text, file, fixes)
    if not text or not _readable(text, file):
        return data, []
    try:
        root = writer.compose(text)
    except (ValueError, yaml.YAMLError):
        return data, []
    walk = _Walk(text, file)
    walk.mapping(root, checking.schema(kind), None)
    repaired = writer.apply(text, walk.edits).encode()
    return repaired, [*fixes, *sorted(walk.fixes)]


def fix_files(root: Path, files: Collection[str]) -> tuple[dict[str, FileChange], list[Fix]]:
    """How the spec files among `files` (relative to `root`) are repaired, and what that does, in file order."""
    changes: dict[str, FileChange] = {}
    done: list[Fix] = []
    for path, kind in spec_files(root):
        if path in files:
            try:
                data = (root / path).read_bytes()
            except OSError:
                continue  # validate says why
            repaired, fixes = fix(data, kind, path)
            changes[path] = FileChange(data, repaired)
            done.extend(fixes)
    return changes, done


def _decoded(data: bytes, file: str, fixes: list[Fix]) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            fixes.append(Fix(Location(file), f"{encoding.upper()} with a byte order mark -> UTF-8 without"))
            data = data.removeprefix(mark)
            break
    else:
        encoding = "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _readable(text: str, file: str) -> bool:
    """Whether the strict reader gets as far as judging words: composing anything else could take for ever."""
    try:
        read(text.encode(), file)
    except Malformed as error:
        return not any(finding.id == "REC002" for finding in error.findings)
    return True


def _one_document(text: str, file: str, fixes: list[Fix]) -> str:
    """Without a document marker that only comments follow; the reader takes it for a second, empty document."""
    lines = text.split("\n")
    last = len(lines) - 1
    while last > 0 and _silent(lines[last]):
        last -= 1
    after = lines[last].removeprefix("---")
    if after == lines[last] or not _silent(after) or all(map(_silent, lines[:last])):
        return text
    fixes.append(Fix(Location(file, last + 1), "document marker at the end -> none"))
    kept = after.strip()
    lines[last : last + 1] = [kept] if kept or last == len(lines) - 1 else []
    return "\n".join(lines)


def _silent(line: str) -> bool:
    """Whether a line holds nothing but blanks and a comment."""
    return line.strip()[:1] in ("", "#")


class _Walk:
    """Goes through a document beside its schema and gathers edits."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.edits: list[Edit] = []
        self.fixes: list[Fix] = []
        self._seen: set[int] = set()

    def mapping(self, node: yaml.MappingNode, schema: Schema, owner: yaml.ScalarNode | None) -> None:
        seen: dict[str, yaml.Node] = {}
        names = {key.value for key, _ in node.value}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or self._marked(key):
                continue
            if key.value in seen:
                self._repeated(MappingEntry(node, key, value, owner), seen[key.value])
                continue
            seen[key.value] = value
            known = _below(schema, key.value)
            if known is None:
                name = _one(_spelt_like(key.value, schema.get("properties", ())))
                if name is None or name in names:
                    continue
                names.add(name)
                self._do(key, [writer.renamed(key, name)], f"key {key.value} -> {name}")
                known = _below(schema, name)
            self._value(value, known, key)

    def _value(self, node: yaml.Node, schema: Schema | None, owner: yaml.ScalarNode | None) -> None:
        if schema is None or id(node) in self._seen:  # an alias yields the very same node again
            return
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            self.mapping(node, schema, owner)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._value(item, schema.get("items"), None)
        elif isinstance(node, yaml.ScalarNode) and not self._marked(node):
            answer = _one(_answers(node, schema))
            if answer is not None:
                start, end = node.start_mark.index, node.end_mark.index
                self._do(node, [Edit(start, end, answer)], f"{self.text[start:end]} -> {answer}")

    def _repeated(self, entry: MappingEntry, first: yaml.Node) -> None:
        """The same key with the same scalar once more, on a line of its own: the comment beside it stays."""
        value = entry.value
        if not (isinstance(value, yaml.ScalarNode) and isinstance(first, yaml.ScalarNode)) or self._marked(value):
            return
        if (value.value, bool(value.style)) != (first.value, bool(first.style)) or entry.mapping.flow_style:
            return
        start, end = entry.key.start_mark.index, writer.end_of(self.text, value)
        begin = self.text.rfind("\n", 0, start) + 1
        rest = self.text[end:].partition("\n")[0]
        if self.text[begin:start].strip() or "\n" in self.text[start:end]:
            return
        kept = Edit(start, end + len(rest) - len(rest.lstrip(" \t")), "")
        edits = [kept] if rest.strip() else [Edit(begin, end + len(rest) + 1, "")]
        self._do(entry.key, edits, f"key {entry.key.value} twice with the same value -> once")

    def _marked(self, node: yaml.Node) -> bool:
        """Whether the node has an anchor or a tag: what its author meant by it is not ours to say."""
        return self.text[node.start_mark.index : node.start_mark.index + 1] in ("&", "!")

    def _do(self, node: yaml.Node, edits: Iterable[Edit], message: str) -> None:
        where = Location(self.file, node.start_mark.line + 1, node.start_mark.column + 1)
        self.fixes.append(Fix(where, printable(message)))
        self.edits.extend(edits)


def _below(schema: Schema, key: str) -> Schema | None:
    """The schema of what stands at `key`; None where the key is not known."""
    known: Any = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
    for pattern, member in schema.get("patternProperties", {}).items():
        known = member if re.search(pattern, key) else known
    return known if isinstance(known, dict) else None


def _answers(node: yaml.ScalarNode, schema: Schema) -> Iterator[str]:
    """What the scalar can only have meant at its place; nothing where it is right as it stands."""
    word, plain = node.value, not node.style
    takes = _validator(schema).is_valid
    if plain and word.lower() in _DELETIONS and word != "null" and takes(None):
        yield "null"
    elif plain and (truth := _TRUTH.get(word.lower())) is not None:
        if word not in ("true", "false") and takes(truth) and not takes(word):
            yield canonical.scalar(truth)
    elif plain and _NUMBER_LIKE.fullmatch(word):
        digits = word.replace("_", "")
        if "string" in schema.get("type", ()) and takes(word):
            yield canonical.quoted(word)
        elif digits != word and _WHOLE.fullmatch(digits) and takes(int(digits)):
            yield digits
    elif not plain and not takes(word):
        if word in ("true", "false") and takes(word == "true"):
            yield word
        if _WHOLE.fullmatch(word) and takes(int(word)):
            yield word
    if not takes(word):
        yield from map(canonical.scalar, _spelt_like(word, schema.get("enum", [schema.get("const")])))
        if (spaced := _SPACED_QUANTITY.fullmatch(word)) and takes(spaced[1] + spaced[2]):
            yield spaced[1] + spaced[2]


def _spelt_like(word: str, known: Iterable[Any]) -> list[str]:
    """Known words that differ from `word` in letter case, hyphens, underscores and blanks only."""
    letters = _letters(word)
    return [other for other in known if isinstance(other, str) and other != word and _letters(other) == letters]


def _letters(word: str) -> str:
    return re.sub(r"[-_\s]", "", word).casefold()


def _one(answers: Iterable[str]) -> str | None:
    """The only answer there is."""
    different = set(answers)
    return different.pop() if len(different) == 1 else None


def _validator(schema: Schema) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema)
