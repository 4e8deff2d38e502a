"""Which files are specs, and of what kind: the place in the tree says so."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from provisioner.specs.documents.lock import LOCK

_PLACES = (
    ("environments/*/environment.yaml", "environment"),
    ("environments/*/embedded.yaml", "embedded"),
    ("environments/*/apps/**/*.yaml", "application"),
    ("templates/**/*.yaml", "template"),
    (LOCK, "lock"),
)


class SpecFile(NamedTuple):
    """`path` is relative to the project's root; `kind` is its schema's name."""

    path: str
    kind: str


def spec_files(root: Path) -> list[SpecFile]:
    """Every spec file below `root` that a verb may rewrite, sorted: links that leave the tree are none of them."""
    return sorted(
        SpecFile(path.relative_to(root).as_posix(), kind)
        for pattern, kind in _PLACES
        for path in root.glob(pattern)
        if path.is_file() and path.resolve().is_relative_to(root.resolve())
    )
