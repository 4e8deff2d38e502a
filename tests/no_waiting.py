"""Nobody waits in a test for the service's rate nor until it has recovered: neither client nor simulated console."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from provisioner.simulator import Account, ConsoleServer, ConsoleState


def nobody_waits() -> None:
    """Of this process. Who is about pauses and rates brings a `sleep` of its own, or a console that keeps its rate."""
    patch = pytest.MonkeyPatch()
    patch.setattr("provisioner.foundation.clock.sleep", _at_once)
    patch.setattr("provisioner.console.embedded.local_server.ConsoleServer", _unlimited)


def _at_once(_seconds: float) -> None:
    """A pause that is over."""


def _unlimited(state: ConsoleState, accounts: Iterable[Account], _per_second: float) -> ConsoleServer:
    """Refuses nobody for the rate, so that clients that do not pause are answered."""
    return ConsoleServer(state, accounts, None)
