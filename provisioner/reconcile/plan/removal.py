"""Applications whose spec is gone: whether they are stopped, and why they are left alone where nobody can tell.

To stop a recording is for good. So one stops only if its spec was applied with `onRemove: stop-auto`, no environment's
specs name it any more, and the console shows that it records automatically. In every doubt it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from provisioner.console.port import NO_SUCH_APPLICATION, Console, ConsoleError, Observed, Unreadable
from provisioner.foundation.errors import ConflictError, Location, ProvisionerError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.plan.diff import Diff, Difference
from provisioner.recording.application import Application, Layer, Leaf, Leaves
from provisioner.recording.consequences import STOP_RECORDING
from provisioner.recording.value_types import Value
from provisioner.specs.documents.environment import Environment
from provisioner.specs.layout import application_file

STOP_AUTO = "stop-auto"
"""The value of `onRemove` that stops automatic recording; any other keeps what the console has."""

_ENABLED, _MODE = "/recording/enabled", "/recording/mode"
_STOP = (Difference(_MODE, "auto", "manual"),)


@dataclass(frozen=True, slots=True)
class Managed:
    """An application as its spec was when it was last applied; `stops` where that said `onRemove: stop-auto`."""

    name: str
    sdk_app_id: int
    owner: str
    stops: bool


@dataclass(frozen=True, slots=True)
class Gone:
    """What is known of applications whose specs are gone; `unknown` is why nothing is, "" where it is."""

    applications: tuple[Managed, ...] = ()
    unknown: str = ""


NOTHING_GONE = Gone()


@dataclass(slots=True)
class Removals:
    """What becomes of them: those to stop with what the console shows, those left alone with why, those `settled`.

    An application is settled where there is nothing to stop any more, so that it can be forgotten.
    """

    stopping: list[tuple[Application, Observed]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)


def gone(last: Iterable[Managed], environment: Environment, managed: Callable[[], Collection[int] | None]) -> Gone:
    """Those of `last` that no spec of any environment names.

    `managed` answers every SDKAppId that one does, None where not every spec can be read.
    """
    own = {app.sdk_app_id for app in environment.applications}
    candidates = [each for each in last if each.stops and each.sdk_app_id not in own]
    if not candidates:
        return NOTHING_GONE
    everywhere = managed()
    if everywhere is None:
        return Gone(unknown="not all specs can be read, and another environment's may be about it")
    return Gone(tuple(each for each in candidates if each.sdk_app_id not in everywhere))


def removals(found: Gone, environment: Environment, console: Console, listed: set[int] | None) -> Removals:
    """Look at each of them in the console. `listed` are the account's applications, None where nobody can list them."""
    result = Removals()
    if found.unknown:
        result.doubts.append(f"whether an application whose spec is gone is to stop is not known: {found.unknown}")
    taken = {name for app in environment.applications for name in (app.name, *app.aliases)}
    for managed in sorted(found.applications, key=lambda managed: (managed.name, managed.sdk_app_id)):
        if listed is not None and managed.sdk_app_id not in listed:
            result.settled.append(managed.sdk_app_id)
        elif managed.name in taken:
            result.doubts.append(_left(managed, "another SDKAppId has its name now"))
        else:
            _look(managed, environment, console, result)
    return result


def _look(managed: Managed, environment: Environment, console: Console, result: Removals) -> None:
    try:
        observed = console.read(managed.sdk_app_id)
    except ConsoleError as error:
        if error.code != NO_SUCH_APPLICATION:
            result.doubts.append(_left(managed, printable(error.what)))
        else:
            result.settled.append(managed.sdk_app_id)
        return
    except ProvisionerError as error:
        result.doubts.append(_left(managed, printable(error.what)))
        return
    enabled, mode = (observed.fields.get(path) for path in (_ENABLED, _MODE))
    if isinstance(enabled, Unreadable) or isinstance(mode, Unreadable):
        result.doubts.append(_left(managed, "the console does not show whether it is recorded"))
    elif enabled is True and mode == "auto":
        result.stopping.append((_application(managed, environment), observed))
    else:
        result.settled.append(managed.sdk_app_id)


def _left(managed: Managed, why: str) -> str:
    return (
        f"{printable(managed.name)} ({managed.sdk_app_id}): its spec is gone and said onRemove: stop-auto; it is left "
        f"as it is, because {why}"
    )


class _Stopped(Leaves):
    """What a removed application is to be: there is no file that says it."""

    __slots__ = ()

    def __getitem__(self, path: str) -> Leaf:
        return Leaf(self.plain[path], Layer.APPLICATION, None)


def stopped(name: str, sdk_app_id: int, owner: str) -> dict[str, Value]:
    """What is written for a removed application. `retain`, because nothing manages it afterwards."""
    values: dict[str, Value] = {"/name": name, "/sdkAppId": sdk_app_id, "/owner": owner, "/onRemove": "retain"}
    return values | {_ENABLED: True, _MODE: "manual"}


def _application(managed: Managed, environment: Environment) -> Application:
    """One that is stopped, as an application of the environment; what acknowledges it stands in `removed`."""
    where = Location(application_file(environment.name, managed.name))
    intent = environment.removed.get(managed.name)
    return Application(
        environment.name,
        where,
        _Stopped(stopped(managed.name, managed.sdk_app_id, managed.owner)),
        {STOP_RECORDING.id: intent} if intent else {},
        removed=True,
    )


def only_stops(found: Diff, _observed: Observed) -> None:
    """What is reviewed at the write. Raises ConflictError where it would do anything but end automatic recording.

    An application whose recording was switched off meanwhile must not be switched on by its removal.
    """
    if found.differences not in (_STOP, ()):
        raise ConflictError(
            "the console changed since the plan was made; nothing was written",
            fix="Run again and review what differs now.",
        )
