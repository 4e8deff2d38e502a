"""Rows as aligned columns, by the width of each character on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from unicodedata import combining, east_asian_width


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A line for each row. The last column is not padded: it may hold colours and have any length."""
    widths = [max(map(room, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    for row in rows:
        cells = (cell + " " * (width - room(cell)) for cell, width in zip(row, widths, strict=False))
        yield "  ".join([*cells, row[-1]])


def room(text: str) -> int:
    """How many columns of a terminal `text` takes; East Asian wide characters take two."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def hanging(head: str, words: str, width: int = 80) -> list[str]:
    """`head` and then `words`, broken at blanks so that lines fit, the following ones below where the words begin.

    A word that does not fit anywhere, such as an address, is never cut.
    """
    indent = " " * len(head)
    lines = wrap(
        words, width, initial_indent=head, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return lines or [head.rstrip()]
