"""Rows as aligned columns, by the width of each character on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import combining, east_asian_width

from provisioner.report.text.style import Style


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A line for each row. The last column is not padded: it may hold colours and have any length."""
    widths = [max(map(room, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    for row in rows:
        cells = (cell + " " * (width - room(cell)) for cell, width in zip(row, widths, strict=False))
        yield "  ".join([*cells, row[-1]])


def fitted(rows: Sequence[tuple[str, str, str]], style: Style, indent: str = "", width: int = 80) -> Iterator[str]:
    """Rows of a label, its value and a quiet note, within `width` columns: a label is broken at blanks, and a value
    that leaves no room for its label stands below it. No word is cut: one that is longer than a line sticks out.
    """
    notes = max((room(note) for _, _, note in rows), default=0)
    values = max((size for _, value, _ in rows if (size := room(value)) <= _MOST_VALUE), default=0)
    space = max(width - len(indent) - values - notes - 4, _LEAST_LABEL)
    labels = min(max((room(label) for label, _, _ in rows), default=0), space)
    for label, value, note in rows:
        first, *more = broken(label, labels)
        beside = value if room(value) <= values else ""
        cells = (first + " " * (labels - room(first)), beside + " " * (values - room(beside)), style(note, "quiet"))
        yield indent + "  ".join(cells).rstrip()
        yield from (f"{indent}  {line}" for line in more)
        if value and not beside:
            yield from hanging(f"{indent}    ", value, width)


_MOST_VALUE = 26
"""Columns for a value beside its label; a longer one stands on a line of its own."""

_LEAST_LABEL = 20


def room(text: str) -> int:
    """How many columns of a terminal `text` takes; East Asian wide characters take two."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def hanging(head: str, words: str, width: int = 80) -> list[str]:
    """`head` and then `words`, broken at blanks so that lines fit, the following ones below where the words begin.

    A word that does not fit anywhere, such as an address, is never cut.
    """
    first, *more = broken(words, width - room(head))
    return [(head + first).rstrip(), *(" " * room(head) + line for line in more)]


def broken(words: str, width: int) -> list[str]:
    """At least one line: `words` broken at blanks, by the columns that they take."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if room(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
