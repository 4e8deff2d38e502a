"""CODEOWNERS: who has to approve a change of a file."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.foundation.errors import Location

if TYPE_CHECKING:
    from codeowners import CodeOwners

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitHub and GitLab look, in their order; the first file found counts."""

_GITHUB_ONLY = ".github/"
_MAX_BYTES = 3 << 20  # GitHub ignores larger files
_COMMENT = re.compile(r"\s#.*$")
_SECTION = re.compile(r"(?P<optional>\^)?\[(?P<name>[^\]]+)\](?:\[(?P<required>[0-9]+)\])?(?:\s+(?P<owners>.*))?")


@dataclass(frozen=True, slots=True)
class Group:
    """People and teams of whom any `required` approve a file; none need to in an optional section of GitLab's."""

    owners: tuple[str, ...]
    required: int
    where: Location


@dataclass(frozen=True, slots=True)
class Owners:
    """A CODEOWNERS file. `below` is the folder of the workspace inside the repository, '' for its root."""

    file: str
    below: str
    _parsed: Parsed

    def groups(self, path: str) -> tuple[Group, ...]:
        """Who owns the workspace's file at `path`: the last matching line of each section, latest section first."""
        lines = self._parsed.owning(f"{self.below}{path}")
        return tuple(Group(owners, required, Location(self.file, line)) for line, owners, required in lines)

    def of(self, path: str) -> tuple[tuple[str, ...], Location]:
        """All who own the file, and the first line that says so; nobody, and the file, where none does."""
        groups = self.groups(path)
        owners = dict.fromkeys(owner for group in groups for owner in group.owners)
        return tuple(owners), min((group.where for group in groups), default=Location(self.file))


def read_owners(root: Path) -> Owners | None:
    """The CODEOWNERS file of the repository that the workspace `root` lies in; None where there is none.

    Lines that cannot be understood are skipped, as the forges do. A file that cannot be read counts as none:
    who must approve is the forge's business, the rule only compares.
    """
    repository, below = _repository(root)
    for place in PLACES:
        file = repository / place
        try:
            if not file.is_file() or file.stat().st_size > _MAX_BYTES:
                continue
            return _owners(place, below, file.read_text("utf-8", "replace"))
        except OSError:
            continue
    return None


def owners_at(root: Path, commit: str) -> Owners | None:
    """CODEOWNERS as `commit` has it, 40 hex digits of the repository that the workspace `root` lies in."""
    repository, below = _repository(root)
    for place in PLACES:
        shown = subprocess.run(
            ["git", "-C", str(repository), "show", f"{commit}:{place}"], capture_output=True, check=False
        )
        if shown.returncode == 0 and len(shown.stdout) <= _MAX_BYTES:
            return _owners(place, below, shown.stdout.decode("utf-8", "replace"))
    return None


def _repository(root: Path) -> tuple[Path, str]:
    """The repository's folder, and the workspace's inside it as a prefix."""
    root = root.resolve()
    repository = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return repository, "" if root == repository else f"{root.relative_to(repository).as_posix()}/"


def _owners(place: str, below: str, text: str) -> Owners:
    return Owners(place, below, parse(text, sections=not place.startswith(_GITHUB_ONLY)))


@dataclass(frozen=True, slots=True)
class Parsed:
    """The lines of a CODEOWNERS file.

    `required` has the approvals that each of GitLab's sections asks for, `excluded` the lines that take files out
    of their section's care.
    """

    lines: CodeOwners
    required: Mapping[str | None, int]
    excluded: frozenset[int]

    def owning(self, path: str) -> Iterator[tuple[int, tuple[str, ...], int]]:
        """Line, owners and required approvals of each section that has somebody own `path`."""
        last: dict[str | None, tuple[int, tuple[str, ...]]] = {}
        for owners, line, _pattern, section in self.lines.matching_lines(path):
            if line in self.excluded:
                last[section] = (0, ())
            else:
                last.setdefault(section, (line or 1, tuple(dict.fromkeys(owner for _kind, owner in owners))))
        for section, (line, names) in last.items():
            if names:
                yield line, names, self.required.get(section, 1)


def parse(text: str, *, sections: bool = True) -> Parsed:
    """The file with what only GitLab knows - sections, their default owners, exclusions - written out, or skipped.

    Both skip a line that they do not understand. Comments after a line's end are dropped.
    """
    from codeowners import CodeOwners

    lines: list[str] = []
    required: dict[str | None, int] = {}
    excluded: set[int] = set()
    defaults = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _COMMENT.sub("", raw).strip()
        if (section := _SECTION.fullmatch(line)) and sections:
            defaults = section["owners"] or ""
            name = section["name"].casefold()
            wanted = 0 if section["optional"] else int((section["required"] or "1")[:3])
            required[name] = max(required.get(name, 0), wanted)  # of two of one name the stricter counts
            line = f"[{name}]"
        elif "[" in line:
            line = ""  # GitHub knows no character ranges and skips such a line
        elif line.startswith("!"):
            excluded.add(number)
            line = line[1:].partition(" ")[0] if sections else ""
        elif line and not line.startswith("#") and defaults and not re.search(r"(?<!\\)\s", line):
            line = f"{line} {defaults}"
        lines.append(line)
    return Parsed(CodeOwners("\n".join(lines)), required, frozenset(excluded))
