"""Answers that break off: what an ASGI application cannot send, done on the connection itself.

The server's protocol class puts its transport into the scope for that.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SERVER_ERROR = Response("upstream connect error", status_code=503, media_type="text/plain")
"""What a gateway in front of the service answers, and not the service itself."""

_EXTENSION = "simulator.transport"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time at all


class BreakableProtocol(HttpToolsProtocol):
    """HTTP whose transport an application can get at."""

    def on_message_begin(self) -> None:
        """A request begins: what answers it finds in its scope the means to break the connection."""
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["extensions"] = {_EXTENSION: self.transport}


async def reset(scope: Scope, receive: Receive, _send: Send) -> None:
    """Reset the connection without a word: the peer reads ECONNRESET."""
    transport = _transport(scope)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
    await _gone(receive)


def truncate(body: bytes) -> ASGIApp:
    """Sends an answer of `body` and closes the connection after its first half."""

    async def half(scope: Scope, receive: Receive, _send: Send) -> None:
        transport = _transport(scope)
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        transport.write(head.encode() + body[: len(body) // 2])
        transport.close()
        await _gone(receive)

    return half


def _transport(scope: Scope) -> asyncio.Transport:
    transport: asyncio.Transport = scope["extensions"][_EXTENSION]
    return transport


async def _gone(receive: Receive) -> None:
    """Wait until the server knows; an application that returns before is answered for, with a 500."""
    while (await receive())["type"] != "http.disconnect":
        pass
