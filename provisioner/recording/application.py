"""The effective application: what a spec means once every layer has been merged, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from provisioner.foundation.errors import Location
from provisioner.recording.fields import SETTINGS
from provisioner.recording.value_types import Value


class Layer(Enum):
    """Who set a leaf, weakest first."""

    SCHEMA = "schema"
    TEMPLATE = "template"
    ENVIRONMENT = "environment"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value with its provenance; `overrode` is what a weaker layer had said, None where nobody had.

    A `value` of None is a deletion by null, seen only inside `overrode`. `where` is None for schema defaults.
    """

    value: Value | None
    layer: Layer
    where: Location | None
    overrode: Leaf | None = None


class Leaves(Mapping[str, Leaf]):
    """Leaves by RFC 6901 path, in field order. `plain` holds the values alone, which is what is mostly wanted."""

    __slots__ = ("plain",)

    def __init__(self, plain: Mapping[str, Value]) -> None:
        self.plain = plain

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain)

    def __len__(self) -> int:
        return len(self.plain)

    def __contains__(self, path: object) -> bool:
        return path in self.plain


@dataclass(frozen=True, slots=True)
class Intent:
    """A written acknowledgement of one HIGH consequence, good until the end of `expires` (YYYY-MM-DD)."""

    consequence: str
    reason: str
    expires: str
    where: Location

    def holds(self, today: date) -> bool:
        """Whether `today` is not after its last day."""
        return self.expires >= today.isoformat()


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings of one rule that the application lives with, good until the end of `expires` (YYYY-MM-DD)."""

    rule: str
    reason: str
    owner: str
    expires: str
    where: Location


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is promoted here until somebody takes it away; `since` is the day it was set (YYYY-MM-DD)."""

    reason: str
    since: str
    where: Location


@dataclass(frozen=True, slots=True)
class Application:
    """One SDKAppId of one environment. `leaves` maps RFC 6901 paths to what holds there, in field order.

    `inert` are leaves that some file mentions and that hold nothing: storage that `vendor` does not name, and what
    null deleted (its value is None). `intents` are by consequence, `waivers` by rule; the day on which they are judged
    is the caller's. `templates` are the versions (`call@v1`) that the leaves were taken from.
    """

    environment: str
    where: Location
    leaves: Leaves
    intents: Mapping[str, Intent]
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    templates: tuple[str, ...] = ()
    inert: Mapping[str, Leaf] = field(default_factory=dict)
    hold: Hold | None = None
    removed: bool = False
    """Whether its spec is gone: then it says what the removal does, and no file holds it."""

    @property
    def values(self) -> Mapping[str, Value]:
        """What holds, by path, in field order."""
        return self.leaves.plain

    def value(self, path: str) -> Value | None:
        """What holds at an RFC 6901 path; None where nothing does."""
        return self.leaves.plain.get(path)

    def setting(self, name: str) -> Value | None:
        """A recording setting by its short path, such as `mixed/maxUsers`."""
        return self.leaves.plain.get(f"{SETTINGS}/{name}")

    @property
    def mixed(self) -> bool:
        """Whether the room is recorded into one mixed file."""
        return self.setting("mixed/maxUsers") is not None

    @property
    def single(self) -> bool:
        """Whether each user's streams are recorded into files of their own."""
        return self.setting("single/streams") is not None

    def members(self, name: str) -> list[str]:
        """Names in a collection of settings, such as `mixed/layout/panes`, in reading order."""
        start = f"{SETTINGS}/{name}/"
        return list(dict.fromkeys(p[len(start) :].partition("/")[0] for p in self.leaves if p.startswith(start)))

    def written(self, path: str) -> bool:
        """Whether a file sets the leaf; a schema default does not count."""
        leaf = self.leaves.get(path)
        return leaf is not None and leaf.layer is not Layer.SCHEMA

    def origin(self, path: str) -> Location:
        """Where the leaf was set, else the file itself."""
        leaf = self.leaves.get(path) or self.inert.get(path)
        return leaf.where if leaf and leaf.where else self.where

    def acknowledges(self, consequence: str, today: date) -> bool:
        """Whether an intent that still holds says that the consequence is meant."""
        intent = self.intents.get(consequence)
        return intent is not None and intent.holds(today)

    def waives(self, rule: str, today: date) -> bool:
        """Whether a waiver that still holds says that the rule's findings are lived with."""
        waiver = self.waivers.get(rule)
        return waiver is not None and waiver.expires >= today.isoformat()

    @property
    def name(self) -> str:
        """What pairs it with its counterparts in other environments."""
        return str(self.value("/name"))

    @property
    def sdk_app_id(self) -> int:
        """The number by which the service knows it."""
        value = self.value("/sdkAppId")
        assert isinstance(value, int)
        return value

    @property
    def owner(self) -> str:
        """Whom to ask, as the spec says it: `@team` or an address."""
        return str(self.value("/owner"))

    @property
    def aliases(self) -> tuple[str, ...]:
        """Names that it has elsewhere, or had before; sorted."""
        value = self.value("/aliases")
        return value if isinstance(value, tuple) else ()

    @property
    def records(self) -> bool:
        """Whether cloud recording is enabled."""
        return self.leaves.plain.get("/recording/enabled") is True

    @property
    def mode(self) -> str:
        """`auto` or `manual`."""
        return str(self.leaves.plain.get("/recording/mode"))

    @property
    def automatic(self) -> bool:
        """Whether every room of the application is recorded by the console's template."""
        plain = self.leaves.plain
        return plain.get("/recording/enabled") is True and plain.get("/recording/mode") == "auto"
