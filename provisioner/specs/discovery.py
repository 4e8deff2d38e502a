"""Every spec file of a project that a command may rewrite, with its kind."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from provisioner.specs.documents.kinds import KINDS


class SpecFile(NamedTuple):
    """`path` is relative to the project's root; `kind` is its schema's name."""

    path: str
    kind: str


def spec_files(root: Path) -> list[SpecFile]:
    """What people write and the lock, sorted: links that leave the tree are none of them."""
    return sorted(
        SpecFile(name, kind.name)
        for kind in KINDS.values()
        if kind.place and kind.migrates
        for path in root.glob(kind.place.glob)
        if kind.place.holds(name := path.relative_to(root).as_posix())
        and path.is_file()
        and path.resolve().is_relative_to(root.resolve())
    )
