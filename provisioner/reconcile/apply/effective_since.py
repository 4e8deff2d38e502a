"""From when on rooms are recorded by what an environment's console holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from provisioner.console.embedded.state_file import console_time
from provisioner.reconcile.apply.journal import holds_after
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.specs.documents.environment import Environment

_STORED_LATE = timedelta(minutes=10)
"""A file says when it was stored, some time after its call: without this, a call just before a change would count as
one after it [inferred]."""


@dataclass(frozen=True, slots=True)
class Effect:
    """From when on the last change to each application `holds`, by SDKAppId and the console's clock, which shows `now`.

    `late` is how long after their calls files are stored.
    """

    holds: Mapping[int, datetime]
    now: datetime
    late: timedelta = timedelta()


def in_effect(environment: Environment, state: EnvironmentState) -> Effect:
    """Raises ProvisionerError where the journal, or the simulated console, cannot be read."""
    if environment.console.driver == "embedded":
        # Its clock may have been wound past this machine's, and its files are stored at once.
        time = console_time(state.root, environment)
        return Effect(time.holds_since, time.now)
    return Effect(holds_after(state.journal.entries()), state.clock(), _STORED_LATE)
