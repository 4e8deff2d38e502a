"""Markdown in which no value can become markup: no link, no mention, no further table cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provisioner.foundation.redaction import printable

_MARKUP = re.compile(r"([\\`*_\[\]<>&~])|(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def escape(text: str) -> str:
    """`text` as words inside a line. A mention keeps its letters and reaches nobody: an invisible mark parts it."""
    return _MARKUP.sub(lambda match: f"\\{match.group()}", printable(text)).replace("@", f"@{_WORD_JOINER}")


def code(text: str) -> str:
    """`text` exactly, as a code span."""
    shown = printable(text) or " "
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence, padding = "`" * (longest + 1), " " if "`" in (shown[0], shown[-1]) else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def fenced(lines: Sequence[str], budget: int) -> Iterator[str]:
    """The lines of a block of code, as many as fit into `budget` bytes, and a last one that counts the others."""
    shown = [printable(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    for number, line in enumerate(shown):
        budget -= len(line.encode()) + 1
        if budget < 0:
            yield f"… and {len(shown) - number} more lines"
            break
        yield line
    yield fence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; cells are Markdown already."""
    yield _row(head)
    yield _row(["---"] * len(head))
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    # A pipe ends a cell wherever it stands, in a code span as well.
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
