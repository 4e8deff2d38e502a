"""From when on rooms are recorded by what an environment's console holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from provisioner.console.local import holds_since
from provisioner.reconcile.journal import holds_after
from provisioner.reconcile.state import State
from provisioner.specs.environment import Environment

_STORED_LATE = timedelta(minutes=10)
"""A file says when it was stored, some time after its call: without this, a call just before a change would count as
one after it [inferred]."""


def in_effect(environment: Environment, state: State) -> tuple[Mapping[int, datetime], timedelta]:
    """From when on the last change to each application holds, by SDKAppId, and how late files come after their calls.

    Raises ProvisionerError where the journal, or the simulated console, cannot be read.
    """
    if environment.console.driver == "embedded":
        # Its clock may have been wound past this machine's, and its files are stored at once.
        return holds_since(state.root, environment), timedelta()
    return holds_after(state.journal.entries()), _STORED_LATE
