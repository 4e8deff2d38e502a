"""What would a call leave behind under an application's settings, or under what its console holds?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provisioner.console.port import ConsoleChange
from provisioner.console.tencent.binding import load
from provisioner.foundation.errors import UsageError
from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.simulator import SITES, Call, ConsoleState, Drop, Rehearsal, Room, rehearse, unrecorded
from provisioner.simulator.errors import ApiError
from provisioner.simulator.template import TEMPLATE
from provisioner.specs.documents.environment import Environment

ROOM = "1234"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal, `under` what it ran, and why nothing recorded by itself, else an empty string."""

    under: str
    call: Call
    outcome: Rehearsal
    silent: str = ""


def call_of(people: int, minutes: float, drops: Sequence[float]) -> Call:
    """A call in which everybody's network drops, evenly spread over the call, for `drops` seconds each."""
    seconds = minutes * 60
    step = seconds / (len(drops) + 1)
    return Call(people, seconds, tuple(Drop(step * number, drop) for number, drop in enumerate(drops, 1)))


def rehearse_spec(environment: Environment, app: Application, root: Path, call: Call) -> Rehearsed:
    """Under the effective settings. Raises ProvisionerError where no such call can be."""
    under = f"the spec of {environment.name}/{app.name}"
    silent = "" if app.automatic else _why_not(app.records, app.mode, True)
    template = None if silent else _template(app, root)
    return _rehearsed(Rehearsed(under, call, unrecorded(call.events()), silent), template, app.sdk_app_id, environment)


def rehearse_console(environment: Environment, state: ConsoleState, sdk_app_id: int, call: Call) -> Rehearsed:
    """Under what the simulated console holds now. Raises ProvisionerError where no such call can be."""
    app = state.application(sdk_app_id)
    under = f"what the console of {environment.name} holds of {app.name}"
    silent = _why_not(app.enabled, app.mode, app.template is not None)
    return _rehearsed(Rehearsed(under, call, unrecorded(call.events()), silent), app.template, sdk_app_id, environment)


def play(state: ConsoleState, sdk_app_id: int, call: Call) -> float:
    """Let `call` happen by what the console holds, and wind its clock to the call's end: files and minutes appear.

    The clock first passes the time that the latest change takes. Answers by how many seconds it was wound.
    Raises UnknownApplicationError.
    """
    began = state.now()
    start = wind_past_change(state, sdk_app_id)
    state.recordings.play(Room(sdk_app_id, ROOM), call.events(), start=start)
    ended = state.wind(call.seconds + 1)
    state.recordings.settle()
    return ended - began


def wind_past_change(state: ConsoleState, sdk_app_id: int) -> float:
    """Let the latest change of an application come into force; answers the console's time then.

    Raises UnknownApplicationError.
    """
    now = state.now()
    changed_at = state.application(sdk_app_id).changed_at
    effective = now if changed_at is None else changed_at + state.effect_seconds
    return state.wind(effective - now) if effective > now else now


def _why_not(records: bool, mode: str, template: bool) -> str:
    if not records:
        return "recording is not enabled"
    if mode != "auto":
        return "mode is manual: only the application's backend starts recordings"
    return "" if template else "the console has no template"


def _template(app: Application, root: Path) -> Mapping[str, Any]:
    """The template as the default binding would write it; a secret's reference stands for the secret."""
    desired = {path: leaf.value for path, leaf in app.leaves.items() if leaf.value is not None}
    settings = frozenset(path for path in desired if path.startswith(SETTINGS + "/"))
    ((_, body),) = load("default", root).requests(app.sdk_app_id, ConsoleChange(desired, settings), lambda _: "hidden")
    template: Mapping[str, Any] = body["Template"]
    return template


def _rehearsed(
    bare: Rehearsed, template: Mapping[str, Any] | None, sdk_app_id: int, environment: Environment
) -> Rehearsed:
    """`bare` with what the template's recordings make of its call."""
    if bare.silent or template is None:
        return bare
    try:
        TEMPLATE.check(dict(template), "Template")
    except ApiError as error:
        raise UsageError(f"{bare.under} is no template that records: {error.message}") from None
    site = SITES[environment.site]
    return replace(bare, outcome=rehearse(template, bare.call.events(), room=Room(sdk_app_id, ROOM), site=site))
