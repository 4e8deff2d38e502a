"""The values in an application's own file that a promotion may change: mode, template, settings.

Layers below the file are not in it: what a template says moves with the template's version, what an environment says
does not move.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from provisioner.recording.field import Moves
from provisioner.recording.fields import FIELDS, SETTINGS, find, pattern
from provisioner.recording.value_types import canonical
from provisioner.specs.documents.application import APPLICATION
from provisioner.specs.documents.document import Document, read_document
from provisioner.specs.files import SpecFiles
from provisioner.specs.workspace import SpecErrors
from provisioner.specs.yaml.reader import Malformed

Written = Mapping[str, Any]
"""JSON values by path. null deletes what weaker layers say; {} is a block that is there and holds nothing itself."""


class _Absent:
    """Stands for a setting that the file does not mention. Null is different: it deletes the setting."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


def read_written(files: SpecFiles, file: str) -> Written:
    """What the application's file says. Raises SpecErrors."""
    try:
        return written(read_document(files, file, APPLICATION))
    except Malformed as error:
        raise SpecErrors(error.findings) from None


def written(document: Document) -> Written:
    """What an application's document says, in its own order."""
    patch = document.patch
    assert patch is not None, document.file
    says = {path: None if value is None else canonical(value) for path, value in patch.says.items() if moves(path)}
    filled = {path.rpartition("/")[0] for path in (*patch.says, *patch.blocks)}
    empty = (block for block in patch.blocks if block.startswith(f"{SETTINGS}/") and block not in filled)
    return says | {block: {} for block in sorted(empty) if moves(block)}


@cache
def moves(path: str) -> bool:
    """Whether the leaf, or everything in the block, moves on promotion."""
    if field := find(path):
        return field.moves is Moves.ON_PROMOTION
    below = f"{pattern(path)}/"
    return all(field.moves is Moves.ON_PROMOTION for known, field in FIELDS.items() if known.startswith(below))
