"""Another version of a template for many applications at once: edits of their own files, and of the lock."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from provisioner.foundation.errors import ConflictError, ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.promotion.bump import Repinned, repinned, templates
from provisioner.promotion.template_lock import locking
from provisioner.recording.application import Application
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, text
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain
from provisioner.specs.documents.environment import Environment
from provisioner.specs.editing.transaction import FileChange, contents
from provisioner.specs.workspace import SpecErrors, Workspace
from provisioner.specs.yaml import writer

_PIN = "/recording/template"


@dataclass(frozen=True, slots=True)
class Repinning:
    """Which applications pin another version then, with what that changes for each, and the files that say so."""

    pin: str
    moved: Sequence[Repinned]
    changes: dict[str, FileChange]


def repin(workspace: Workspace, pin: str, chosen: Sequence[tuple[Environment, Collection[str] | None]]) -> Repinning:
    """Let every chosen application that pins another version of the template pin this one; None chooses all.

    Raises UsageError for a version that is not there, ConflictError for what is held, ProvisionerError where an
    environment would not be valid.
    """
    known = [known for versions in templates(workspace).values() for known in versions.pins]
    if pin not in known:
        raise UsageError(
            f'there is no template version "{printable(pin)}"{did_you_mean(pin, known)}',
            fix=f"Known: {', '.join(known) or 'none'}.",
        )
    name = f"{pin.partition('@')[0]}@"
    wanted = [
        (environment, app)
        for environment, names in chosen
        for app in environment.applications
        if (names is None or app.name in names) and str(app.value(_PIN)).startswith(name) and app.value(_PIN) != pin
    ]
    changes = {app.where.file: _change(workspace, environment, app, pin) for environment, app in wanted}
    changes |= _judged(workspace, pin, changes, {environment.name: environment for environment, _ in wanted})
    return Repinning(pin, [repinned(workspace, app, pin) for _, app in wanted], changes)


def _change(workspace: Workspace, environment: Environment, app: Application, pin: str) -> FileChange:
    for held in (environment.hold, app.hold):
        if held:
            raise ConflictError(
                f"{environment.name}/{app.name} is held since {held.since}: {printable(held.reason)}",
                where=held.where,
                fix="It keeps its version until `hold` is taken away.",
            )
    before = workspace.files.read(app.where.file)
    return FileChange(before, writer.set_value(before.decode(), _PIN, pin).encode())


def _judged(
    workspace: Workspace, pin: str, changes: dict[str, FileChange], environments: dict[str, Environment]
) -> dict[str, FileChange]:
    """The lock's change, where production pins the version now. Raises ProvisionerError."""
    then = workspace.drafted(contents(changes))
    production = any(environment.production for environment in environments.values())
    try:
        for name in environments:
            then.unjudged(name)
        lock = locking(workspace.files, {pin: then.template_digests()[pin].text}) if production else {}
        for name in environments:
            then.drafted(contents(lock)).environment(name)
    except SpecErrors as error:
        raise ProvisionerError(f"Nothing was written; it would not be valid:\n{error}") from None
    return lock


def render_repinning(found: Repinning, style: Style = plain) -> str:
    """Each application with what the other version changes for it."""
    return "".join(f"{line}\n" for one in found.moved for line in _lines(one, style))


def _lines(one: Repinned, style: Style) -> Iterator[str]:
    app = one.application
    yield style(f"{app.environment}/{app.name}  {app.value(_PIN)} -> {one.pin}", "change")
    rows = [(short(path), f"{_value(old)} -> {_value(new)}") for path, (old, new) in one.changes.items()]
    yield from (f"    {line}" for line in (aligned(rows) if rows else ["nothing that holds there changes"]))


def _value(value: Value | None) -> str:
    return "(not set)" if value is None else printable(text(value))
