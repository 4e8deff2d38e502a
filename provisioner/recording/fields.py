"""The field table: all leaves of an effective application by path.

Reading, schemas, layering, diff, `explain` and the wire mapping all walk this table; a new setting is one entry in
`catalogue.py` and, where it travels, one in `wire.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from provisioner.recording import catalogue
from provisioner.recording.field import Field, Moves
from provisioner.recording.kinds import Value

SETTINGS = "/recording/settings"


def _under(prefix: str, field: Field, moves: Moves) -> Field:
    return replace(field, path=prefix + field.path, moves=moves)


def _table() -> dict[str, Field]:
    fields = [
        *catalogue.APPLICATION,
        *(_under(SETTINGS, field, Moves.ON_PROMOTION) for field in catalogue.TEMPLATE),
        *(_under(SETTINGS, field, Moves.NEVER) for field in catalogue.ENVIRONMENT),
        *(
            _under(f"{SETTINGS}/storage/{vendor}", field, Moves.NEVER)
            for vendor in ("cos", "s3")
            for field in catalogue.BUCKET
        ),
    ]
    return {field.path: field for field in fields}


FIELDS: Mapping[str, Field] = MappingProxyType(_table())
"""All leaves by path, in the order people read them."""


def blocks_of(paths: Iterable[str]) -> set[str]:
    """Every mapping above the given leaves."""
    return {path[:index] for path in paths for index, char in enumerate(path) if char == "/"}


def with_defaults(known: Iterable[str], blocks: Iterable[str] = ()) -> dict[str, Value]:
    """Documented defaults of the leaves that `known` lacks, in every block that is there.

    A block is there when it holds a known leaf or is named in `blocks`. A mixed recording always has a layout,
    a picture and sound: an omitted encoding block takes the defaults (MixTranscodeParams).
    """
    known = set(known)
    present = {"", *blocks, *blocks_of(known)}
    if f"{SETTINGS}/mixed" in present:
        present.update(f"{SETTINGS}/mixed/{block}" for block in ("layout", "video", "audio"))
    return {
        field.path: field.default
        for field in FIELDS.values()
        if field.default is not None and field.block in present and field.path not in known
    }
