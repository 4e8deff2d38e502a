"""Between Pulumi's property structs and an application's values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.rpc import UNKNOWN

from provisioner.console.port import Observed, Unreadable
from provisioner.foundation.errors import did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.plan.diff import managed
from provisioner.recording.document import flatten, nest
from provisioner.recording.field import Mode
from provisioner.recording.fields import FIELDS, SETTINGS, reading_order, with_defaults
from provisioner.recording.value_types import Value

EFFECTIVE_AFTER = "effectiveAfter"
"""The output that says from which moment on new rooms follow the last write."""

INTENT = "intent"
"""The input that acknowledges a consequence. No field of an application: it is never compared."""

_ALIASES = "/aliases"  # the program's to know: names of resources are the engine's business
_ROOTS = tuple(dict.fromkeys(path.split("/")[1] for path in FIELDS if path != _ALIASES))


@dataclass(frozen=True, slots=True)
class Inputs:
    """A resource's inputs for one application, by RFC 6901 path.

    `unknown` are leaves or whole blocks that another resource has yet to answer, `blocks` the mappings that are
    there, empty ones too. `defaulted` are those of the values that the program left out.
    """

    values: Mapping[str, Value]
    unknown: frozenset[str] = frozenset()
    blocks: frozenset[str] = frozenset()
    intent: Mapping[str, Any] = field(default_factory=dict)
    defaulted: frozenset[str] = frozenset()

    def waits_for(self, path: str) -> bool:
        """Whether the value at `path` is yet to be known."""
        return any(path == unknown or path.startswith(f"{unknown}/") for unknown in self.unknown)

    def completed(self) -> Inputs:
        """These inputs with the documented defaults of what they leave out, as a spec would have them."""
        mode = Mode.MANUAL if self.values.get("/recording/mode") == Mode.MANUAL.value else Mode.AUTO
        defaults = with_defaults({*self.values, *self.unknown}, self.blocks, mode)
        wanted = {path: value for path, value in defaults.items() if not self.waits_for(path)}
        return replace(self, values={**self.values, **wanted}, defaulted=frozenset(wanted))

    def document(self) -> dict[str, Any]:
        """As Pulumi keeps them: canonical, with its marker where something is unknown."""
        nested = nest(self.values)
        for path in sorted(self.unknown):
            *blocks, leaf = path.split("/")[1:]
            node = nested
            for block in blocks:
                node = node.setdefault(block, {})
            node[leaf] = UNKNOWN
        return {**nested, **({INTENT: dict(self.intent)} if self.intent else {})}


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The struct as ordinary values; numbers are floats, unknowns their marker."""
    # protobuf's own json_format takes four times as long, and every call of every resource passes here.
    return {name: _plain(value) for name, value in struct.fields.items()}


def _plain(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return plain(value.struct_value)
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    return None if kind is None or kind == "null_value" else getattr(value, kind)


def struct(document: Mapping[str, Any]) -> struct_pb2.Struct:
    """A JSON object in protobuf's form."""
    message = struct_pb2.Struct()
    message.update(document)
    return message


def read(properties: struct_pb2.Struct) -> Inputs:
    """The inputs of a resource; outputs that are no fields are left out. Raises ValueError with a sentence."""
    return _read(properties.SerializeToString(deterministic=True))


@lru_cache(maxsize=512)
def _read(serialized: bytes) -> Inputs:
    """The engine hands over what Read answered once more, and the program mostly says just that: read once of three."""
    document = plain(struct_pb2.Struct.FromString(serialized))
    unknown: set[str] = set()
    blocks: set[str] = set()
    known = _known({root: document[root] for root in _ROOTS if root in document}, "", unknown, blocks)
    intent = document.get(INTENT)
    shown = MappingProxyType(flatten(known))
    return Inputs(shown, frozenset(unknown), frozenset(blocks), intent if isinstance(intent, dict) else {})


def values(properties: struct_pb2.Struct) -> Mapping[str, Value]:
    """Known values by path. Raises ValueError."""
    return read(properties).values


def strangers(properties: struct_pb2.Struct) -> Iterator[str]:
    """A sentence for each input that a resource does not know."""
    known = (*_ROOTS, INTENT, EFFECTIVE_AFTER)
    for name in properties.fields:
        if name not in known and not name.startswith("__"):  # the engine's own
            yield f"{printable(name)} is no input{did_you_mean(name, known)}; it takes {', '.join((*_ROOTS, INTENT))}"


def _known(document: Mapping[str, Any], path: str, unknown: set[str], blocks: set[str]) -> dict[str, Any]:
    found = {}
    for key, value in document.items():
        below = f"{path}/{key}"
        if value == UNKNOWN or (isinstance(value, list) and UNKNOWN in value):
            unknown.add(below)
        elif isinstance(value, dict):
            blocks.add(below)
            found[key] = _known(value, below, unknown, blocks)
        elif value is not None:  # languages write what was left out as null
            found[key] = value
    return found


def inputs(desired: Mapping[str, Value]) -> dict[str, Any]:
    """A resource's inputs: the console's settings, and the application that they belong to."""
    return nest(said(desired))


def said(desired: Mapping[str, Value]) -> dict[str, Value]:
    """What of a spec is a resource's input.

    The settings of a manual application are its backend's contract; they stand in no console and are none. Other
    names of it are the program's to know.
    """
    return {
        path: value
        for path, value in desired.items()
        if path != _ALIASES and (not _setting(path) or managed(desired, path))
    }


def live_values(known: Mapping[str, Value], observed: Observed) -> dict[str, Value]:
    """Inputs as the console has them. What it does not hold, or does not show, is taken from `known`."""
    live = {path: value for path, value in known.items() if path not in observed.fields}
    live["/sdkAppId"] = observed.sdk_app_id
    for path, shown in observed.fields.items():
        value = known.get(path) if isinstance(shown, Unreadable) else shown
        if value is not None:
            live[path] = value
    return live


def property_path(path: str) -> str:
    """`/recording/mode` as Pulumi writes it: `recording.mode`."""
    return path[1:].replace("/", ".")


def in_reading_order(paths: Iterable[str]) -> list[str]:
    """Paths of leaves as people read fields."""
    return sorted(paths, key=reading_order)


def _setting(path: str) -> bool:
    return path.startswith(SETTINGS + "/")
