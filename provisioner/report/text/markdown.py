"""Markdown that escapes every value: none becomes a link, a mention, or another table cell."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from provisioner.foundation.text_safety import printable

_MARKUP = re.compile(r"([\\`*_\[\]<>&~])|(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)
# What a forge turns into a mention of a person, or a link to an issue, merge request, snippet, label or milestone.
_REFERENCE = re.compile(r"@|[#!$%&~](?=[\w\"])|(?<=GH)-(?=\d)", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def escape(text: str) -> str:
    """`text` as words inside a line. A mention keeps its letters and reaches nobody: an invisible mark parts it."""
    return _unreferenced(_MARKUP.sub(lambda match: f"\\{match.group()}", printable(text)))


def escape_html(text: str) -> str:
    """`text` as words inside an HTML tag, where Markdown does not look."""
    return html.escape(inert(text))


def inert(text: str) -> str:
    """`text` as words in a title, which is no Markdown, but in which a mention would reach people."""
    return _unreferenced(printable(text))


def _unreferenced(text: str) -> str:
    return _REFERENCE.sub(lambda match: match.group() + _WORD_JOINER, text)


def code(text: str) -> str:
    """`text` exactly, as a code span."""
    shown = printable(text) or " "
    if "`" not in shown:
        return f"`{shown}`"
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence, padding = "`" * (longest + 1), " " if "`" in (shown[0], shown[-1]) else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def clip(text: str, most: int) -> str:
    """At most `most` characters of `text`, which still has to be escaped."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def fenced(lines: Sequence[str], limit: int, language: str = "text") -> Iterator[str]:
    """The lines of a block of code, as many as fit into `limit` bytes, and a last line that counts the others."""
    shown = [printable(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}{language}"
    for number, line in enumerate(shown):
        limit -= len(line.encode()) + 1
        if limit < 0:
            yield f"… and {len(shown) - number} more lines"
            break
        yield line
    yield fence


def row(cells: Sequence[str]) -> str:
    """A table's line; cells are Markdown already."""
    # A pipe ends a cell wherever it stands, in a code span as well.
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; cells are Markdown already."""
    yield row(head)
    yield row(["---"] * len(head))
    yield from map(row, rows)
