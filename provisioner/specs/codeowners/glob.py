"""Patterns of paths, folder by folder: what both dialects mean by `*`, `?`, `**` and a backslash.

They become regular expressions that never try anew what has matched once: of several stars each takes as little as it
can, because an earlier one has nothing to gain. So a hostile pattern costs no more than its length times the path's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class OneOf:
    """A class of characters, `[a-z]`; `negated` is `[!a-z]`. A range holds its ends whatever their order."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False


class _Wild:
    """A sign of its own, told from every character."""


STAR, ANY = _Wild(), _Wild()
NOTHING = OneOf(())
"""What no character is."""

Token = str | OneOf | _Wild
"""One character, one of several, any one (ANY), or any number (STAR) of a name."""

Name = tuple[Token, ...]
"""The pattern of a file's or a folder's name."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Any number of folders, none included: `**/`."""


Step = Name | Folders
FOLDERS = Folders()

WHOLE, WITHIN, WHOLE_OR_WITHIN = r"\Z", "/", r"(?:/|\Z)"
"""What a pattern names: a path, what lies in a folder, or both."""


def compile_steps(steps: Sequence[Step], names: str = WHOLE) -> re.Pattern[str]:
    """The pattern, for `match` from the beginning of a path without a leading slash. A name must come last."""
    runs = [(folders, list(run)) for folders, run in groupby(steps, key=lambda step: isinstance(step, Folders))]
    parts: list[str] = []
    for number, (folders, run) in enumerate(runs):
        if folders:
            continue
        body = "/".join(_name(step) for step in run if not isinstance(step, Folders))
        last = number == len(runs) - 1
        anywhere = "(?:[^/]+/)*?" if number else ""
        parts.append(f"{anywhere}{body}{names}" if last else f"(?>{anywhere}{body}/)")
    return re.compile("".join(parts), re.DOTALL)


def _name(name: Name) -> str:
    """A name's expression; what stands between two stars is taken where it comes first, the rest at the name's end."""
    first, *others = _between_stars(name)
    if not others:
        return first
    *middle, last = others
    return f"(?>{first}{''.join(f'(?>[^/]*?{each})' for each in middle if each)}[^/]*{last}(?=/|\\Z))"


def _between_stars(name: Name) -> Iterator[str]:
    part = ""
    for token in name:
        if token is STAR:
            yield part
            part = ""
        else:
            part += _character(token)
    yield part


def _character(token: Token) -> str:
    if isinstance(token, str):
        return re.escape(token)
    if not isinstance(token, OneOf):
        return "[^/]"
    if not token.ranges:
        return "[^/]" if token.negated else "(?!)"
    return f"(?!/)[{'^' if token.negated else ''}{''.join(map(_range, token.ranges))}]"


def _range(ends: tuple[str, str]) -> str:
    low, high = map(re.escape, ends)
    return f"{low}-{high}" if ends[0] <= ends[1] else low + high
