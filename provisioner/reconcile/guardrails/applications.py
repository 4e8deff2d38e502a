"""Guardrails of applications: each is known by its SDKAppId, whatever its file, its name and its owner are now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.foundation.errors import Location
from provisioner.reconcile.guardrails.environment_keys import INTENTS
from provisioner.reconcile.guardrails.guardrail import Guardrail, Shift
from provisioner.reconcile.guardrails.policy import GuardrailPolicy
from provisioner.recording.application import Application, Hold, Layer
from provisioner.recording.fields import find
from provisioner.recording.value_types import text
from provisioner.specs.documents.environment import Environment

_Pair = tuple[Environment, Application, Application]


def _pairs(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[_Pair]:
    """Each application that the base knew, with its environment there, and as the environment has it now."""
    now = _now(head)
    for environment, before in base.applications():
        after = now.get(before.sdk_app_id)
        if after is not None and (environment.name == head.name or _came_from(base, before)):
            yield environment, before, after


def _now(head: GuardrailPolicy) -> Mapping[int, Application]:
    return {app.sdk_app_id: app for app in head.environment.applications} if head.environment else {}


def _came_from(base: GuardrailPolicy, before: Application) -> bool:
    """Whether an application of another environment is new in this one."""
    own = base.environment
    return own is None or before.sdk_app_id not in {app.sdk_app_id for app in own.applications}


def _removed(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    environment, now = base.environment, _now(head)
    for app in environment.applications if environment and head.environment else ():
        if app.sdk_app_id not in now:
            told = f"{app.sdk_app_id} by {app.where.file}"
            yield Shift(True, told, None, (app.where.file,), app.where, environment, (app.name,))


def _moved(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    for environment, before, after in _pairs(base, head):
        if (before.where.file, before.name) != (after.where.file, after.name):
            files = (before.where.file, after.where.file)
            was, now = (f"{app.sdk_app_id} by {app.where.file}" for app in (before, after))
            yield Shift(True, was, now, files, Location(after.where.file), environment, (after.name,))


def _owner(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    for environment, before, after in _pairs(base, head):
        if before.owner != after.owner:
            yield _shift(True, (before.owner, after.owner), (environment, before, after), "/owner")


def _on_removal(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    for environment, before, after in _pairs(base, head):
        was, now = (str(app.value("/onRemove")) for app in (before, after))
        if was != now:
            yield _shift(now != "retain", (was, now), (environment, before, after), "/onRemove")


def _hold(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    for environment, before, after in _pairs(base, head):
        if (before.hold is None) != (after.hold is None):
            was, now = map(_held, (before.hold, after.hold))
            yield _shift(after.hold is None, (was, now), (environment, before, after), "/hold")


def _held(hold: Hold | None) -> str | None:
    return f"since {hold.since}: {hold.reason}" if hold else None


def _acknowledgements(attribute: str) -> Callable[[GuardrailPolicy, GuardrailPolicy], Iterator[Shift]]:
    """Compares intents or waivers; those of an application that is new are new, too."""
    says, more = INTENTS

    def compare(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
        paired = {after.sdk_app_id: (environment, before) for environment, before, after in _pairs(base, head)}
        for app in _now(head).values():
            environment, before = paired.get(app.sdk_app_id, (base.environment, None))
            now = getattr(app, attribute)
            was: Mapping[str, Any] = getattr(before, attribute) if before else {}
            if says(was) != says(now):
                where = next((entry.where for name, entry in now.items() if was.get(name) != entry), app.where)
                files = tuple(dict.fromkeys(one.where.file for one in (before, app) if one))
                yield Shift(more(was, now), says(was), says(now), files, where, environment, (app.name,))

    return compare


def _shift(weakened: bool, told: tuple[str | None, str | None], pair: _Pair, path: str) -> Shift:
    """A shift of something that the application's own file says at `path`."""
    environment, before, after = pair
    return Shift(weakened, *told, (before.where.file,), after.origin(path), environment, (after.name,))


@dataclass(frozen=True, slots=True)
class _Reference:
    """Where a secret is kept, for one leaf, and the file that says so."""

    path: str
    before: str | None
    after: str | None
    file: str


def _secrets(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    """References that changed, each told once for all its applications. What a reference names, nobody looks at."""
    paired = {after.sdk_app_id: (environment, before) for environment, before, after in _pairs(base, head)}
    found: dict[_Reference, tuple[Environment | None, Location, list[str]]] = {}
    for app in _now(head).values():
        environment, before = paired.get(app.sdk_app_id, (base.environment, None))
        for reference, where in _references(before, app):
            found.setdefault(reference, (environment, where, []))[2].append(app.name)
    for reference, (environment, where, names) in found.items():
        was, now = (value and f"{reference.path}: {value}" for value in (reference.before, reference.after))
        yield Shift(True, was, now, (reference.file,), where, environment, tuple(names))


def _references(before: Application | None, app: Application) -> Iterator[tuple[_Reference, Location]]:
    was, now = (_secret_leaves(one) if one else {} for one in (before, app))
    for path in dict.fromkeys((*was, *now)):
        old, new = was.get(path), now.get(path)
        if old == new or (before is None and app.leaves[path].layer is not Layer.APPLICATION):
            continue  # an application that is new shares what its environment has
        source = before if before is not None and path in was else app
        yield _Reference(path, old, new, source.origin(path).file), app.origin(path)


def _secret_leaves(app: Application) -> dict[str, str]:
    known = ((path, find(path), value) for path, value in app.values.items())
    return {path: text(value) for path, field, value in known if field is not None and field.secret}


APPLICATIONS = (
    Guardrail("application-removed", "Application managed", "stop watching an application", _removed),
    Guardrail(
        "application-moved",
        "Application's file",
        "give it a file that other people own",
        _moved,
        "owners of the old file and of the new one",
    ),
    Guardrail("owner", "Owner", "make it somebody else's", _owner),
    Guardrail("onRemove", "On removal", "have recording stop once the file goes", _on_removal),
    Guardrail("application-hold", "Hold", "promote what a rollback took back", _hold),
    Guardrail(
        "application-intents", "Intents", "acknowledge for others what stops recording", _acknowledgements("intents")
    ),
    Guardrail("waivers", "Waivers", "silence a rule", _acknowledgements("waivers")),
    Guardrail(
        "secret-references",
        "Secret reference",
        "have another secret sent or used",
        _secrets,
        "owners of the file that named it",
    ),
)
