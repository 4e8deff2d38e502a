"""Asks journal, console and, where wanted, the audit log in which times nothing was recorded, for all applications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from provisioner.archive.coverage.room_coverage import ModeWindow
from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.console.audit.cloud_audit import open_audit
from provisioner.console.drivers import open_console
from provisioner.console.port import Observed
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.apply.effective_since import Effect, in_effect
from provisioner.reconcile.apply.mode_windows import MODE, mode_changes, mode_windows
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.recording.application import Application
from provisioner.specs.documents.environment import Environment

_SAME_CLOCK = timedelta(minutes=1)
"""How far a simulated console's clock may be from the journal's before the two cannot be compared."""

_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class RecordedWindows:
    """Windows by SDKAppId, by the console's clock, which shows `now`. `unread` says why a console could not be read.

    `manual` are applications whose console shows now that no room is recorded by itself, in words.
    """

    now: datetime
    windows: Mapping[int, tuple[ModeWindow, ...]]
    unread: Mapping[int, str]
    manual: Mapping[int, str]


def recorded_windows(
    environment: Environment,
    applications: Sequence[Application],
    state: EnvironmentState,
    variables: Mapping[str, str],
    *,
    audit: bool = False,
) -> RecordedWindows:
    """A console or a log that does not answer is told. Raises ProvisionerError where the journal is not readable."""
    effect = in_effect(environment, state)
    same_clock = abs(effect.now - state.clock()) < _SAME_CLOCK
    changes = mode_changes(state.journal.entries()) if same_clock else {}
    shown, unread = _shown(environment, applications, state, variables)
    off = {number: words for number, seen in shown.items() if (words := not_recording(seen))}
    trail = _trail(environment, state, variables, effect) if audit and off else None
    windows = {
        app.sdk_app_id: mode_windows(
            app,
            changes.get(app.sdk_app_id, ()),
            shown[app.sdk_app_id].fields if app.sdk_app_id in shown else None,
            trail,
            effect.holds.get(app.sdk_app_id),
        )
        for app in applications
    }
    return RecordedWindows(effect.now, windows, unread, off)


@dataclass(frozen=True, slots=True)
class ConsoleSays:
    """What a console's state means for an application of which nothing is there, as a sentence.

    `against`: the spec wants rooms to be recorded by themselves, and the console records none.
    """

    words: str
    against: bool = False


def console_says(
    environment: Environment, applications: Sequence[Application], state: EnvironmentState, variables: Mapping[str, str]
) -> dict[int, ConsoleSays]:
    """By SDKAppId; a console that does not answer is told, never raised."""
    shown, unread = _shown(environment, applications, state, variables)
    found = {}
    for app in applications:
        number = app.sdk_app_id
        if number not in shown:
            words = f"What the console shows is not known: {unread.get(number, 'it was not asked')}."
            found[number] = ConsoleSays(words)
            continue
        off = not_recording(shown[number])
        if not off:
            found[number] = ConsoleSays("The console records rooms by themselves.")
        elif app.automatic:
            told = f"The console shows now that {off}: NO ROOM IS RECORDED BY ITSELF, and the spec says automatic."
            found[number] = ConsoleSays(told, against=True)
        else:
            found[number] = ConsoleSays(
                f"The console shows that {off}, as the spec says: rooms are not recorded by themselves."
            )
    return found


def not_recording(seen: Observed) -> str:
    """What a console shows by which no room is recorded by itself, in words; empty where rooms are, or nobody knows."""
    if seen.fields.get("/recording/enabled") is False:
        return "recording is not enabled"
    return "mode is manual" if seen.fields.get(MODE) == "manual" else ""


def _shown(
    environment: Environment,
    applications: Sequence[Application],
    state: EnvironmentState,
    variables: Mapping[str, str],
) -> tuple[dict[int, Observed], dict[int, str]]:
    """What the console shows of each application, and why it shows nothing of the others."""
    shown: dict[int, Observed] = {}
    unread: dict[int, str] = {}
    try:
        with closing(open_console(environment, state.root, variables)) as console:
            if not console.capabilities().observes:
                return {}, {app.sdk_app_id: "nobody has attested what it shows" for app in applications}
            for app in applications:
                try:
                    shown[app.sdk_app_id] = console.read(app.sdk_app_id)
                except ProvisionerError as error:
                    unread[app.sdk_app_id] = error.what
    except ProvisionerError as error:
        return {}, {app.sdk_app_id: error.what for app in applications}
    return shown, unread


def _trail(
    environment: Environment, state: EnvironmentState, variables: Mapping[str, str], effect: Effect
) -> AuditTrail | None:
    """A month of the audit log; None where nobody can ask."""
    try:
        with open_audit(environment, state.root, variables) as audit:
            return audit.trail(effect.now - _MONTH)
    except ProvisionerError:
        return None
