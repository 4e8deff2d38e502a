"""GitHub's CODEOWNERS: patterns of .gitignore without `!`, `[ ]` and `\\#`, the last line that matches counts.

Source: GitHub's page "About code owners" and the errors that its REST API lists. What differs from .gitignore: `docs/*`
owns the files of that folder and none in folders below it. A line with anything that GitHub does not understand is
skipped as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from provisioner.specs.codeowners.dialect import Claim, Dialect, Rules, lines_of
from provisioner.specs.codeowners.glob import (
    ANY,
    FOLDERS,
    NOTHING,
    STAR,
    WHOLE,
    WHOLE_OR_WITHIN,
    WITHIN,
    Name,
    Step,
    Token,
    compile_steps,
)

_PATTERN = re.compile(r"(?:\\.|[^\\\s])+", re.ASCII | re.DOTALL)
_OWNER = re.compile(r"@[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)?|[^@\s]+@[^@\s]+")


def pattern(text: str) -> re.Pattern[str]:
    """What the pattern `text` owns, for `match` on a path: what it names, and what lies in a folder that it names."""
    text = re.sub(r"\\(.)", lambda escaped: "/" if escaped[1] == "/" else escaped[0], text)
    within = text.endswith("/")
    inner = text[:-1] if within else text
    names = inner.removeprefix("/").split("/")
    steps: list[Step] = [] if "/" in inner else [FOLDERS]
    for number, name in enumerate(names):
        if name != "**" or "/" not in inner:
            steps.append(_name(name))
        elif number < len(names) - 1:
            steps.append(FOLDERS)
        else:
            steps += [FOLDERS, (STAR,)]  # everything inside, but not the folder itself
    return compile_steps(steps, WITHIN if within else WHOLE if text.endswith("/*") else WHOLE_OR_WITHIN)


def _name(text: str) -> Name:
    tokens: list[Token] = []
    characters = iter(text)
    for character in characters:
        if character == "\\":
            tokens.append(next(characters, NOTHING))
        else:
            tokens.append({"*": STAR, "?": ANY}.get(character, character))
    return tuple(tokens)


@dataclass(frozen=True)
class _Line:
    number: int
    text: str
    owners: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return pattern(self.text)


@dataclass(frozen=True, slots=True)
class _Lines:
    lines: tuple[_Line, ...]

    def claims(self, path: str) -> Sequence[Claim]:
        for line in reversed(self.lines):
            if line.pattern.match(path):
                return (Claim(line.number, line.owners),) if line.owners else ()
        return ()


def _read(text: str) -> Rules:
    lines = (_line(number, line) for number, line in enumerate(lines_of(text), start=1))
    return _Lines(tuple(line for line in lines if line))


def _line(number: int, text: str) -> _Line | None:
    """One line; None for a comment, and for what GitHub skips."""
    found = _PATTERN.match(text)
    if not found or text.startswith(("#", "!", "\\#")) or "[" in found[0] or "***" in found[0]:
        return None
    owners: list[str] = []
    for word in text[found.end() :].split():
        if word.startswith("#"):
            break  # a comment at the line's end
        if not _OWNER.fullmatch(word):
            return None
        owners.append(word)
    return _Line(number, found[0], tuple(dict.fromkeys(owners)))


GITHUB = Dialect(
    "github",
    "GITHUB_ACTIONS",
    (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    (".github",),
    _read,
    lambda _text: False,  # whatever GitHub understands, GitLab reads too
)
