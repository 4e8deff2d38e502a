"""One strict YAML reader: JSON types only, every node positioned, nothing guessed.

YAML's conveniences are where recordings get lost: `on` that becomes true, `010` that becomes 8, a key written
twice of which the second wins. All of them are errors here, each with the line and what to write instead.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, NoReturn

import yaml
from yaml._yaml import CParser

from provisioner.foundation.errors import Location
from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.yaml import errors
from provisioner.specs.yaml.scalars import key_reason, resolve

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_ITEMS = 1_000
MAX_FINDINGS = 100


class Node:
    """A positioned JSON value: `value` is a scalar, a list of nodes, or a dict of nodes by key.

    Children and places are made when somebody asks: of most nodes only `plain()` is ever wanted.
    """

    __slots__ = ("_composed", "_key", "_plain")

    def __init__(self, plain: Any, composed: yaml.Node, key: yaml.Node | None = None) -> None:
        self._plain = plain
        self._composed = composed
        self._key = key

    def plain(self) -> Any:
        """The value as ordinary dicts, lists and scalars. Not to be changed."""
        return self._plain

    @property
    def value(self) -> Any:
        """The scalar, the list of nodes, or the nodes by key."""
        plain, below = self._plain, self._composed.value
        if isinstance(plain, dict):
            return {name: Node(plain[name], child, key) for name, (key, child) in zip(plain, below, strict=True)}
        if isinstance(plain, list):
            return [Node(item, child) for item, child in zip(plain, below, strict=True)]
        return plain

    def below(self, *names: str) -> Node:
        """The node at the end of a chain of keys that are there."""
        node = self
        for name in names:
            key, child = next((key, child) for key, child in node._composed.value if key.value == name)
            node = Node(node._plain[name], child, key)
        return node

    @property
    def composed(self) -> yaml.Node:
        """PyYAML's own node, for whoever walks a document in bulk; as many children as `plain()`, in its order."""
        return self._composed

    def at(self, file: str) -> Location:
        """Where the value stands."""
        return _location(self._composed, file)

    def key_at(self, file: str) -> Location:
        """Where the value's key stands; the value itself outside mappings."""
        return _location(self._key or self._composed, file)


class Malformed(Exception):
    """A document that cannot be read; carries one positioned finding for each reason."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


def read(data: bytes, file: str, most: int = MAX_BYTES) -> Node:
    """The document in `data`, of at most `most` bytes; `file` is only named in findings. Raises Malformed."""
    _check_bytes(data, file, most)
    loader = _Loader(data)
    try:
        if _may_nest_deeply(data):
            _check_depth(data, file)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        problem = errors.explain(error, data)
        refuse(file, problem.message, problem.rule, problem.line, problem.column)
    except yaml.YAMLError as error:
        refuse(file, f"is no YAML: {printable(str(error))}", "REC001")
    finally:
        loader.dispose()
    if root is None:
        refuse(file, "is empty; `provisioner new` writes a document to start from", "REC001")
    converter = _Converter(file, aliases=b"*" in data)
    plain = converter.convert(root, 1)
    if converter.findings:
        places = _values(root)
        found = converter.findings
        raise Malformed(
            [replace(one, path=places.get((one.where.line, one.where.column), "")) for one in found if one.where]
        )
    return Node(plain, root)


def _values(root: yaml.Node) -> dict[tuple[int, int], str]:
    """The pointer of each value by its line and column; what is repeated by an alias has its first one."""
    found: dict[tuple[int, int], str] = {}
    todo, seen = [("", root)], set()
    while todo:
        path, node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        found[node.start_mark.line + 1, node.start_mark.column + 1] = path
        if isinstance(node, yaml.MappingNode):
            todo += [(f"{path}/{key.value}", child) for key, child in node.value if isinstance(key, yaml.ScalarNode)]
    return found


def refuse(file: str, message: str, rule: str = "REC002", line: int = 1, column: int = 1) -> NoReturn:
    """Raise Malformed with this one reason."""
    raise Malformed([Finding(rule, Severity.ERROR, message, Location(file, line, column))])


class _Loader(CParser):
    """libyaml's composer with none of YAML's types: a node has no tag unless somebody wrote one.

    Less than half the time of yaml.CBaseLoader, whose resolver runs in Python for every node.
    """

    def resolve(self, _kind: type, _value: str | None, _implicit: object) -> str:
        return ""

    def descend_resolver(self, _parent: yaml.Node | None, _index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def _location(node: yaml.Node, file: str) -> Location:
    return Location(file, node.start_mark.line + 1, node.start_mark.column + 1)


_PLAIN_ASCII = bytes([0x09, 0x0A, *range(0x20, 0x7F)])
# Controls; line breaks that only some tools take for one; what reorders text before a reviewer's eyes.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\r(?!\n)")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def _check_bytes(data: bytes, file: str, most: int) -> None:
    if len(data) > most:
        refuse(file, f"is larger than {most // 1024} KiB; a spec is a page of text")
    if not data.translate(None, _PLAIN_ASCII):
        return
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        looks = "looks like UTF-16" if data.startswith(_UTF_16) else f"is not UTF-8 (byte 0x{data[error.start]:02x})"
        refuse(file, f"{looks}; save it as UTF-8", "REC002", *_place(data[: error.start].decode("utf-8")))
    if match := _FORBIDDEN.search(content):
        name = "a byte order mark" if match.group() == "\ufeff" else f"the control character U+{ord(match.group()):04X}"
        refuse(file, f"holds {name}; remove it", "REC002", *_place(content[: match.start()]))


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


_BLOCK_PREFIX = re.compile(rb"^[ \t?:-]{100,}", re.MULTILINE)


def _may_nest_deeply(data: bytes) -> bool:
    """Whether the C composer, which recurses, could go hundreds of levels deep; people write no such spec.

    Each level begins with one of five characters. A flow collection needs a bracket; a block stands at least one
    column to the right of the block around the one around it.
    """
    brackets = data.count(b"[") + data.count(b"{")
    if brackets + data.count(b":") + data.count(b"-") + data.count(b"?") <= 200:
        return False
    return brackets > 200 or _BLOCK_PREFIX.search(data) is not None


def _check_depth(data: bytes, file: str) -> None:
    depth = 0
    for event in yaml.parse(data, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                _refuse_depth(file, event.start_mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _refuse_depth(file: str, mark: Any) -> NoReturn:
    refuse(file, f"nests deeper than {MAX_DEPTH} levels", "REC002", mark.line + 1, mark.column + 1)


class _Converter:
    """Turns PyYAML's nodes into JSON values and gathers every reason against them."""

    def __init__(self, file: str, aliases: bool) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._seen: set[int] | None = set() if aliases else None

    def convert(self, node: yaml.Node, depth: int) -> Any:
        if (node.tag or self._seen is not None) and not self._is_plain(node):
            return None
        if isinstance(node, yaml.ScalarNode):
            if node.style:
                return node.value
            value, reason = resolve(node.value)
            if reason:
                self._find(node, "REC005", reason)
            return value
        if depth > MAX_DEPTH:
            _refuse_depth(self.file, node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if len(node.value) > MAX_ITEMS:
            self._find(node, "REC002", f"has more than {MAX_ITEMS} entries")
            return None
        return [self.convert(item, depth + 1) for item in node.value]

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._find(key, "REC004", "is a key that is no plain word")
                continue
            name = key.value
            if name == "<<" and not key.style:
                self._find(key, "REC004", "merges with <<; settings shared by files belong into a template")
                continue
            if key.tag or self._seen is not None:
                self._is_plain(key)
            if name in entries:
                self._duplicate(name, key, node)
            elif not key.style and (reason := key_reason(name)):
                self._find(key, "REC005", reason)
            if child.value == "" and not child.style and ":" in name:
                self._find(key, "REC005", f'"{_short(name)}" has no value; write a space after the colon')
            else:
                entries[name] = self.convert(child, depth + 1)
        return entries

    def _is_plain(self, node: yaml.Node) -> bool:
        if node.tag:
            self._find(node, "REC004", f"has the tag {_short(_tag(node.tag))}; write the plain value")
        if self._seen is not None:
            if id(node) in self._seen:  # an alias yields the very same node again; going on could follow it for ever
                self._find(node, "REC004", "is repeated by an alias; write it out, or move it into a template")
                return False
            self._seen.add(id(node))
        return True

    def _duplicate(self, name: str, key: yaml.Node, node: yaml.MappingNode) -> None:
        line = next(other.start_mark.line for other, _ in node.value if other.value == name) + 1
        self._find(key, "REC003", f'the key "{_short(name)}" stands already in line {line}')

    def _find(self, node: yaml.Node, rule: str, message: str) -> None:
        self.findings.append(Finding(rule, Severity.ERROR, message, _location(node, self.file)))
        if len(self.findings) == MAX_FINDINGS:
            more = f"has more than {MAX_FINDINGS} errors; the rest is not shown"
            raise Malformed([*self.findings, Finding("REC002", Severity.ERROR, more, Location(self.file))])


def _tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!", 1)


def _short(text: str) -> str:
    return printable(text if len(text) <= 60 else text[:57] + "...")
