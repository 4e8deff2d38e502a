"""Rows as aligned columns, by the room that each character takes on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import combining, east_asian_width


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """One line a row. The last column is not measured: it may carry colours, and be as long as it likes."""
    widths = [max(map(room, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    for row in rows:
        cells = (cell + " " * (width - room(cell)) for cell, width in zip(row, widths, strict=False))
        yield "  ".join([*cells, row[-1]])


def room(text: str) -> int:
    """How many columns `text` takes; East Asian wide characters take two."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
