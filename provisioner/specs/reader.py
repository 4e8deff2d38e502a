"""One strict YAML reader: JSON types only, every node positioned, nothing guessed.

YAML's conveniences are where recordings get lost: `on` that becomes true, `010` that becomes 8, a key written
twice of which the second wins. All of them are errors here, each with the line and what to write instead.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, NoReturn

import yaml

from provisioner.foundation.errors import Location
from provisioner.foundation.redaction import printable
from provisioner.recording.findings import Finding, Severity

MAX_BYTES = 1 << 20
MAX_DEPTH = 32


class Node(NamedTuple):
    """A positioned JSON value: `value` is a scalar, a list of nodes, or a dict of nodes by key.

    `line` and `column` count from 1; `key` is where the node's key stands, None outside mappings.
    """

    value: Any
    line: int
    column: int
    key: tuple[int, int] | None = None

    def at(self, file: str) -> Location:
        return Location(file, self.line, self.column)

    def key_at(self, file: str) -> Location:
        return Location(file, *(self.key or (self.line, self.column)))

    def plain(self) -> Any:
        """The value as ordinary dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class Malformed(Exception):
    """A document that cannot be read; carries one positioned finding for each reason."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


def read(data: bytes, file: str) -> Node:
    """The document in `data`; `file` is only named in findings. Raises Malformed."""
    _check_bytes(data, file)
    loader = yaml.CBaseLoader(data)
    try:
        if _may_nest_deeply(data):
            _check_depth(data, file)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, file) from None
    except yaml.YAMLError as error:
        _refuse(file, 1, 1, "REC001", f"is no YAML: {printable(str(error))}")
    finally:
        loader.dispose()
    if root is None:
        _refuse(file, 1, 1, "REC001", "is empty; `provisioner new` writes a document to start from")
    composer = _Composer(file)
    node = composer.convert(root, None)
    if composer.findings:
        raise Malformed(composer.findings)
    return node


def _refuse(file: str, line: int, column: int, rule: str, message: str) -> NoReturn:
    raise Malformed([Finding(rule, Severity.ERROR, message, Location(file, line, column))])


def _position(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _syntax(error: yaml.MarkedYAMLError, file: str) -> Malformed:
    line, column = _position(error.problem_mark or error.context_mark)
    problem = error.problem or "cannot be parsed"
    if "single document" in (error.context or ""):
        problem = "a file holds one document; put the second into a file of its own"
    return Malformed([Finding("REC001", Severity.ERROR, f"is no YAML: {problem}", Location(file, line, column))])


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")


def _check_bytes(data: bytes, file: str) -> None:
    if len(data) > MAX_BYTES:
        _refuse(file, 1, 1, "REC002", f"is larger than {MAX_BYTES // 1024} KiB; a spec is a page of text")
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        _refuse(file, line, column, "REC002", f"is not UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8")
    if match := _CONTROL.search(content):
        before = content[: match.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        name = "a byte order mark" if match.group() == "\ufeff" else f"the control character U+{ord(match.group()):04X}"
        _refuse(file, line, column, "REC002", f"holds {name}; remove it")


def _may_nest_deeply(data: bytes) -> bool:
    """Whether the bytes could nest beyond MAX_DEPTH: the C composer recurses, so it must not meet those."""
    openers = data.count(b"[") + data.count(b"{") + data.count(b"- ") + data.count(b"? ")
    return openers >= MAX_DEPTH or b" " * MAX_DEPTH in data


def _check_depth(data: bytes, file: str) -> None:
    depth = 0
    for event in yaml.parse(data, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                line, column = _position(event.start_mark)
                _refuse(file, line, column, "REC002", f"nests deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?", re.ASCII)
_OTHER_NUMBER = re.compile(
    r"[-+]?(0[0-9_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+|[0-9][0-9_]*)|[-+]?\.(inf|nan)", re.ASCII | re.I
)
_JSON_WORDS = {"true": True, "false": False, "null": None}
_AMBIGUOUS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null", "~"})
_TAGS = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})


class _Composer:
    """Turns PyYAML's nodes into ours and gathers every reason against them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._seen: set[int] = set()

    def convert(self, node: yaml.Node, key: tuple[int, int] | None) -> Node:
        line, column = _position(node.start_mark)
        if node.tag not in _TAGS:
            self._find(line, column, "REC004", f"has the tag {printable(node.tag)}; write the plain value")
        if id(node) in self._seen:  # an alias yields the very same node again
            self._find(line, column, "REC004", "is repeated by an alias; write it out, or move it into a template")
            return Node(None, line, column, key)
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            value = node.value if node.style else self._plain_scalar(node.value, line, column)
            return Node(value, line, column, key)
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node), line, column, key)
        return Node([self.convert(item, None) for item in node.value], line, column, key)

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key_node, value_node in node.value:
            line, column = _position(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                self._find(line, column, "REC004", "is a key that is no plain word")
                continue
            name = key_node.value
            if name == "<<" and not key_node.style:
                self._find(line, column, "REC004", "merges with <<; settings shared by files belong into a template")
                continue
            if name in entries:
                first = entries[name].key or (0, 0)
                self._find(line, column, "REC003", f'the key "{printable(name)}" stands already in line {first[0]}')
            entries[name] = self.convert(value_node, (line, column))
        return entries

    def _plain_scalar(self, text: str, line: int, column: int) -> str | int | float | bool | None:
        if text in _JSON_WORDS:
            return _JSON_WORDS[text]
        if match := _NUMBER.fullmatch(text):
            return float(text) if match[2] or match[3] else int(text)
        if not text:
            self._find(line, column, "REC005", "has no value; write one, or null to delete what a weaker file set")
        elif text.lower() in _AMBIGUOUS:
            self._find(line, column, "REC005", f'"{text}" is read differently by different tools; {_instead(text)}')
        elif _OTHER_NUMBER.fullmatch(text):
            self._find(
                line,
                column,
                "REC005",
                f'"{printable(text)}" is read differently by different tools; write a decimal number, or quote it',
            )
        return text

    def _find(self, line: int, column: int, rule: str, message: str) -> None:
        self.findings.append(Finding(rule, Severity.ERROR, message, Location(self.file, line, column)))


def _instead(word: str) -> str:
    if word.lower() in ("null", "~"):
        return "write null"
    truth = "true" if word.lower() in ("yes", "on", "y", "true") else "false"
    return f'write {truth}, or "{word}" for the word'
