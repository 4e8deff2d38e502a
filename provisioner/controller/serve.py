"""Serves a controller until it is told to stop: SIGTERM and SIGINT finish what is in flight, SIGHUP reads the specs."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from provisioner.controller.app import create_app
from provisioner.controller.contracts import Contracts
from provisioner.controller.controller import Controller, Settings
from provisioner.controller.store.opening import open_store
from provisioner.foundation.errors import ProvisionerError

_log = logging.getLogger(__name__)

_GRACE_SECONDS = 10
"""What answers may take once it stops; calls to the service have 8 s."""

_CONNECTIONS = 2_000


def serve(
    root: Path, environments: Sequence[str], settings: Settings, announce: Callable[[str, Controller], None]
) -> None:
    """Serve in the main thread; `announce` gets the address once connections are accepted. Raises ProvisionerError."""
    contracts = Contracts(root, environments)
    store = open_store(settings.database)
    try:
        listener = _listener(settings.host, settings.port)
        with listener, Controller(contracts, store, os.environ, settings) as controller:
            signal.signal(signal.SIGHUP, lambda *_: controller.wake_reload())
            address = f"http://{settings.host}:{listener.getsockname()[1]}"
            config = uvicorn.Config(
                create_app(controller),
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,  # addresses hold tokens
                server_header=False,
                limit_concurrency=_CONNECTIONS,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
            _Server(config, lambda: announce(address, controller)).run(sockets=[listener])
    finally:
        store.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise ProvisionerError(
            f"the controller cannot listen on {host} port {port}: {error.strerror}",
            fix="Name another address or port, or stop what listens there.",
        ) from None
    return listener
