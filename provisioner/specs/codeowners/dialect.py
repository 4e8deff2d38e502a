"""What a dialect of CODEOWNERS is: where its file lies, and how its lines are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Claim:
    """The line (from 1) that gives a file to `owners`, of whom `required` approve; 0 where it only informs them."""

    line: int
    owners: tuple[str, ...]
    required: int = 1


class Rules(Protocol):
    """The lines of one file."""

    def claims(self, path: str) -> Sequence[Claim]:
        """Who owns the file at `path`, which begins at the repository's root; each has owners."""
        ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """One forge's CODEOWNERS.

    `job` is the variable that is `true` in the forge's CI. `places` are where the forge looks, the first file counts.
    `marks` are files that only repositories on this forge have, `claims_text` tells a text that only it understands:
    by these a file is known that lies where several forges look.
    """

    name: str
    job: str
    places: tuple[str, ...]
    marks: tuple[str, ...]
    read: Callable[[str], Rules]
    claims_text: Callable[[str], bool]


def lines_of(text: str) -> list[str]:
    """A file's lines without the blanks around them; only LF and CRLF end one, and a byte order mark is no pattern."""
    return [line.strip(" \t\r\v\f\0") for line in text.removeprefix("\ufeff").split("\n")]
