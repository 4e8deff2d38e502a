"""A binding says how a console is asked: actions, field places, codecs, and how much of that is documented."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from provisioner.console import config_files
from provisioner.console.defaults import normalised
from provisioner.console.grade import Grade
from provisioner.console.port import ConsoleChange, Observed, Shown, Unreadable
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import LONGEST_SHOWN, excerpt
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.recording.wire_codecs import Codec, Codes, Count

_VENDOR = f"{SETTINGS}/storage/vendor"
_MISSING = object()


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where one field stands. `vendor` limits it to one storage; `implied` maps a present object to a word."""

    grade: Grade
    at: str
    codec: Codec
    absent_is_unset: bool = False
    shown: bool = True
    vendor: str | None = None
    implied: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WriteAction:
    """One writing action and the part of the document that it carries, always as a whole.

    `by_id`, here as below: whether access management grants the action on single SDKAppIds.
    """

    action: str
    grade: Grade
    by_id: bool
    carries: tuple[str, ...]

    def concerns(self, path: str) -> bool:
        """Whether the write carries the leaf at `path`, or a block around it."""
        return any(path == part or path.startswith(part + "/") for part in self.carries)


@dataclass(frozen=True, slots=True)
class Paging:
    """What paging is called: `offset` and `limit` are sent, `total` is answered."""

    offset: str
    limit: str
    size: int
    total: str


@dataclass(frozen=True, slots=True)
class ListAction:
    """The action that lists an account's applications, page by page."""

    action: str
    grade: Grade
    by_id: bool
    items: str
    id: str
    name: str
    page: Paging


@dataclass(frozen=True, slots=True)
class ReadAction:
    """The action that reads one application; the places are slash-separated paths into its answer."""

    action: str
    grade: Grade
    by_id: bool
    name: str
    generation: str
    fields: str


@dataclass(frozen=True, slots=True)
class Binding:
    """Actions and places of one version of a console."""

    name: str
    service: str
    version: str
    sdk_app_id: str
    listing: ListAction
    reading: ReadAction
    writes: tuple[WriteAction, ...]
    places: Mapping[str, FieldPlace]

    def answered(self, answer: Mapping[str, Any]) -> dict[str, Shown]:
        """What `answer` (the read action's `Response`) itself shows of each field, nothing filled in."""
        base = _get(answer, self.reading.fields)
        fields: dict[str, Shown] = {}
        for path in CONSOLE_WIRE:
            # A binding that is older than a field cannot tell of it, and silence would look like "no change".
            place = self.places.get(path)
            fields[path] = (
                _shown(place, base, fields) if place else Unreadable(f"binding {self.name} has no place of it")
            )
        return fields

    def observed(self, sdk_app_id: int, answer: Mapping[str, Any]) -> Observed:
        """The application that `answer` shows, normalised by the documented defaults."""
        name, generation = _get(answer, self.reading.name), _get(answer, self.reading.generation)
        return Observed(
            sdk_app_id,
            str(name)[:LONGEST_SHOWN] if name is not _MISSING else "",
            excerpt(generation) if isinstance(generation, str) else None,
            normalised(self.answered(answer)),
        )

    def requests(
        self, sdk_app_id: int, change: ConsoleChange, reveal: Callable[[str], str]
    ) -> Iterator[tuple[WriteAction, dict[str, Any]]]:
        """The calls that carry out `change`, in order: recording on, template, then auto.

        `reveal` turns a secret's reference into the secret, and is asked only where it is sent.
        """
        for write in self._writes(change.changed):
            body: dict[str, Any] = {self.sdk_app_id: sdk_app_id}
            for path, place in self.places.items():
                if write.concerns(path) and path in change.desired:
                    self._put(body, path, place, change.desired, reveal)
            yield write, body

    def _put(
        self,
        body: dict[str, Any],
        path: str,
        place: FieldPlace,
        desired: Mapping[str, Value],
        reveal: Callable[[str], str],
    ) -> None:
        value = desired[path]
        if place.vendor is not None and desired.get(_VENDOR) != place.vendor:
            return
        if place.implied and value in place.implied.values():
            return  # the object that implies it is written by its own fields
        *parents, leaf = place.at.split("/")
        for parent in parents:
            body = body.setdefault(parent, {})
        try:
            body[leaf] = place.codec.encode(reveal(str(value)) if FIELDS[path].secret else value)
        except ValueError as reason:
            raise ProvisionerError(f"{path}: binding {self.name} {reason}") from None

    def _writes(self, changed: Iterable[str]) -> list[WriteAction]:
        paths = list(changed)
        return [write for write in self.writes if any(write.concerns(path) for path in paths)]

    def refused(self, changed: Iterable[str], accept: Collection[str]) -> list[str]:
        """Entries that writing the `changed` paths rests on, that nobody documented and `accept` does not name."""
        weak = {f"field:{path}" for path in changed if self.places[path].grade is not Grade.DOCUMENTED}
        weak |= {f"action:{write.action}" for write in self._writes(changed) if write.grade is not Grade.DOCUMENTED}
        return sorted(
            entry for entry in weak if not any(entry == name or entry.startswith(name + "/") for name in accept)
        )


def _shown(place: FieldPlace, base: Any, decoded: Mapping[str, Shown]) -> Shown:
    if place.vendor is not None and decoded.get(_VENDOR) != place.vendor:
        return None
    if not place.shown:
        holder = _get(base, place.at.rpartition("/")[0])
        return Unreadable("the console never shows it") if isinstance(holder, dict) else None
    wire = _get(base, place.at)
    if wire is _MISSING or wire is None:
        for where, word in (place.implied or {}).items():
            if isinstance(_get(base, where), dict):
                return word
        return None if place.absent_is_unset else Unreadable("the console's answer lacks it")
    try:
        return place.codec.decode(wire)
    except ValueError as reason:
        return Unreadable(f"the console's value {reason}")


def _get(node: Any, place: str) -> Any:
    for part in place.split("/"):
        if not isinstance(node, dict) or part not in node:
            return _MISSING
        node = node[part]
    return node


@cache
def load(name: str, root: Path) -> Binding:
    """A binding by the name it ships under, else by its file below `root`. Raises ProvisionerError."""
    where, document = config_files.load("binding", name, root)
    try:
        return _binding(document)
    except ValueError as reason:
        raise ProvisionerError(f"a word of codes {reason}", where=where) from None


def _binding(plain: Mapping[str, Any]) -> Binding:
    listing, reading = plain["list"], plain["read"]
    page = listing["page"]
    return Binding(
        name=plain["name"],
        service=plain["service"],
        version=plain["version"],
        sdk_app_id=plain["sdkAppId"],
        listing=ListAction(
            *_action(listing),
            listing["items"],
            listing["id"],
            listing["name"],
            Paging(page["offset"], page["limit"], page["size"], page["total"]),
        ),
        reading=ReadAction(*_action(reading), reading["name"], reading["generation"], reading["fields"]),
        writes=tuple(WriteAction(*_action(write), tuple(write["carries"])) for write in plain["writes"].values()),
        places={path: _place(path, entry) for path, entry in _entries(plain)},
    )


def _action(entry: Mapping[str, Any]) -> tuple[str, Grade, bool]:
    return entry["action"], Grade(entry["grade"]), entry.get("access") == "resource"


def _entries(plain: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each field with what the binding says of it, or of the block that holds it."""
    blocks = plain.get("blocks", {})
    for path, wire in CONSOLE_WIRE.items():
        block = blocks.get(FIELDS[path].block)
        if path in plain["fields"]:
            yield path, plain["fields"][path]
        elif block and wire.member:
            yield path, {**block, "at": f"{block['at']}/{wire.member}"}


def _place(path: str, entry: Mapping[str, Any]) -> FieldPlace:
    return FieldPlace(
        grade=Grade(entry["grade"]),
        at=entry["at"],
        codec=_codec(path, entry),
        absent_is_unset=entry.get("absent") == "unset",
        shown=entry.get("shown", True),
        vendor=entry.get("vendor"),
        implied=entry.get("implied"),
    )


def _codec(path: str, entry: Mapping[str, Any]) -> Codec:
    """The public wire's codec, unless the binding says that this console counts or names otherwise."""
    public = CONSOLE_WIRE[path].codec
    if isinstance(public, Count):
        unit = Quantity.parse(entry["unit"], public.dimension).amount if "unit" in entry else public.unit
        return Count(public.dimension, unit or 1, entry.get("forever", public.forever))
    if "codes" in entry:
        kind, flags = FIELDS[path].kind, {"true": True, "false": False}
        return Codes({kind.parse(flags.get(word, word)): code for word, code in entry["codes"].items()})
    return public
