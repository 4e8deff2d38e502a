"""Where a character of a scalar stands in its file, however the scalar is written."""

from __future__ import annotations

from typing import Any

from provisioner.foundation.errors import Location
from provisioner.specs.yaml.reader import Node


def place_in(node: Node, offset: int, data: bytes, file: str) -> Location:
    """The place of the character at `offset` of a text scalar's value; `data` is the file's content.

    Indentation and line breaks differ between the value and the file, the other characters do not: they are counted.
    """
    scalar: Any = node.composed
    mark, style = scalar.start_mark, scalar.style
    lines = data.decode().split("\n")
    line, column = mark.line, mark.column
    if style in ("|", ">"):
        line, column = line + 1, 0
    elif style in ("'", '"'):
        column += 1
    before = sum(not char.isspace() for char in node.plain()[:offset])
    last = line, column
    while line < len(lines):
        while column < len(lines[line]):
            char = lines[line][column]
            if not char.isspace():
                if before == 0:
                    return Location(file, line + 1, column + 1)
                before -= 1
                if (style == "'" and lines[line][column : column + 2] == "''") or (style == '"' and char == "\\"):
                    column += 1  # two characters of the file for one of the value
                last = line, column + 1
            column += 1
        line, column = line + 1, 0
    return Location(file, last[0] + 1, last[1] + 1)
