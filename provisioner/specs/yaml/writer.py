"""Changes to a spec that leave every byte alone which they do not mean: comments, quotes, columns, line ends.

Each function takes a document's text and a pointer (RFC 6901) and answers the new text. Places come from the parser's
marks, so nothing is printed anew. The text has passed the strict reader's checks of bytes and depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import yaml

from provisioner.specs.yaml import canonical


class Edit(NamedTuple):
    """Replace the characters from `start` to `end`, counted from 0, by `text`."""

    start: int
    end: int
    text: str


class MappingEntry(NamedTuple):
    """One key with its value inside `mapping`, which is the value of the key `owner`, or the document."""

    mapping: yaml.MappingNode
    key: yaml.ScalarNode
    value: yaml.Node
    owner: yaml.ScalarNode | None = None


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all edits made; they must not overlap."""
    parts, done = [], 0
    for edit in sorted(edits):
        assert edit.start >= done, "edits overlap"
        parts += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*parts, text[done:]])


def compose(text: str) -> yaml.MappingNode:
    """The document as positioned nodes. Raises ValueError for anything but a mapping, yaml.YAMLError for no YAML."""
    root = yaml.compose(text, Loader=yaml.CBaseLoader)
    if isinstance(root, yaml.MappingNode):
        return root
    raise ValueError("is no mapping")


def set_value(text: str, pointer: str, value: Any) -> str:
    """The document with `value` (JSON-typed) at `pointer`; a key that is missing is added at the end of its block."""
    node: yaml.Node = compose(text)
    owner: yaml.ScalarNode | None = None
    parts = _parts(pointer)
    for index, part in enumerate(parts):
        entry = _entry(node, part, owner)
        if entry is None:
            for missing in reversed(parts[index + 1 :]):
                value = {missing: value}
            return apply(text, _added(text, owner, node, {part: value}))
        owner, node = entry.key, entry.value
    return apply(text, _replaced(text, owner, node, canonical.flow(value)))


def rename_key(text: str, pointer: str, name: str) -> str:
    """The document with the key at `pointer` called `name`. Raises KeyError where there is none."""
    return apply(text, [renamed(find(text, pointer).key, name)])


def remove(text: str, pointer: str) -> str:
    """The document without the entry at `pointer` and the comments beside it. Raises KeyError where there is none."""
    return apply(text, removed(text, find(text, pointer)))


def find(text: str, pointer: str) -> MappingEntry:
    """The entry at `pointer`. Raises KeyError where there is none."""
    node: yaml.Node = compose(text)
    entry: MappingEntry | None = None
    for part in _parts(pointer):
        entry = _entry(node, part, entry.key if entry else None)
        if entry is None:
            raise KeyError(pointer)
        node = entry.value
    assert entry is not None
    return entry


def renamed(key: yaml.ScalarNode, name: str) -> Edit:
    """The edit that gives a key another name and leaves its value alone."""
    return Edit(key.start_mark.index, key.end_mark.index, canonical.scalar(name))


def removed(text: str, entry: MappingEntry) -> list[Edit]:
    """Removes the entry: whole lines of a block, else up to the comma. A block that it leaves empty becomes `{}`."""
    start, end = entry.key.start_mark.index, end_of(text, entry.value)
    if len(entry.mapping.value) == 1:
        return _replaced(text, entry.owner, entry.mapping, "{}")
    if entry.mapping.flow_style:
        if comma := re.compile(r"\s*,[ \t]*").match(text, end):
            return [Edit(start, comma.end(), "")]
        return [Edit(text.rindex(",", 0, start), end, "")]
    return [_without_lines(text, start, end)]


def end_of(text: str, node: yaml.Node) -> int:
    """Where the node's last visible character ends; the parser counts blank lines and comments below a block in."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(text, last[1] if isinstance(last, tuple) else last)
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(text[start:end].rstrip())


def _parts(pointer: str) -> Sequence[str]:
    assert pointer.startswith("/"), pointer
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _entry(node: yaml.Node, name: str, owner: yaml.ScalarNode | None) -> MappingEntry | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                return MappingEntry(node, key, value, owner)
    return None


def _replaced(text: str, owner: yaml.ScalarNode | None, node: yaml.Node, new: str) -> list[Edit]:
    """Puts `new` in the place of `node`, the value of the key `owner` (None: the whole document)."""
    start, end = node.start_mark.index, end_of(text, node)
    if owner is None:
        return [Edit(start, end, new)]
    beside = text.index(":", owner.end_mark.index) + 1
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        return [Edit(beside, beside, f" {new}"), _without_lines(text, start, end)]
    if start == end:
        return [Edit(beside, beside, f" {new}")]
    return [Edit(start, end, new)]


def _added(text: str, owner: yaml.ScalarNode | None, node: yaml.Node, entry: dict[str, Any]) -> list[Edit]:
    if not isinstance(node, yaml.MappingNode) or not node.value:
        return _replaced(text, owner, node, canonical.flow(entry))
    last = end_of(text, node.value[-1][1])
    if node.flow_style:
        return [Edit(last, last, f", {canonical.flow(entry)[1:-1]}")]
    newline = "\r\n" if "\r\n" in text else "\n"
    indent = " " * node.value[0][0].start_mark.column
    place = _line_end(text, last)
    return [Edit(place, place, "".join(f"{newline}{indent}{line}" for line in canonical.lines(entry)))]


def _line_end(text: str, place: int) -> int:
    """The end of the line that `place` lies in, before its line break."""
    newline = text.find("\n", place)
    return len(text) if newline < 0 else newline - (text[newline - 1] == "\r")


def _without_lines(text: str, start: int, end: int) -> Edit:
    """Removes the lines from `start` to `end` as a whole."""
    newline = text.find("\n", end)
    return Edit(text.rfind("\n", 0, start) + 1, newline + 1 or len(text), "")
