"""Patterns of paths, folder by folder: what both dialects mean by `*`, `?`, `**` and a backslash.

Matching takes time in proportion to pattern times path, whatever the pattern: a stranger's may be hostile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class OneOf:
    """A class of characters, `[a-z]`; `negated` is `[!a-z]`. A range holds its ends whatever their order."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def holds(self, character: str) -> bool:
        """Whether the character is of the class."""
        found = any(low <= character <= high or character in (low, high) for low, high in self.ranges)
        return found is not self.negated


class _Wild:
    """A sign of its own, told from every character."""


STAR, ANY = _Wild(), _Wild()
Token = str | OneOf | _Wild
"""One character, one of several, any one (ANY), or any number (STAR) of a name."""

Name = tuple[Token, ...]
"""The pattern of a file's or a folder's name."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Any number of folders, none included: `**/`."""


Step = Name | Folders
FOLDERS = Folders()

_Pattern = TypeVar("_Pattern")
_Item = TypeVar("_Item")


def matches(steps: Sequence[Step], path: Sequence[str]) -> bool:
    """Whether the pattern is that of the whole `path`, which is split at its slashes."""
    return _matches(steps, path, lambda step: isinstance(step, Folders), _fits)


def _fits(step: Step, name: str) -> bool:
    assert not isinstance(step, Folders)
    return _matches(step, name, lambda token: token is STAR, _is)


def _is(token: Token, character: str) -> bool:
    return token.holds(character) if isinstance(token, OneOf) else token is ANY or token == character


def _matches(
    pattern: Sequence[_Pattern],
    text: Sequence[_Item],
    stretches: Callable[[_Pattern], bool],
    fits: Callable[[_Pattern, _Item], bool],
) -> bool:
    """One item of the pattern for one of the text, any number for what `stretches`: only the last of those is tried
    longer, because an earlier one has nothing to gain."""
    at = here = 0
    back: tuple[int, int] | None = None
    while here < len(text):
        if at < len(pattern) and stretches(pattern[at]):
            at += 1
            back = (at, here)
        elif at < len(pattern) and fits(pattern[at], text[here]):
            at += 1
            here += 1
        elif back is not None:
            back = (back[0], back[1] + 1)
            at, here = back
        else:
            return False
    return all(stretches(item) for item in pattern[at:])
