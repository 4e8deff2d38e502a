"""The field table: all leaves of an effective application by path.

Reading, schemas, layering, diff, `explain` and the wire mapping all walk this table; a new setting is one entry in
`catalogue/`. In a collection, such as the panes of a custom layout, the table
knows each leaf once: `…/panes/*/width`. `find` answers for the paths that documents have: `…/panes/left/width`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from provisioner.recording.catalogue import blocks
from provisioner.recording.catalogue.calls import CALLS
from provisioner.recording.catalogue.mixed import MIXED
from provisioner.recording.catalogue.recorded import RECORDED
from provisioner.recording.catalogue.recording_mode import APPLICATION
from provisioner.recording.catalogue.storage import CALLBACK, STORAGE
from provisioner.recording.catalogue.vocabulary import NAME
from provisioner.recording.field import Field, Mode, Moves
from provisioner.recording.storages import STORAGES
from provisioner.recording.value_types import Value, text

SETTINGS = "/recording/settings"
MEMBER = NAME
"""How members of a collection are called."""


def _under(prefix: str, field: Field, moves: Moves) -> Field:
    return replace(field, path=prefix + field.path, moves=moves)


def _table() -> dict[str, Field]:
    fields = [
        *APPLICATION,
        *(_under(SETTINGS, field, Moves.ON_PROMOTION) for field in (*RECORDED, *MIXED)),
        *(_under(SETTINGS, field, Moves.NEVER) for field in STORAGE),
        *(
            _under(f"{SETTINGS}/storage/{storage.word}", field, Moves.NEVER)
            for storage in STORAGES.values()
            for field in storage.fields
        ),
        *(_under(SETTINGS, field, Moves.NEVER) for field in CALLBACK),
        *CALLS,
    ]
    return {field.path: field for field in fields}


FIELDS: Mapping[str, Field] = MappingProxyType(_table())
"""All leaves by path, in the order people read them."""

BLOCKS: Mapping[str, str] = MappingProxyType(
    {
        "/recording/manual": blocks.MANUAL,
        **{SETTINGS + path: about for path, about in blocks.BLOCKS.items()},
        **blocks.CALLS,
    }
)
"""What the mappings that hold them are about, by path."""


def _by_block(fields: Iterable[Field]) -> Mapping[str, list[Field]]:
    table: dict[str, list[Field]] = {}
    for field in fields:
        table.setdefault(field.block, []).append(field)
    return table


_DEFAULTED = _by_block(field for field in FIELDS.values() if field.default is not None)
_REQUIRED = _by_block(
    field for field in FIELDS.values() if field.required and field.path.startswith((SETTINGS, "/calls/"))
)
_RANK = {path: rank for rank, path in enumerate(FIELDS)}
_COLLECTIONS = tuple(dict.fromkeys(path.partition("/*")[0] for path in FIELDS if "*" in path))
_MEMBER = re.compile(rf"(?P<collection>{'|'.join(_COLLECTIONS)})/(?P<name>{MEMBER.pattern.strip('^$')})(?P<below>/.*)?")


@lru_cache(maxsize=4096)
def pattern(path: str) -> str:
    """`path` as the table has it: the name of a collection's member is `*`."""
    member = _MEMBER.fullmatch(path)
    return f"{member['collection']}/*{member['below'] or ''}" if member else path


@lru_cache(maxsize=4096)
def find(path: str) -> Field | None:
    """The field at a path of a document; None where there is none."""
    return None if "*" in path else FIELDS.get(pattern(path))


@lru_cache(maxsize=4096)
def reading_order(path: str) -> tuple[int, tuple[str | int, ...], str, int]:
    """Sort key of a leaf's path: as people read fields, members of a collection by name, tile-2 before tile-10."""
    member = _MEMBER.fullmatch(path)
    if member is None:
        return _RANK[path], (), "", 0
    collection = next(rank for known, rank in _RANK.items() if known.startswith(f"{member['collection']}/*"))
    parts = re.split(r"([0-9]+)", member["name"])  # text and digits in turn, so that like is compared with like
    by_number = tuple(int(part) if index % 2 else part for index, part in enumerate(parts))
    return collection, by_number, member["name"], _RANK[pattern(path)]


def blocks_of(paths: Iterable[str]) -> set[str]:
    """Every mapping above the given leaves."""
    return set().union(*map(_above, paths))


@lru_cache(maxsize=4096)
def _above(path: str) -> tuple[str, ...]:
    return tuple(path[:index] for index, char in enumerate(path) if char == "/")


def with_defaults(known: Iterable[str], blocks: Iterable[str] = (), mode: Mode = Mode.AUTO) -> dict[str, Value]:
    """Documented defaults of the leaves that `known` lacks, in every block that is there and for `mode`.

    A block is there when it holds a known leaf or is named in `blocks`. A mixed recording always has a layout,
    a picture and sound: an omitted encoding block takes the defaults (MixTranscodeParams).
    """
    known = set(known)
    present = {"", *blocks, *blocks_of(known)}
    if f"{SETTINGS}/mixed" in present:
        present.update(f"{SETTINGS}/mixed/{block}" for block in ("layout", "video", "audio"))
    return {
        path: field.default
        for path, field in _leaves(_DEFAULTED, present)
        if field.default is not None and mode in field.modes and path not in known
    }


def missing(known: Iterable[str]) -> Iterator[tuple[str, Field]]:
    """Leaves of settings and calls that a document with the leaves `known` must hold and lacks: (path, field)."""
    known = set(known)
    for path, field in _leaves(_REQUIRED, {SETTINGS, *blocks_of(known)}):
        if path not in known:
            yield path, field


def _leaves(table: Mapping[str, list[Field]], blocks: Iterable[str]) -> Iterator[tuple[str, Field]]:
    for block in sorted(blocks):
        for field in table.get(pattern(block), ()):
            yield f"{block}/{field.name}", field


def secret_reference(path: str, value: object) -> str | None:
    """What a secret field says of where its secret is kept, such as `env:REC_KEY`, which people may see.

    None for a field that is no secret, and for a value that is no reference: that may be the secret itself.
    """
    field = find(path)
    if field is None or not field.secret:
        return None
    try:
        return text(field.kind.parse(value))
    except ValueError:
        return None
