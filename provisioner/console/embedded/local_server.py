"""The simulated console inside the calling process, for as long as it looks."""

from __future__ import annotations

from provisioner.console.embedded.state_file import ACCOUNT
from provisioner.simulator import ConsoleServer, ConsoleState
from provisioner.specs.documents.environment import Environment


def local_server(state: ConsoleState, environment: Environment) -> ConsoleServer:
    """Serves the one account of an embedded console, at the rate that its environment names; not started yet."""
    return ConsoleServer(state, [ACCOUNT], environment.console.calls_per_second)
