"""CODEOWNERS: who has to approve a change of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.foundation.errors import Location

if TYPE_CHECKING:
    from codeowners import CodeOwners

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitHub and GitLab look, in their order; the first file found counts."""

_MAX_BYTES = 3 << 20  # GitHub ignores larger files
_COMMENT = re.compile(r"\s#.*$")
_SECTION = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[[0-9]+\])?(?:\s+(?P<owners>.*))?")


@dataclass(frozen=True, slots=True)
class Owners:
    """A CODEOWNERS file. `below` is the folder of the workspace inside the repository, '' for its root."""

    file: str
    below: str
    _parsed: CodeOwners

    def of(self, path: str) -> tuple[tuple[str, ...], Location]:
        """Who owns the workspace's file at `path`, and the line that says so; nobody, and the file, where none does.

        The last matching line counts, in each section where GitLab's sections are used.
        """
        found: dict[str, int] = {}
        seen: set[str | None] = set()
        for owners, line, _pattern, section in self._parsed.matching_lines(f"{self.below}{path}"):
            if section not in seen:
                seen.add(section)
                found |= {owner: line or 1 for _kind, owner in owners if owner not in found}
        return tuple(found), Location(self.file, min(found.values(), default=1))


def read_owners(root: Path) -> Owners | None:
    """The CODEOWNERS file of the repository that the workspace `root` lies in; None where there is none.

    Lines that cannot be understood are skipped, as the forges do. A file that cannot be read counts as none:
    who must approve is the forge's business, the rule only compares.
    """
    root = root.resolve()
    repository = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    below = "" if root == repository else f"{root.relative_to(repository).as_posix()}/"
    for place in PLACES:
        file = repository / place
        try:
            if not file.is_file() or file.stat().st_size > _MAX_BYTES:
                continue
            return Owners(place, below, parse(file.read_text("utf-8", "replace")))
        except OSError:
            continue
    return None


def parse(text: str) -> CodeOwners:
    """The file with comments after a line's end dropped and GitLab's default owners of a section written out."""
    from codeowners import CodeOwners

    lines: list[str] = []
    defaults = ""
    for raw in text.splitlines():
        line = _COMMENT.sub("", raw).strip()
        if section := _SECTION.fullmatch(line):
            defaults = section["owners"] or ""
            line = f"[{section['name'].casefold()}]"
        elif "[" in line:
            line = ""  # GitHub knows no character ranges and skips such a line
        elif line and not line.startswith("#") and defaults and not re.search(r"(?<!\\)\s", line):
            line = f"{line} {defaults}"
        lines.append(line)
    return CodeOwners("\n".join(lines))
