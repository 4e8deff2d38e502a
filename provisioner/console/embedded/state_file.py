"""The simulated console of an environment as a file on this machine: who opens, looks into and changes it.

The embedded console, `provisioner console` and a console served standalone share that file.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.console.embedded.seeds import read_seeds
from provisioner.console.port import Shown
from provisioner.console.tencent.binding import load
from provisioner.foundation.errors import ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value
from provisioner.simulator import SITES, Account, ConsoleState
from provisioner.simulator.actions.console import shown
from provisioner.simulator.applications import SimulatedApplication
from provisioner.simulator.audit_log import SOMEBODY, AuditCaller
from provisioner.simulator.errors import ApiError
from provisioner.simulator.template import TEMPLATE
from provisioner.specs.documents.environment import Environment
from provisioner.specs.layout import state_folder

# Not secret: they open nothing but a simulator on loopback.
ACCOUNT = Account("AKIDembedded", "embedded-console", owner_uin="100000000001", user="provisioner")


def state_file(root: Path, environment: str) -> Path:
    """Where an environment's simulated console remembers."""
    return state_folder(root, environment) / "console.sqlite"


def open_state(root: Path, environment: Environment) -> ConsoleState:
    """The state of the environment's console on the environment's site, with everything that `embedded.yaml` lists.

    The caller closes it. Raises ProvisionerError.
    """
    seeds = read_seeds(root, environment.name)
    file = _with_folder(state_file(root, environment.name))
    state = ConsoleState(file, site=SITES[environment.site])
    state.seed(seeds)
    return state


def _with_folder(file: Path) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProvisionerError(
            f"the embedded console cannot remember anything here: {error.strerror or error}",
            where=str(file.parent),
            fix="Check the folder's permissions and free space.",
        ) from error
    return file


def seed(root: Path, environment: str) -> tuple[int, int]:
    """Add what `embedded.yaml` lists and the state lacks; answers (added, there now). Raises ProvisionerError."""
    seeds = read_seeds(root, environment)
    file = _with_folder(state_file(root, environment))
    with ConsoleState(file) as state:
        return state.seed(seeds), state.applications()[0]


@dataclass(frozen=True, slots=True)
class ConsoleTime:
    """The simulated console's own clock: `now`, and from when on rooms are created by what it holds, by SDKAppId.

    Applications that nobody has ever changed are not there.
    """

    now: datetime
    holds_since: Mapping[int, datetime]


def console_time(root: Path, environment: Environment) -> ConsoleTime:
    """It may have been wound past this machine's clock. Raises ProvisionerError."""
    with open_state(root, environment) as state:
        changed = {app.sdk_app_id: app.changed_at for app in state.applications(limit=-1)[1]}
        late, now = state.effect_seconds, datetime.fromtimestamp(state.now(), UTC)
    return ConsoleTime(now, {app: datetime.fromtimestamp(at + late, UTC) for app, at in changed.items() if at})


@dataclass(frozen=True, slots=True)
class Held:
    """What a simulated console holds of one application; `fields` as the default binding reads it, no defaults."""

    application: SimulatedApplication
    fields: Mapping[str, Shown]


def held(state: ConsoleState, root: Path, sdk_app_id: int | None = None) -> list[Held]:
    """All applications, or one. Raises UnknownApplicationError."""
    binding = load("default", root)
    found = state.applications(limit=-1)[1] if sdk_app_id is None else [state.application(sdk_app_id)]
    return [Held(app, binding.answered(shown(app))) for app in found]


def sdk_app_id(state: ConsoleState, environment: Environment, name: str) -> int:
    """The application that `name` means: the spec's, else one that only the console has. Raises UsageError."""
    known = {app.name: app.sdk_app_id for app in state.applications(limit=-1)[1]}
    known |= {app.name: app.sdk_app_id for app in environment.applications}
    if name not in known:
        raise UsageError(
            f'the console of {environment.name} has no application "{printable(name)}"{did_you_mean(name, known)}',
            fix=f"Known: {', '.join(known)}.",
        )
    return known[name]


def edit(
    state: ConsoleState, root: Path, sdk_app_id: int, values: Mapping[str, Value | None], by: AuditCaller = SOMEBODY
) -> SimulatedApplication:
    """Change single fields behind the tool's back; None takes one away. Everything else stays, secrets included.

    The audit log will name `by`.

    Raises UsageError for what nobody could leave in the console, UnknownApplicationError.
    """
    app = state.application(sdk_app_id)
    held: dict[str, Any] = {"Enabled": int(app.enabled), "Mode": app.mode, "Template": deepcopy(app.template)}
    places = load("default", root).places
    for path, value in values.items():
        place = places[path]
        if place.implied or (place.vendor and value is not None):
            raise UsageError(f"{short(path)} cannot be edited here", fix="Change the storage in the spec and apply.")
        try:
            _put(held, place.at, None if value is None else place.codec.encode(value))
        except ValueError as reason:
            raise UsageError(f"{short(path)} {reason}") from None
    template = held["Template"]
    try:
        if template is not None:
            TEMPLATE.check(template, "Template")
    except ApiError as error:
        fix = "" if app.template else " There is no template yet: apply one first."
        raise UsageError(f"no console would hold that: {error.message}", fix=fix.strip() or None) from None
    if "Enabled" not in held or "Mode" not in held:
        raise UsageError("enabled and mode always have a value")
    if held["Mode"] == "auto" and template is None:
        raise UsageError("automatic recording needs a template", fix="Apply one first.")
    return state.edit(sdk_app_id, enabled=bool(held["Enabled"]), mode=held["Mode"], template=template, by=by)


def _put(document: dict[str, Any], at: str, wire: Any) -> None:
    """Write or, where `wire` is None, remove what stands at a slash-separated place."""
    *parents, leaf = at.split("/")
    node = document
    for parent in parents:
        if node.get(parent) is None:
            if wire is None:
                return
            node[parent] = {}
        node = node[parent]
    if wire is None:
        node.pop(leaf, None)
    else:
        node[leaf] = wire
