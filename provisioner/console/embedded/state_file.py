"""The simulated console of an environment as a file on this machine: who opens, looks into and changes it.

The embedded console, `provisioner console` and a console served standalone share that file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from provisioner.console.embedded import wire_template
from provisioner.console.embedded.seeds import read_seeds
from provisioner.console.port import Shown
from provisioner.console.tencent.binding import load
from provisioner.foundation import progress
from provisioner.foundation.errors import ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.secret_refs import resolve
from provisioner.foundation.text_safety import printable
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.simulator import SITES, Account, ConsoleState, SeedApplication
from provisioner.simulator.actions.console import shown
from provisioner.simulator.applications import RecordingMode, SimulatedApplication
from provisioner.simulator.audit_log import SOMEBODY, AuditCaller
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
    with ConsoleState(file) as state, progress.task("Seeding", len(seeds)) as task:
        return state.seed(_told(seeds, task)), state.applications()[0]


def _told(seeds: Sequence[SeedApplication], task: progress.ProgressTask) -> Iterator[SeedApplication]:
    for one in seeds:
        yield one
        task.step()


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
    held = {"Enabled": int(app.enabled), "Mode": app.mode, "Template": app.template}
    after = wire_template.edited(held, values, root, lambda reference: resolve(reference, root).reveal())
    template = after["Template"]
    if template is not None:
        wire_template.check(template, app.template)
    if "Enabled" not in after or "Mode" not in after:
        raise UsageError("enabled and mode always have a value")
    if after["Mode"] == "auto" and template is None:
        raise UsageError("automatic recording needs a template", fix="Set its settings with it, or apply first.")
    return state.edit(sdk_app_id, enabled=bool(after["Enabled"]), mode=after["Mode"], template=template, by=by)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a console was made to hold after specs: names that it had already, and new ones by their made-up ids."""

    changed: tuple[str, ...]
    added: Mapping[str, int]


def make_like(
    state: ConsoleState, root: Path, own: Environment, like: Mapping[str, Mapping[str, Value]], taken: Collection[int]
) -> Likeness:
    """Let the console of `own` hold what specs say: `like` has the values of each application's by its name.

    An application keeps the SDKAppId that it has here; one that is not here gets one that is not in `taken`.
    Raises UsageError for what no console would hold.
    """
    known = {app.name: app.sdk_app_id for app in state.applications(limit=-1)[1]}
    known |= {name: app.sdk_app_id for app in own.applications for name in (*app.aliases, app.name)}
    free = (number for number in count(max([*taken, *known.values()], default=20_000_000) + 1))
    changed, added = [], {}
    for name, values in like.items():
        enabled, mode = values.get("/recording/enabled") is True, values.get("/recording/mode")
        recording: RecordingMode = "auto" if mode == "auto" else "manual"
        template = wire_template.template_of({path: values[path] for path in values if path in CONSOLE_WIRE}, root)
        if template is not None:
            wire_template.check(template, None)
        if name in known:
            state.edit(known[name], enabled=enabled, mode=recording, template=template)
            changed.append(name)
        else:
            added[name] = next(free)
            state.seed([SeedApplication(added[name], name, "new", enabled, recording, template)])
    return Likeness(tuple(changed), added)
