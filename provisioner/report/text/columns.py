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


def fitted(rows: Sequence[tuple[str, str, str]], indent: str = "", width: int = 80) -> Iterator[str]:
    """Rows of a label, its value and a short note, within `width` columns: a label is broken at blanks, a value that
    leaves no room for its label goes below it. No word is cut: one that is longer than a line sticks out.
    """
    space = width - len(indent) - 4
    notes = max((room(note) for _, _, note in rows), default=0)
    small = [room(value) for _, value, _ in rows if room(value) <= _MOST_VALUE]
    values = max(small, default=0)
    labels = min(max((room(label) for label, _, _ in rows), default=0), max(space - values - notes, _LEAST_LABEL))
    for label, value, note in rows:
        first, *more = wrap(label, labels, break_long_words=False, break_on_hyphens=False) or [""]
        beside = room(value) <= values and room(first) <= labels
        cells = [first + " " * (labels - room(first)), (value if beside else "") + " " * values, note]
        if beside:
            cells[1] = value + " " * (values - room(value))
        yield (indent + "  ".join(cells)).rstrip()
        yield from (f"{indent}  {line}" for line in more)
        if not beside:
            yield from hanging(f"{indent}    ", value, width)


_MOST_VALUE = 24
"""Columns for a value beside its label; a longer one stands on a line of its own."""

_LEAST_LABEL = 20


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
