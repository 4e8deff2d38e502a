"""`provisioner attest ENV --from CAPTURE.har`: observations of everything that a capture of one's own session shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from provisioner.cli.confirm import Confirmer
from provisioner.cli.output import style
from provisioner.console.learning.capture_console import CaptureConsole, Sighting
from provisioner.console.port import Unreadable
from provisioner.console.runbook import observations
from provisioner.console.tencent.binding import load
from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.application import Application
from provisioner.recording.fields import FIELDS
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, canonical
from provisioner.specs.documents.observation import CONFIRMABLE, Observation

_FEW = 4


def attest_captures(
    apps: Sequence[Application], captures: Sequence[Path], binding: str, by: Confirmer, root: Path
) -> int:
    """Store an observation of every application that the captures show; answers the exit code."""
    console = CaptureConsole(captures, load(binding, root))
    stored = 0
    for app in apps:
        try:
            seen, missing = _observation(app, console.sighting(app.sdk_app_id), by)
            file = observations.store(root, app.environment, seen)
        except ProvisionerError as error:
            click.echo(f"{style('not shown', 'warning')} {app.name}: {error.what}", err=True)
            continue
        stored += 1
        told = f"; not shown: {_few(missing)}" if missing else ""
        click.echo(f"{style('observed', 'good')} {app.name}: {file}, as it was at {timestamp(seen.when)}{told}")
    click.echo(f"{stored} of {len(apps)} applications. Commit the files, so that plans everywhere compare with them.")
    return 0 if stored == len(apps) else 3 if stored else 1


def _observation(app: Application, sighting: Sighting, by: Confirmer) -> tuple[Observation, list[str]]:
    """The observation, and the fields that the capture does not show. Raises ProvisionerError."""
    now, at = by.clock(), sighting.at.replace(microsecond=0)
    if at > now:
        raise ProvisionerError(f"the capture says {timestamp(at)}, which is yet to come")
    if at + by.lasts <= now:
        raise ProvisionerError(f"the capture is of {timestamp(at)}, which counts no longer: make a new one")
    values: dict[str, Value | None] = {}
    missing = []
    for path in CONFIRMABLE:
        shown = sighting.fields[path]
        if isinstance(shown, Unreadable) or not _sayable(path, shown):
            missing.append(short(path))
        else:
            values[path] = shown
    if values.get("/recording/enabled") is None:
        raise ProvisionerError("the capture does not show whether recording is on")
    who = f"a capture that {by.who} made"[:200]
    return Observation(app.name, app.sdk_app_id, who, at, at + by.lasts, values, sighting.digest), missing


def _sayable(path: str, value: Value | None) -> bool:
    """Whether specs have a word for it."""
    try:
        return value is None or FIELDS[path].kind.parse(canonical(value)) == value
    except ValueError:
        return False


def _few(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= _FEW else f"{len(names)} fields, such as {names[0]}"
