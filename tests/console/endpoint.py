"""An HTTP endpoint that answers as it is told, byte by byte: what a network and a proxy do to real answers."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Endpoint:
    """`script` is consumed by the requests as they come; the last reply repeats. `seen` holds what arrived."""

    host: str
    script: list[Reply]
    seen: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    def next(self) -> Reply:
        return self.script[0] if len(self.script) == 1 else self.script.pop(0)


@contextmanager
def endpoint(*script: Reply) -> Iterator[Endpoint]:
    served: Endpoint

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            served.seen.append((self.headers["X-TC-Action"], dict(self.headers), json.loads(body)))
            served.next()(self)

        def do_GET(self) -> None:
            served.seen.append(("GET", dict(self.headers), self.path))
            served.next()(self)

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Endpoint(f"127.0.0.1:{server.server_port}", list(script))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _send(handler: BaseHTTPRequestHandler, status: int, content_type: str, body: bytes, promised: int) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(promised))
    handler.end_headers()
    handler.wfile.write(body)


def answers(content_type: str = "application/json", **response: Any) -> Reply:
    """A success that carries `response`."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        body = json.dumps({"Response": {"RequestId": "req-1", **response}}).encode()
        _send(handler, 200, content_type, body, len(body))

    return reply


def refuses(code: str, message: str = "no", content_type: str = "application/json") -> Reply:
    """An error of the vendor, which comes with HTTP status 200."""
    return answers(content_type, Error={"Code": code, "Message": message})


def status(code: int, body: bytes = b"<html>Bad Gateway</html>") -> Reply:
    return lambda handler: _send(handler, code, "text/html", body, len(body))


def document(**content: Any) -> Reply:
    """Plain JSON, as services other than Tencent Cloud answer."""
    body = json.dumps(content).encode()
    return lambda handler: _send(handler, 200, "application/json", body, len(body))


def truncated(handler: BaseHTTPRequestHandler) -> None:
    """Half of an answer, then the connection closes."""
    _send(handler, 200, "application/json", b'{"Response": {"Requ', 500)
    handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler) -> None:
    """The request arrived; no answer ever does."""
    handler.close_connection = True
    handler.connection.close()


def read_request(connection: socket.socket) -> bytes:
    """Head and body, which arrive in pieces; nothing where the client has closed."""
    request = b""
    while piece := connection.recv(1 << 16):
        request += piece
        head, end, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        if end and len(body) >= (int(length[1]) if length else 0):
            break
    return request
