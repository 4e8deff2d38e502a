"""Asks a person to confirm what a console shows, and stores the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from provisioner.cli.output import style, verbose
from provisioner.cli.prompt import agreed
from provisioner.console.port import Console
from provisioner.console.runbook import observations
from provisioner.console.runbook.labels import ConsoleLabels
from provisioner.foundation import git
from provisioner.foundation.clock import Clock
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.lock import whoami
from provisioner.reconcile.intake.attest import confirmed
from provisioner.recording.application import Application
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from provisioner.report.runbook.runbook_prompt import render_confirmation
from provisioner.specs.documents.observation import Observation

LASTS = "30d"
"""How long a confirmation counts unless said otherwise."""

_LONGEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Confirmer:
    """Who confirms, for how long, by which clock."""

    who: str
    lasts: timedelta
    clock: Clock


def confirmer(who: str | None, lasts: str, clock: Clock, root: Path) -> Confirmer:
    """`who`, else the name that Git commits with, else the account's. Raises UsageError."""
    return Confirmer(identity(who, root), _duration(lasts), clock)


def identity(who: str | None, root: Path) -> str:
    """`who`, else the name that Git commits with, else the account's. Raises UsageError."""
    name = printable(who or git.identity(root) or whoami()).strip()
    if not 0 < len(name) <= 200:
        raise UsageError("--who takes a name of 1 to 200 characters")
    return name


def _duration(text: str) -> timedelta:
    try:
        seconds = Quantity.parse(text, Dimension.TIME).amount
    except ValueError as reason:
        raise UsageError(f"--expires {reason}", fix=f"Write --expires {LASTS}.") from None
    if not seconds or timedelta(seconds=seconds) > _LONGEST:
        raise UsageError(f"--expires takes 1s to {_LONGEST.days}d, not {text}", fix=f"Write --expires {LASTS}.")
    return timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person saw: the spec's values but for those in `seen` (None: not set), without the fields in `unseen`."""

    seen: Mapping[str, Value | None]
    unseen: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class ConfirmationContext:
    """One environment's console and its labels, and the project that stores the confirmation."""

    console: Console
    labels: ConsoleLabels
    root: Path


def confirm(app: Application, answers: Answers, by: Confirmer, at: ConfirmationContext, *, ask: bool) -> str | None:
    """Show what is confirmed, store it, answer the file; None where the answer is no."""
    now = by.clock().replace(microsecond=0)
    values = confirmed(app, answers.seen, answers.unseen)
    seen = Observation(app.name, app.sdk_app_id, by.who, now, now + by.lasts, values)
    click.echo(render_confirmation(seen, before(app, at), at.labels, style, unfolded=verbose()))
    if not agreed("Is that so?", yes=not ask):
        return None
    return observations.store(at.root, app.environment, seen)


def before(app: Application, at: ConfirmationContext) -> Observation | None:
    """The last confirmation, where it still counts."""
    try:
        if at.console.read(app.sdk_app_id).attested is None:
            return None
        held = observations.load(at.root, app.environment, app.name)
    except ProvisionerError:
        return None  # what is stored cannot be read: confirming anew is how that is repaired
    return held.observation if held else None
