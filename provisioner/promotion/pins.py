"""Which environment pins which template version, and what the newest one would change where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.promotion.bump import Repinned, Versions, repinned, templates
from provisioner.promotion.template_lock import read_locked
from provisioner.recording.application import Application
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, canonical, text
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain
from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace

PINS_VERSION = 1


@dataclass(frozen=True, slots=True)
class TemplatePins:
    """One template: who pins which version (application by pin, in environment order), which are locked, and what
    those who pin an older one would get with the newest."""

    versions: Versions
    pinned: Mapping[str, tuple[Application, ...]]
    locked: frozenset[str]
    behind: tuple[Repinned, ...]


def pins(workspace: Workspace, environments: Sequence[Environment]) -> list[TemplatePins]:
    """Every template's state. Raises SpecErrors."""
    apps = [app for environment in environments for app in environment.applications]
    locked = frozenset(read_locked(workspace.files))
    found = []
    for versions in templates(workspace).values():
        pinned = {pin: tuple(app for app in apps if app.value("/recording/template") == pin) for pin in versions.pins}
        older = (app for pin in versions.pins[:-1] for app in pinned[pin])
        behind = tuple(repinned(workspace, app, versions.newest) for app in older)
        found.append(TemplatePins(versions, pinned, locked & {*versions.pins}, behind))
    return found


def render_pins(found: Sequence[TemplatePins], style: Style = plain) -> str:
    """Who pins which version of each template, and what the newest would change, for a terminal."""
    blocks = ["".join(f"{line}\n" for line in _template(entry, style)) for entry in found]
    return "\n".join(blocks) or "There is no template.\n"


def _template(entry: TemplatePins, style: Style) -> Iterator[str]:
    yield style(f"{entry.versions.name}, newest {entry.versions.newest.partition('@')[2]}", "title")
    for pin in reversed(entry.versions.pins):
        locked = "  locked" if pin in entry.locked else ""
        yield f"  {pin.partition('@')[2]}{locked}"
        yield from (f"      {line}" for line in _users(entry.pinned[pin]))
    for change in entry.behind:
        app = change.application
        yield style(f"  {change.pin.partition('@')[2]} in {app.environment}/{app.name} would change", "change")
        rows = [(short(path), f"{_value(old)} -> {_value(new)}") for path, (old, new) in change.changes.items()]
        yield from (f"      {line}" for line in (aligned(rows) if rows else ["nothing that holds there"]))


def _users(apps: Sequence[Application]) -> Iterator[str]:
    by_environment: dict[str, list[str]] = {}
    for app in apps:
        by_environment.setdefault(app.environment, []).append(app.name)
    if not apps:
        yield "nobody pins it"
    yield from (f"{environment}: {', '.join(names)}" for environment, names in by_environment.items())


def _value(value: Value | None) -> str:
    return "(not set)" if value is None else printable(text(value))


def pins_document(found: Sequence[TemplatePins]) -> dict[str, Any]:
    """Version 1 of the JSON form."""
    return {
        "pinsVersion": PINS_VERSION,
        "templates": [
            {
                "name": entry.versions.name,
                "newest": entry.versions.newest,
                "versions": {
                    pin: {"locked": pin in entry.locked, "pinnedBy": [f"{app.environment}/{app.name}" for app in apps]}
                    for pin, apps in entry.pinned.items()
                },
                "behind": [_behind(change) for change in entry.behind],
            }
            for entry in found
        ],
    }


def _behind(change: Repinned) -> dict[str, Any]:
    app = change.application
    changes = [
        {"path": path, "before": _canonical(old), "after": _canonical(new)}
        for path, (old, new) in change.changes.items()
    ]
    return {"environment": app.environment, "application": app.name, "changes": changes}


def _canonical(value: Value | None) -> Any:
    return None if value is None else canonical(value)
