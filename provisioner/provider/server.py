"""The plugin process: a gRPC server on loopback that announces its port on the first line of stdout."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from provisioner.foundation import logging
from provisioner.provider.servicer import Provider

_THREADS = 32
# The engine's own limit: a plan of many applications is one long message.
_OPTIONS = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]


def serve() -> None:
    """Serve until the engine asks to stop."""
    logging.configure(verbose=False)
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    provider = Provider(Path.cwd())
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    engine = os.getppid()
    while not stopped.wait(timeout=1) and os.getppid() == engine:
        pass  # an engine that was killed stops nobody: its orphans must notice
    server.stop(grace=1).wait()
    provider.close()
