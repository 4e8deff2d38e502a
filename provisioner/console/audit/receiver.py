"""Receives CloudAudit's CloudEvents over HTTP, as EventBridge delivers them: a push instead of a poll.

Whoever sends must know the token. What is received only says where to look: nothing is believed of it but that an
application may have changed, and by whose word.
"""

from __future__ import annotations

import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from provisioner.console.audit.audit_event import AuditEvent, delivered
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import Secret

MOST_BYTES = 1 << 20
"""Of one delivery."""

_MOST_EVENTS = 1_000
_CONNECTIONS = 64
_START_SECONDS = 10.0

Heard = Callable[[Sequence[AuditEvent]], None]
"""What is told of events as they come, in a thread of the server's."""


def create_app(token: Secret, heard: Heard) -> ASGIApp:
    """POST / takes one CloudEvent or a batch of them; 202 taken, 401 no or another token, 400 no CloudEvents."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await (await _answer(Request(scope, receive), token, heard))(scope, receive, send)

    return app


async def _answer(request: Request, token: Secret, heard: Heard) -> Response:
    if not _authentic(request.headers.get("authorization", ""), token):
        return PlainTextResponse("the bearer token is missing or another", 401)
    if request.method != "POST":
        return PlainTextResponse("POST CloudEvents", 405)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return PlainTextResponse("too large", 413)
    try:
        events = _events(json.loads(bytes(body)), request)
    except (ValueError, RecursionError):
        return PlainTextResponse("no CloudEvents", 400)
    if events:
        heard(events)
    return PlainTextResponse("", 202)


def _events(document: Any, request: Request) -> list[AuditEvent]:
    """Those of this product. Raises ValueError for what are no CloudEvents at all."""
    if kind := request.headers.get("ce-type"):  # binary mode: attributes are headers, the body is the data
        names = ("id", "type", "subject", "time")
        document = {name: request.headers.get(f"ce-{name}") for name in names} | {"type": kind, "data": document}
    many = document if isinstance(document, list) else [document]
    if len(many) > _MOST_EVENTS or not all(isinstance(one, dict) and isinstance(one.get("type"), str) for one in many):
        raise ValueError("no CloudEvents")
    return [event for one in many if (event := delivered(one)) is not None]


def _authentic(header: str, token: Secret) -> bool:
    scheme, _, given = header.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.reveal().encode())


@contextmanager
def receiving(host: str, port: int, token: Secret, heard: Heard) -> Iterator[str]:
    """Serve while the block lasts; answers `HOST:PORT`. Raises ProvisionerError where nobody can listen there."""
    listener = _listener(host, port)
    config = uvicorn.Config(
        create_app(token, heard),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), name="cloudevents", daemon=True)
    thread.start()
    try:
        yield f"{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise ProvisionerError(
            f"nobody can listen on {host} port {port}: {error.strerror}",
            fix="Name another address or port, or stop what listens there.",
        ) from None
    return listener
