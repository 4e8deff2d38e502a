"""The one root error class. Every error tells what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: path relative to the project's root, line and column counted from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class ProvisionerError(Exception):
    """Anything that stops a command. `str()` is the text a user reads; no traceback accompanies it."""

    exit_code = 1

    def __init__(self, what: str, *, where: Location | str | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  {self.fix}" if self.fix else ""
        return f"{place}{self.what}{advice}"


class UsageError(ProvisionerError):
    """The caller named something that does not exist or does not fit."""


class ConflictError(ProvisionerError):
    """The world moved between the look and the act; nothing was written."""


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    from difflib import get_close_matches  # only an error needs it: keep it out of every start-up

    if len(word) > _LONGEST_WORD:
        return None  # comparing is quadratic, and nobody misspells a page
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean "x"?)` when a known word is close, else an empty string."""
    close = closest(word, known)
    return f' (did you mean "{close}"?)' if close else ""


_LONGEST_WORD = 200
