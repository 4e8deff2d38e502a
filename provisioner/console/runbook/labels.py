"""A console page says how people find a setting in the console: addresses, labels, words and units, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from provisioner.console import config_files
from provisioner.console.grade import Grade
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import Amount, Texts, Value, Words, text
from provisioner.specs.documents.environment import Environment


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """What the console calls a field, its values, and what one stands for (`one` base units, called `unit`)."""

    grade: Grade
    words: str
    values: Mapping[str, str]
    one: int = 1
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleLabels:
    """One site's console as people see it. `way` are the menus from `start` to the recording settings."""

    name: str
    start: str
    application: str
    application_grade: Grade
    way: tuple[str, ...]
    template: str
    empty: str
    labels: Mapping[str, FieldLabel]

    @property
    def documented(self) -> int:
        """How many labels a public page names."""
        return sum(label.grade is Grade.DOCUMENTED for label in self.labels.values())

    def address(self, sdk_app_id: int) -> str:
        """Where a browser finds an application's settings."""
        return self.application.replace("{sdkAppId}", str(sdk_app_id))

    def label(self, path: str) -> FieldLabel:
        """The console's words for a field; a field that the page lacks goes by its name in specs."""
        name = path.removeprefix(SETTINGS)[1:].replace("/", ".")
        return self.labels.get(path) or FieldLabel(Grade.ASSUMED, name, {})

    def value(self, path: str, value: Value | None) -> str:
        """A value as the console would show it, such as `120 minutes`."""
        return self.shown(path, None if value is None else text(value))

    def shown(self, path: str, value: str | None) -> str:
        """The same for a value in spec text, such as `2h` or `[mp4, hls]`, as plans have it."""
        if value is None:
            return self.empty
        label, kind = self.label(path), FIELDS[path].kind
        if isinstance(kind, (Words, Texts)):
            words = value.removeprefix("[").removesuffix("]").split(", ")
            return ", ".join(label.values.get(word, word) for word in words)
        if isinstance(kind, Amount) and label.unit:
            amount = Quantity.parse(value, kind.dimension).amount
            if amount is not None and amount % label.one == 0:
                return f"{amount // label.one} {label.unit}"
        return label.values.get(value, value)


def labels_of(environment: Environment, root: Path) -> ConsoleLabels:
    """The page that an environment's `console.page` names, else its site's."""
    return load(environment.console.page or environment.site, root)


@cache
def load(name: str, root: Path) -> ConsoleLabels:
    """A page by the name it ships under, else by its file below `root`. Raises ProvisionerError."""
    _, document = config_files.load("page", name, root)
    return _page(document)


def _page(plain: Mapping[str, Any]) -> ConsoleLabels:
    return ConsoleLabels(
        name=plain["name"],
        start=plain["start"]["url"],
        application=plain["application"]["url"],
        application_grade=Grade(plain["application"]["grade"]),
        way=tuple(plain["way"]),
        template=plain["template"],
        empty=plain["empty"],
        labels={path: _label(path, entry) for path, entry in plain["fields"].items()},
    )


def _label(path: str, entry: Mapping[str, Any]) -> FieldLabel:
    one, unit, kind = 1, "", FIELDS[path].kind
    if "unit" in entry and isinstance(kind, Amount):
        one, unit = Quantity.parse(entry["unit"]["one"], kind.dimension).amount or 1, entry["unit"]["called"]
    return FieldLabel(Grade(entry["grade"]), entry["label"], entry.get("words", {}), one, unit)
