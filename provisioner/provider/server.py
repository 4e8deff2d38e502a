"""The plugin process: a gRPC server on loopback that announces its port on the first line of stdout."""

from __future__ import annotations

import logging as logging_library
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from provisioner.foundation import logging
from provisioner.provider.engine_log import EngineLog, Forwarding
from provisioner.provider.servicer import ProviderServicer

_THREADS = 32
_GRACE_SECONDS = 30
"""A write that is in flight may finish; an engine that has no patience kills."""
# The engine's own limit: a plan of many applications is one long message.
_OPTIONS = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]


def serve() -> None:
    """Serve until the engine asks to stop."""
    log = EngineLog(sys.argv[1] if len(sys.argv) > 1 else None)
    _configure_logging(log)
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    provider = ProviderServicer(Path.cwd(), log=log, eager=True)
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    engine = os.getppid()
    while not stopped.wait(timeout=1) and os.getppid() == engine:
        pass  # an engine that was killed stops nobody: its orphans must notice
    server.stop(grace=_GRACE_SECONDS).wait()
    provider.close()
    log.close()


def _configure_logging(log: EngineLog) -> None:
    """Records of this package go to the user through the engine; what others warn of goes to stderr."""
    logging.configure(verbose=False)
    ours = logging_library.getLogger("provisioner")
    ours.setLevel(logging_library.INFO)
    ours.addHandler(Forwarding(log))
    ours.propagate = False
