"""The next version of a template: a copy with a note, and what pinning it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.promotion.file_values import moves
from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS, reading_order
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, canonical
from provisioner.specs.layout import template_file
from provisioner.specs.workspace import Workspace
from provisioner.specs.yaml import writer

_PIN = "/recording/template"


@dataclass(frozen=True, slots=True)
class Versions:
    """One template's versions, oldest first, as pins (`call@v1`)."""

    name: str
    pins: tuple[str, ...]

    @property
    def newest(self) -> str:
        """The pin of the newest version, such as `call@v2`."""
        return self.pins[-1]

    @property
    def next(self) -> str:
        """The pin of the version after the newest."""
        return f"{self.name}@v{_number(self.newest) + 1}"


@dataclass(frozen=True, slots=True)
class Repinned:
    """What pinning `pin` would change in an application: before and after by path, in field order."""

    application: Application
    pin: str
    changes: Mapping[str, tuple[Value | None, Value | None]]


def templates(workspace: Workspace) -> dict[str, Versions]:
    """Every template by its name."""
    found: dict[str, list[str]] = {}
    for pin in workspace.files.templates().names:
        found.setdefault(pin.partition("@")[0], []).append(pin)
    return {name: Versions(name, tuple(sorted(pins, key=_number))) for name, pins in sorted(found.items())}


def bumped(workspace: Workspace, words: str, note: str, values: Mapping[str, Value | None]) -> tuple[str, bytes]:
    """The file of the next version of the template `words` (`call`, or `call@v1` to copy that one) and its bytes.

    `values` are set in it, by path; None deletes. Raises UsageError.
    """
    known = templates(workspace)
    name = words.partition("@")[0]
    if name not in known or ("@" in words and words not in known[name].pins):
        pins = [pin for versions in known.values() for pin in versions.pins]
        hint = did_you_mean(words, [*known, *pins])
        fix = f"Known: {', '.join(pins) or 'none'}."
        raise UsageError(f'there is no template "{printable(words)}"{hint}', where="templates/", fix=fix)
    versions = known[name]
    pin = words if "@" in words else versions.newest
    text = workspace.files.read(template_file(pin)).decode()
    for path, value in values.items():
        if not path.startswith(f"{SETTINGS}/") or not moves(path):
            raise UsageError(f"{short(path)} stands in no template; it holds only settings that move on promotion")
        text = writer.set_value(text, path.removeprefix("/recording"), None if value is None else canonical(value))
    newline = "\r\n" if "\r\n" in text else "\n"
    remark = f"# {versions.next.partition('@')[2]}, from {pin.partition('@')[2]}: {printable(note.strip())}{newline}"
    start = writer.find(text, "/apiVersion").key.start_mark.index
    return template_file(versions.next), f"{text[:start]}{remark}{text[start:]}".encode()


def repinned(workspace: Workspace, app: Application, pin: str) -> Repinned:
    """What the application would be if it pinned `pin`, whatever the rules would say of it."""
    file = app.where.file
    text = writer.set_value(workspace.files.read(file).decode(), _PIN, pin)
    after = workspace.drafted({file: text.encode()}).unjudged(app.environment)
    then = next((other for other in after.applications if other.name == app.name), app) if after else app
    paths = sorted({*app.values, *then.values} - {_PIN}, key=reading_order)
    pairs = {path: (app.value(path), then.value(path)) for path in paths}
    return Repinned(app, pin, {path: pair for path, pair in pairs.items() if pair[0] != pair[1]})


def _number(pin: str) -> int:
    return int(pin.partition("@v")[2])
