"""A simulated console that serves until somebody stops it."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.console.embedded.dialect import services_of
from provisioner.console.embedded.state_file import ACCOUNT
from provisioner.console.tencent.binding import Binding
from provisioner.simulator import ConsoleState

if TYPE_CHECKING:
    from provisioner.simulator import ConsoleServer


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen, and how fast callers may be; port 0 is any free one."""

    calls_per_second: float
    host: str
    port: int
    tls: bool


_STOPPING = {signal.SIGINT, signal.SIGTERM}


def until_stopped(
    state: ConsoleState,
    binding: Binding,
    title: str,
    listen: Listen,
    announce: Callable[[Sequence[str]], None],
) -> None:
    """Serve until SIGINT or SIGTERM, in the shape of `binding`; `title` names the console on its pages.

    `announce` gets the environment lines once connections are accepted.

    Runs in the main thread. Raises ProvisionerError where the port cannot be had.
    """
    from provisioner.console.embedded.page.page_app import with_page
    from provisioner.simulator.callbacks.sender import CallbackSender  # both load long: only who serves needs them
    from provisioner.simulator.server import ConsoleServer

    # Blocked before the server's thread starts, which inherits it: the signal waits for sigwait.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        server = ConsoleServer(
            state,
            [ACCOUNT],
            listen.calls_per_second,
            host=listen.host,
            port=listen.port,
            tls=listen.tls,
            services=services_of(binding),
            front=with_page(state, binding, title),
        )
        with CallbackSender(state), server:
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
