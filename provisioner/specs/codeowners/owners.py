"""Who has to approve a change of a file: the CODEOWNERS file of the repository, in the dialect of its forge."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.foundation import git
from provisioner.foundation.errors import Location
from provisioner.specs.codeowners.dialect import Dialect, Rules, lines_of
from provisioner.specs.codeowners.github import GITHUB
from provisioner.specs.codeowners.gitlab import GITLAB

DIALECTS = (GITHUB, GITLAB)
"""The first is meant where nothing tells."""

PLACES = tuple(dict.fromkeys(place for dialect in DIALECTS for place in dialect.places))
"""Everywhere that a forge looks, in the order in which files count where no forge says which is its own."""

_MAX_BYTES = 3 << 20
"""A larger file owns nothing: GitHub does not load it, and looks for no other."""


@dataclass(frozen=True, slots=True)
class Group:
    """People and teams of whom any `required` approve a file; none need to in an optional section of GitLab's."""

    owners: tuple[str, ...]
    required: int
    where: Location


@dataclass(frozen=True, slots=True)
class Owners:
    """A CODEOWNERS file. `below` is the folder of the workspace inside the repository, '' for its root.

    `lines` are its lines that say something, without comments and blanks around them, by their number.
    """

    file: str
    below: str
    _rules: Rules
    lines: Mapping[int, str] = field(default_factory=dict)

    def groups(self, path: str) -> tuple[Group, ...]:
        """Who owns the workspace's file at `path`: the last matching line of each section, the latest line first.

        A path with a slash in front begins at the repository's root.
        """
        full = path[1:] if path.startswith("/") else f"{self.below}{path}"
        # As the file is decoded: a name in no encoding, or under another locale, is still the same bytes.
        claims = self._rules.claims(os.fsencode(full).decode("utf-8", "surrogateescape"))
        return tuple(Group(claim.owners, claim.required, Location(self.file, claim.line)) for claim in claims)

    def of(self, path: str) -> tuple[tuple[str, ...], Location]:
        """All who own the file, and the first line that says so; nobody, and the file, where none does."""
        groups = self.groups(path)
        owners = dict.fromkeys(owner for group in groups for owner in group.owners)
        return tuple(owners), min((group.where for group in groups), default=Location(self.file))


def read_owners(root: Path, variables: Mapping[str, str] = os.environ) -> Owners | None:
    """The CODEOWNERS file of the repository that the workspace `root` lies in; None where there is none.

    `variables` tell whether this is a job of a forge, which reads its own file. Lines that cannot be understood are
    skipped, as the forges do. A file that cannot be read counts as none: who must approve is the forge's business, the
    rule only compares.
    """
    place = git.place_of(root)

    def look(file: str) -> bytes | None:
        path = place.top / file
        try:
            if not path.is_file():
                return None
            with path.open("rb") as opened:
                return opened.read(_MAX_BYTES + 1)
        except OSError:
            return None

    return _owners(place.below, look, lambda mark: (place.top / mark).exists(), variables)


def owners_at(root: Path, commit: str, variables: Mapping[str, str] = os.environ) -> Owners | None:
    """CODEOWNERS as `commit` has it, which the repository of the workspace `root` knows. Raises GitError."""
    files = {blob.path: blob.content for blob in git.files_from_top(root, commit, PLACES)}
    names = git.names_from_top(root, commit, [mark for dialect in DIALECTS for mark in dialect.marks])
    return _owners(git.place_of(root).below, files.get, names.__contains__, variables)


def _owners(
    below: str, look: Callable[[str], bytes | None], there: Callable[[str], bool], variables: Mapping[str, str]
) -> Owners | None:
    dialect = next((one for one in DIALECTS if variables.get(one.job) == "true"), None)
    for place in dialect.places if dialect else PLACES:
        content = look(place)
        if content is not None:
            text = content.decode("utf-8", "surrogateescape") if len(content) <= _MAX_BYTES else ""
            lines = {number: line for number, line in enumerate(lines_of(text), start=1) if line and line[0] != "#"}
            return Owners(place, below, (dialect or _dialect(place, text, there)).read(text), lines)
    return None


def _dialect(place: str, text: str, there: Callable[[str], bool]) -> Dialect:
    """Whose file it is, outside of a job: of the forges that look there the one of which something else tells."""
    looking = [one for one in DIALECTS if place in one.places]
    for tells in (lambda one: any(map(there, one.marks)), lambda one: one.claims_text(text)):
        if len(told := [one for one in looking if tells(one)]) == 1:
            return told[0]
    return looking[0]
