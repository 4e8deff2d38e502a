"""A simulated console that serves until somebody stops it."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from provisioner.console.embedded.state_file import ACCOUNT
from provisioner.simulator import ConsoleState

if TYPE_CHECKING:
    from provisioner.simulator import ConsoleServer

_STOPPING = {signal.SIGINT, signal.SIGTERM}


def until_stopped(
    state: ConsoleState, calls_per_second: float, port: int, tls: bool, announce: Callable[[Sequence[str]], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets the environment lines once connections are accepted.

    Runs in the main thread. Raises ProvisionerError where the port cannot be had.
    """
    from provisioner.simulator.callbacks.sender import CallbackSender  # both load long: only who serves needs them
    from provisioner.simulator.server import ConsoleServer

    # Blocked before the server's thread starts, which inherits it: the signal waits for sigwait.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        with CallbackSender(state), ConsoleServer(state, [ACCOUNT], calls_per_second, port=port, tls=tls) as server:
            announce(list(environment_lines(server)))
            signal.sigwait(_STOPPING)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def environment_lines(server: ConsoleServer) -> Iterator[str]:
    """What a shell evaluates to reach the server."""
    yield f"export TENCENTCLOUD_SECRET_ID={ACCOUNT.secret_id}"
    yield f"export TENCENTCLOUD_SECRET_KEY={ACCOUNT.secret_key}"
    yield f"export TRTC_CONSOLE_ENDPOINT={server.scheme}://{server.endpoint}"
    if server.scheme == "https":
        yield f"export TRTC_CONSOLE_CA_FILE={shlex.quote(str(server.ca_file))}"
