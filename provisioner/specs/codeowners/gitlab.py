"""GitLab's CODEOWNERS: sections that each ask for their own people, patterns of Ruby's `File.fnmatch`.

Source: GitLab's pages "Syntax of CODEOWNERS file" and "Advanced CODEOWNERS configuration", and of what they leave open
the behaviour of GitLab's own reader (`Gitlab::CodeOwners`): a pattern without a leading slash begins at any depth, only
one with a slash at its end owns a folder's contents, `**` counts as folders only where a slash follows it, and owners
are found in all that follows a pattern, comments included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from provisioner.specs.codeowners.dialect import Claim, Dialect, Rules, lines_of
from provisioner.specs.codeowners.glob import ANY, FOLDERS, NOTHING, STAR, OneOf, Step, Token, compile_steps

_UNNAMED = "codeowners"  # the section of lines before the first heading; GitLab calls it so
_HEADING = re.compile(
    r"(?P<optional>\^)?\[(?P<name>.*?)\](?:\[(?P<required>[0-9]*)\])?(?P<owners>\s+[@\w.\-/\s+]*)?", re.ASCII
)
_GAP = re.compile(r"(?<!\\)\s+", re.ASCII)
_PATH = r"[A-Za-z0-9_.](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_OWNER = re.compile(
    r"(?<!\S)@@(?:developer|maintainer|owner)s?(?!\S)"  # a role
    rf"|(?<![\w@])@{_PATH}(?:/{_PATH})*"  # a person or a group
    r"|(?<!\S)[^@\s]{1,100}@[^@\s]{1,255}(?<!\W)",  # an address
    re.ASCII | re.IGNORECASE,
)
_DIGITS = 3


def pattern(text: str) -> tuple[Step, ...]:
    """The pattern that `text` writes, for paths that begin at the repository's root."""
    if text == "*":
        return (FOLDERS, (STAR,))
    text = re.sub(r"\\\s+", " ", text.removeprefix("\\") if text.startswith("\\#") else text, flags=re.ASCII)
    text = text[1:] if text.startswith("/") else f"**/{text}"
    return tuple(_steps(f"{text}**/*" if text.endswith("/") else text))


def _steps(text: str) -> Iterator[Step]:
    """Folder by folder; a bracket may hold a slash, an escaped slash is one, and an open bracket matches nothing."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if not tokens and text.startswith("**/", at):
            yield FOLDERS
            at += 3
            continue
        character = text[at]
        at += 1
        if character == "\\" and at < len(text):
            character = text[at]
            at += 1
            if character != "/":
                tokens.append(character)
                continue
        if character == "/":
            yield tuple(tokens)
            tokens = []
        elif character == "[":
            one_of, at = _bracket(text, at)
            tokens.append(one_of)
        elif character != "\\":  # one at the very end is nothing
            tokens.append({"*": STAR, "?": ANY}.get(character, character))
    yield tuple(tokens)


def _bracket(text: str, at: int) -> tuple[OneOf, int]:
    """What stands between the bracket before `at` and the one that closes it, and where the pattern goes on."""
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    ranges: list[tuple[str, str]] = []
    while at < len(text) and text[at] != "]":
        low, at = _character(text, at)
        high = low
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _character(text, at + 1)
        ranges.append((low, high))
    return (OneOf(tuple(ranges), negated), at + 1) if at < len(text) else (NOTHING, at)


def _character(text: str, at: int) -> tuple[str, int]:
    at += text[at] == "\\" and at + 1 < len(text)
    return text[at], at + 1


@dataclass(frozen=True)
class _Entry:
    line: int
    steps: tuple[Step, ...]
    owners: tuple[str, ...]
    excludes: bool

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return compile_steps(self.steps)


@dataclass(slots=True)
class _Section:
    """`entries` by their patterns: of two that are alike the later counts, and stands later."""

    required: int | None = None
    entries: dict[tuple[Step, ...], _Entry] = field(default_factory=dict)

    def ask(self, approvals: int) -> None:
        """Headings of one name are one section, and the strictest counts."""
        self.required = approvals if self.required is None else max(self.required, approvals)

    def add(self, entry: _Entry) -> None:
        self.entries.pop(entry.steps, None)
        self.entries[entry.steps] = entry

    def claim(self, path: str) -> Claim | None:
        matching = [entry for entry in self.entries.values() if entry.pattern.match(path)]
        if not matching or any(entry.excludes for entry in matching) or not matching[-1].owners:
            return None
        return Claim(matching[-1].line, matching[-1].owners, 1 if self.required is None else self.required)


@dataclass(frozen=True, slots=True)
class _Sections:
    sections: tuple[_Section, ...]

    def claims(self, path: str) -> Sequence[Claim]:
        """The last line of each section that matches, the latest of these first."""
        found = [claim for section in self.sections if (claim := section.claim(path))]
        return sorted(found, key=lambda claim: -claim.line)


def _read(text: str) -> Rules:
    sections = {_UNNAMED: _Section()}
    current, defaults = sections[_UNNAMED], ""
    for number, line in enumerate(lines_of(text), start=1):
        if not line or line.startswith("#"):
            continue
        if heading := _HEADING.match(line):
            current = sections.setdefault(heading["name"].casefold(), _Section())
            required = int((heading["required"] or "1")[:_DIGITS]) or 1  # GitLab takes what makes no sense for 1
            current.ask(0 if heading["optional"] else required)
            defaults = heading["owners"] or ""
            continue
        words = _GAP.split(line, maxsplit=1)
        excludes = words[0].startswith("!")
        owners = "" if excludes else words[1] if len(words) > 1 else defaults
        current.add(_Entry(number, pattern(words[0][excludes:]), _owners(owners), excludes))
    return _Sections(tuple(sections.values()))


def _owners(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found[0] for found in _OWNER.finditer(text)))


def _has_headings(text: str) -> bool:
    return any(_HEADING.match(line) for line in lines_of(text))


GITLAB = Dialect(
    "gitlab",
    "GITLAB_CI",
    ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
    (".gitlab-ci.yml", ".gitlab"),
    _read,
    _has_headings,
)
