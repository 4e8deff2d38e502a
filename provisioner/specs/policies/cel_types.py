"""The effective application as CEL sees it: its type for the checker, made from the field table, and its values.

Durations are durations, for ever is the constant `forever`; bit rates are integers in bits per second, frequencies in
hertz; sets are lists. `app.settings` is short for `app.recording.settings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Amount, Flag, Kind, References, Texts, Value, Whole, Words

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import DescriptorProto

FOREVER_SECONDS = 315_576_000_000
"""What `forever` counts as: the longest duration that CEL knows, 10,000 years."""

_PACKAGE = "spec"
_SHORT = "/settings"
_MEMBERS = "*"


def type_name(block: str) -> str:
    """The CEL type of a block of the effective document, such as `/recording/settings`; '' is the document."""
    return f"{_PACKAGE}.{block.strip('/').replace('*', 'each').replace('/', '_') or 'application'}"


@cache
def blocks() -> Mapping[str, str]:
    """Every block by its CEL type."""
    found = {above for path in FIELDS for above in _above(path)}
    return {type_name(block): block for block in sorted(found) if keys(block) != [_MEMBERS]}


def keys(block: str) -> list[str]:
    """What stands in a block."""
    known = (path for path in FIELDS if path.startswith(f"{block}/"))
    return list(dict.fromkeys(path[len(block) + 1 :].partition("/")[0] for path in known)) + (
        ["settings"] if not block else []
    )


def full_path(names: tuple[str, ...]) -> str:
    """The RFC 6901 path that a chain of selections names: `settings.media` and `recording.settings.media` are one."""
    path = "".join(f"/{name}" for name in names)
    return SETTINGS + path.removeprefix(_SHORT) if f"{path}/".startswith(f"{_SHORT}/") else path


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")
    yield from ("/".join(parts[:end]) for end in range(1, len(parts)))


@cache
def pool() -> Any:
    """The types of all blocks, for the checker."""
    from google.protobuf import descriptor_pb2, descriptor_pool, duration_pb2

    made: Any = descriptor_pool.DescriptorPool()
    made.AddSerializedFile(duration_pb2.DESCRIPTOR.serialized_pb)
    file = descriptor_pb2.FileDescriptorProto(name="spec.proto", package=_PACKAGE, syntax="proto3")
    file.dependency.append("google/protobuf/duration.proto")
    for name, block in blocks().items():
        _describe(file.message_type.add(name=name.partition(".")[2]), block)
    made.AddSerializedFile(file.SerializeToString())
    return made


def _describe(message: DescriptorProto, block: str) -> None:
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

    for number, key in enumerate(keys(block), 1):
        path = SETTINGS if not block and key == "settings" else f"{block}/{key}"
        field = message.field.add(name=key, number=number, label=Field.LABEL_OPTIONAL)
        if path in FIELDS:
            _typed(field, FIELDS[path].kind)
            continue
        field.type = Field.TYPE_MESSAGE
        field.type_name = f".{type_name(path)}"
        if keys(path) == [_MEMBERS]:
            # A collection: map<string, T> is a list of entries, of a type that protobuf knows as a map's.
            entry = message.nested_type.add(name=f"{key.capitalize()}Entry")
            entry.options.map_entry = True
            entry.field.add(name="key", number=1, label=Field.LABEL_OPTIONAL, type=Field.TYPE_STRING)
            value = entry.field.add(name="value", number=2, label=Field.LABEL_OPTIONAL, type=Field.TYPE_MESSAGE)
            value.type_name = f".{type_name(f'{path}/*')}"
            field.label = Field.LABEL_REPEATED
            field.type_name = f".{type_name(block)}.{entry.name}"


def _typed(field: Any, kind: Kind) -> None:
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

    match kind:
        case Flag():
            field.type = Field.TYPE_BOOL
        case Whole():
            field.type = Field.TYPE_INT64
        case Amount(dimension=Dimension.TIME):
            field.type = Field.TYPE_MESSAGE
            field.type_name = ".google.protobuf.Duration"
        case Amount():
            field.type = Field.TYPE_INT64
        case Words() | Texts() | References():
            field.type = Field.TYPE_STRING
            field.label = Field.LABEL_REPEATED
        case _:
            field.type = Field.TYPE_STRING


def cel_document(values: Mapping[str, Value]) -> dict[str, Any]:
    """The effective document for an evaluation: only what holds stands in it, so that a missing key is an error."""
    document: dict[str, Any] = {}
    for path, value in values.items():
        *above, leaf = path.split("/")[1:]
        node = document
        for block in above:
            node = node.setdefault(block, {})
        node[leaf] = _cel(value)
    if "settings" in document.get("recording", {}):
        document["settings"] = document["recording"]["settings"]
    return document


def _cel(value: Value) -> Any:
    if isinstance(value, Quantity):
        return duration(value.amount) if value.dimension is Dimension.TIME else value.amount
    return list(value) if isinstance(value, tuple) else value


def duration(seconds: int | None) -> Any:
    """Seconds as CEL takes them inside of a document; None is for ever."""
    from google.protobuf.duration_pb2 import Duration

    return Duration(seconds=FOREVER_SECONDS if seconds is None else seconds)
