"""Messages that Pulumi shows to the user, each beside its resource."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_SEVERITIES = {"info": engine_pb2.INFO, "warning": engine_pb2.WARNING, "error": engine_pb2.ERROR}
_about: ContextVar[str] = ContextVar("urn", default="")


@contextmanager
def about(urn: str) -> Iterator[None]:
    """Messages of this thread inside the block are shown beside the resource `urn`."""
    token = _about.set(urn)
    try:
        yield
    finally:
        _about.reset(token)


class EngineLog:
    """The engine's log. An engine that does not answer is ignored."""

    def __init__(self, address: str | None = None) -> None:
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._stub: engine_pb2_grpc.EngineStub | None = None
        if address:
            self.attach(address)

    def attach(self, address: str) -> None:
        """Talk to the engine at `address`, HOST:PORT."""
        self.close()
        with self._lock:
            self._channel = grpc.insecure_channel(address)
            self._stub = engine_pb2_grpc.EngineStub(self._channel)

    def tell(self, severity: str, text: str) -> None:
        """Show one message; `severity` is info, warning or error."""
        stub = self._stub
        if stub is not None:
            line = engine_pb2.LogRequest(severity=_SEVERITIES[severity], message=text, urn=_about.get())
            with suppress(grpc.RpcError):
                stub.Log(line, timeout=5)

    def close(self) -> None:
        """Close the connection to the engine."""
        with self._lock:
            if self._channel is not None:
                self._channel.close()
            self._channel = self._stub = None


class Forwarding(logging.Handler):
    """Hands log records of this package, such as retries, to the user."""

    def __init__(self, log: EngineLog) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one log record on to the engine as a warning or as information."""
        severity = "warning" if record.levelno >= logging.WARNING else "info"
        self._log.tell(severity, record.getMessage())
