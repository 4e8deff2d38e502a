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
from provisioner.console.port import ConsoleChange, ListedApplication, Observed, Shown, Unreadable
from provisioner.console.tencent.paging import Paging
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import LONGEST_SHOWN, excerpt
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value, Words
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.recording.wire_codecs import (
    MILLISECOND,
    AsText,
    Codec,
    CodeList,
    Codes,
    Count,
    FolderList,
    WordList,
)

_VENDOR = f"{SETTINGS}/storage/vendor"
MISSING: Any = object()
"""What `get` answers where nothing stands."""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where one field stands. `vendor` limits it to one storage; `implied` maps a present object to a word.

    `sent` is where a request carries it, where that differs from an answer's `at`.
    """

    grade: Grade
    at: str
    codec: Codec
    absent_is_unset: bool = False
    shown: bool = True
    vendor: str | None = None
    implied: Mapping[str, str] | None = None
    sent: str | None = None


@dataclass(frozen=True, slots=True)
class WriteAction:
    """One writing action and the part of the document that it carries, always as a whole.

    `at` is the place in the request below which fields stand; `template_id` what the request calls the template's id.
    `by_id`, here as below: whether access management grants the action on single SDKAppIds.
    """

    action: str
    grade: Grade
    by_id: bool
    carries: tuple[str, ...]
    at: str = ""
    template_id: str | None = None

    def concerns(self, path: str) -> bool:
        """Whether the write carries the leaf at `path`, or a block around it."""
        return any(path == part or path.startswith(part + "/") for part in self.carries)


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
    generation: str | None
    fields: str


@dataclass(frozen=True, slots=True)
class TemplateAction:
    """The action that reads a template which is an object of its own: all fields below `settings`.

    `id` is its id's place in the read action's answer, `request` what this action's request calls it.
    """

    action: str
    grade: Grade
    by_id: bool
    id: str
    request: str
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
    template: TemplateAction | None = None
    id_as_text: bool = False

    def wire_id(self, sdk_app_id: int) -> int | str:
        """The application's id as requests carry it."""
        return str(sdk_app_id) if self.id_as_text else sdk_app_id

    def template_id(self, answer: Mapping[str, Any]) -> Any:
        """The template's id in `answer` (the read action's); None where it shows none, or needs none."""
        found = get(answer, self.template.id) if self.template else None
        return found if isinstance(found, (int, str)) and not isinstance(found, bool) else None

    def listed(self, answer: Mapping[str, Any]) -> tuple[list[ListedApplication], int]:
        """One page of the list action's answer, and how many applications there are. Raises ValueError."""
        items, total = get(answer, self.listing.items), get(answer, self.listing.page.total)
        if not isinstance(items, list):
            raise ValueError("no list of applications")
        return [self._listed(item) for item in items], _whole(total)

    def _listed(self, item: Any) -> ListedApplication:
        name = get(item, self.listing.name)
        name = "" if name is MISSING else str(name)[:LONGEST_SHOWN]
        return ListedApplication(_whole(get(item, self.listing.id)), name)

    def answered(self, answer: Mapping[str, Any], template: Mapping[str, Any] | None = None) -> dict[str, Shown]:
        """What an answer itself shows of each field, nothing filled in.

        `answer` is the read action's `Response`, `template` that of the template's own action where there is one.
        """
        base = get(answer, self.reading.fields)
        settings = get(template, self.template.fields) if self.template else base
        fields: dict[str, Shown] = {}
        for path in CONSOLE_WIRE:
            # A binding that is older than a field cannot tell of it, and silence would look like "no change".
            place = self.places.get(path)
            below = settings if path.startswith(SETTINGS) else base
            fields[path] = (
                _shown(place, below, fields) if place else Unreadable(f"binding {self.name} has no place of it")
            )
        return fields

    def observed(
        self, sdk_app_id: int, answer: Mapping[str, Any], template: Mapping[str, Any] | None = None
    ) -> Observed:
        """The application that `answer` shows, normalised by the documented defaults."""
        name = get(answer, self.reading.name)
        generation = get(answer, self.reading.generation) if self.reading.generation else None
        return Observed(
            sdk_app_id,
            str(name)[:LONGEST_SHOWN] if name is not MISSING else "",
            excerpt(generation) if isinstance(generation, str) else None,
            normalised(self.answered(answer, template)),
        )

    def requests(
        self, sdk_app_id: int, change: ConsoleChange, reveal: Callable[[str], str], template_id: Any = None
    ) -> Iterator[tuple[WriteAction, dict[str, Any]]]:
        """The calls that carry out `change`, in order: recording on, template, then auto.

        `reveal` turns a secret's reference into the secret, and is asked only where it is sent. `template_id` is the
        template's own id, where it has one already.
        """
        for write in self.writes_for(change.changed):
            body: dict[str, Any] = {self.sdk_app_id: self.wire_id(sdk_app_id)}
            if write.template_id and template_id is not None:
                body[write.template_id] = template_id
            below = _holder(body, write.at.split("/")) if write.at else body
            for path, place in self.places.items():
                if write.concerns(path) and path in change.desired:
                    self._put(below, path, place, change.desired, reveal)
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
        *parents, leaf = (place.sent or place.at).split("/")
        body = _holder(body, parents)
        try:
            body[leaf] = place.codec.encode(reveal(str(value)) if FIELDS[path].secret else value)
        except ValueError as reason:
            raise ProvisionerError(f"{path}: binding {self.name} {reason}") from None

    def writes_for(self, changed: Iterable[str]) -> list[WriteAction]:
        """The writes that carry one of the `changed` paths, in order."""
        paths = list(changed)
        return [write for write in self.writes if any(write.concerns(path) for path in paths)]

    def refused(self, changed: Iterable[str], accept: Collection[str]) -> list[str]:
        """Entries that writing the `changed` paths rests on, that nobody documented and `accept` does not name.

        `accept` holds entries (`action:NAME`, `field:/PATH`, which covers what is below it) and grades: a grade accepts
        whatever is known that well or better.
        """
        entries = {f"field:{path}": self.places[path].grade for path in changed}
        entries |= {f"action:{write.action}": write.grade for write in self.writes_for(changed)}
        enough = [Grade.DOCUMENTED, *(grade for grade in Grade if grade.value in accept)]
        weak = [entry for entry, grade in entries.items() if not any(grade.at_least(least) for least in enough)]
        return sorted(
            entry for entry in weak if not any(entry == name or entry.startswith(name + "/") for name in accept)
        )


def _shown(place: FieldPlace, base: Any, decoded: Mapping[str, Shown]) -> Shown:
    if place.vendor is not None and decoded.get(_VENDOR) != place.vendor:
        return None
    if not place.shown:
        holder = get(base, place.at.rpartition("/")[0])
        return Unreadable("the console never shows it") if isinstance(holder, dict) else None
    wire = get(base, place.at)
    if wire is MISSING or wire is None:
        for where, word in (place.implied or {}).items():
            if isinstance(get(base, where), dict):
                return word
        return None if place.absent_is_unset else Unreadable("the console's answer lacks it")
    try:
        return place.codec.decode(wire)
    except ValueError as reason:
        return Unreadable(f"the console's value {reason}")


def _whole(found: Any) -> int:
    """A whole number, or one written as text. Raises ValueError."""
    if isinstance(found, bool) or not isinstance(found, (int, str)):
        raise ValueError("no whole number")
    return int(found)


def _holder(body: dict[str, Any], parents: Iterable[str]) -> dict[str, Any]:
    for parent in parents:
        body = body.setdefault(parent, {})
    return body


def get(node: Any, place: str) -> Any:
    """What stands at a slash-separated place below `node` ("" is `node` itself); `MISSING` where nothing does."""
    for part in place.split("/") if place else ():
        if not isinstance(node, dict) or part not in node:
            return MISSING
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
            Paging.of(listing["page"]),
        ),
        reading=ReadAction(*_action(reading), reading["name"], reading.get("generation"), reading.get("fields", "")),
        writes=tuple(
            WriteAction(*_action(write), tuple(write["carries"]), write.get("at", ""), write.get("templateId"))
            for write in plain["writes"].values()
        ),
        places={path: _place(path, entry) for path, entry in _entries(plain)},
        template=_template(plain.get("template")),
        id_as_text="sdkAppIdAs" in plain,
    )


def _template(entry: Mapping[str, Any] | None) -> TemplateAction | None:
    if entry is None:
        return None
    return TemplateAction(*_action(entry), entry["id"], entry["as"], entry.get("fields", ""))


def _action(entry: Mapping[str, Any]) -> tuple[str, Grade, bool]:
    return entry["action"], Grade(entry["grade"]), entry.get("access") == "resource"


def expanded(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A binding's document without `blocks`: every field that they speak of has an entry of its own."""
    written_out = {path: dict(entry) for path, entry in _entries(plain)}
    return {**{key: value for key, value in plain.items() if key != "blocks"}, "fields": written_out}


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
        codec=codec_of(path, entry),
        absent_is_unset=entry.get("absent") == "unset",
        shown=entry.get("shown", True),
        vendor=entry.get("vendor"),
        implied=entry.get("implied"),
        sent=entry.get("sent"),
    )


def codec_of(path: str, entry: Mapping[str, Any]) -> Codec:
    """The public wire's codec, unless the binding says that this console counts or names otherwise."""
    codec = CONSOLE_WIRE[path].codec
    if isinstance(codec, Count):
        unit, per = _unit(entry["unit"], codec.dimension) if "unit" in entry else (codec.unit, codec.per)
        codec = Count(codec.dimension, unit, entry.get("forever", codec.forever), per)
    elif "codes" in entry:
        codec = _coded(path, entry["codes"], whole_list=any("+" in word for word in entry["codes"]))
    return AsText(codec, _SEPARATORS.get(type(codec), "")) if "as" in entry else codec


def _unit(text: str, dimension: Dimension) -> tuple[int, int]:
    """Base units for one, and how many of them the base unit is divided into."""
    if text == MILLISECOND:
        return 1, 1000
    return Quantity.parse(text, dimension).amount or 1, 1


_SEPARATORS = {WordList: ",", CodeList: ",", FolderList: "/"}
"""By which a list is joined that travels as text."""


def _coded(path: str, codes: Mapping[str, Any], whole_list: bool) -> Codec:
    kind, flags = FIELDS[path].kind, {"true": True, "false": False}
    if not isinstance(kind, Words):
        return Codes({kind.parse(flags.get(word, word)): code for word, code in codes.items()})
    if whole_list:
        return Codes({kind.parse(word.split("+")): code for word, code in codes.items()})
    kind.parse(list(codes))
    return CodeList({word: codes[word] for word in kind.choices if word in codes})
