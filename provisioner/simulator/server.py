"""Serves the console from a thread of the calling process, on loopback unless told otherwise."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.limits import CALLS_PER_SECOND
from provisioner.simulator.accounts import Account
from provisioner.simulator.actions import SERVICES, Services
from provisioner.simulator.app import create_app
from provisioner.simulator.connection_faults import BreakableProtocol
from provisioner.simulator.state import ConsoleState
from provisioner.simulator.tls import certificate_file, server_context

LOOPBACK = "127.0.0.1"
_GRACE = 0.05  # seconds that a request half read may take to finish on stop
_START_SECONDS = 10.0
# Longer than any pause a client makes between two calls: a connection that the server drops while the client
# sends on it again is a lost call, and the SDK does not repeat it.
_KEEP_ALIVE = 75


class ConsoleServer:
    """The embedded console on `host` and `port` (0: any free one), while the `with` block or until `stop()`.

    The state is the caller's: stopping does not close it. `calls_per_second` limits every action by itself
    (the service's ceiling by default), None lifts the limit. `tls`: HTTPS instead of HTTP, by the authority whose
    certificate `ca_file` names. `services` are the actions that it knows; `front` puts something before the API,
    such as a page for people. The serving thread is a daemon and installs no signal handlers, so the process may
    also just end.
    """

    def __init__(
        self,
        state: ConsoleState,
        accounts: Iterable[Account],
        calls_per_second: float | None = CALLS_PER_SECOND,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        tls: bool = False,
        services: Services = SERVICES,
        front: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    ) -> None:
        self._state = state
        self._app = front(create_app(state, accounts, calls_per_second, services))
        self._host, self._port = host, port
        self._tls = tls
        self._running: tuple[_Server, threading.Thread, str] | None = None

    @property
    def endpoint(self) -> str:
        """`127.0.0.1:PORT`, as the SDK's HttpProfile takes it. Raises RuntimeError while not running."""
        if self._running is None:
            raise RuntimeError("the embedded console is not running")
        return self._running[2]

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return "https" if self._tls else "http"

    @property
    def ca_file(self) -> Path:
        """The certificate that clients must trust, beside the state file; there once HTTPS has been served."""
        return certificate_file(self._state.path)

    def start(self) -> Self:
        """Serve. Connections are accepted when this returns.

        Raises RuntimeError where it runs already, ProvisionerError where address or certificate cannot be had.
        """
        if self._running is not None:
            raise RuntimeError("the embedded console is running already")
        context = server_context(self._state.database, self._state.path, self._host) if self._tls else None
        listener = _listener(self._host, self._port)
        server = _Server(self._app, context)
        thread = threading.Thread(target=server.run, args=([listener],), name="embedded-console", daemon=True)
        thread.start()
        if not server.ready.wait(_START_SECONDS):
            raise RuntimeError("the embedded console did not start")
        host = f"[{self._host}]" if ":" in self._host else self._host
        self._running = (server, thread, f"{host}:{listener.getsockname()[1]}")
        return self

    def stop(self) -> None:
        """Stop serving and drop idle connections. Nothing happens where it is not running."""
        if self._running is None:
            return
        server, thread, _ = self._running
        self._running = None
        server.end()
        thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _listener(host: str, port: int) -> socket.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only where it is. Without it every answer, which
    # uvicorn sends in two pieces, waits 40 ms for the client's delayed acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if port:  # a fixed port is taken again at once after a restart
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise ProvisionerError(
            f"the console cannot listen on {host} port {port}: {error.strerror}",
            fix="Name another address or port, or stop what listens there.",
        ) from error
    return listener


class _Server(uvicorn.Server):
    """uvicorn's server with its naps taken out: its own loop and shutdown notice a stop only every 0.1 s."""

    def __init__(self, app: ASGIApp, context: ssl.SSLContext | None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=BreakableProtocol,
                ws="none",
                lifespan="off",
                log_config=None,  # leaves the host program's logging alone
                log_level="critical",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=_KEEP_ALIVE,
                ssl_context_factory=None if context is None else lambda _config, _default: context,
                loop="asyncio",  # as fast as uvloop at this size, and one library less to load
            )
        )
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event

    def end(self) -> None:
        """Ask the serving thread to finish; may be called from any thread."""
        with suppress(RuntimeError):  # the loop has closed: it has finished already
            self._loop.call_soon_threadsafe(self._stop.set)

    async def main_loop(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self.on_tick(0)
        self.ready.set()
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), timeout=1)
            await self.on_tick(0)  # keeps the Date header current

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        del sockets  # the servers own them and close them
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_GRACE)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # one turn of the loop, in which transports close their sockets
