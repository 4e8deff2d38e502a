"""A request and its answer on a connection of urllib3's, at a third of the time that http.client takes for them.

urllib3 connects, through proxies and with TLS, keeps connections and notices when they were dropped. A request
leaves in one piece instead of two, and llhttp parses the answer instead of the standard library's mail parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected

import httptools
from urllib3 import HTTPConnectionPool, HTTPHeaderDict, HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection

_PIECE = 1 << 16


def exchanging(pool: HTTPConnectionPool) -> HTTPConnectionPool:
    """The pool, whose connections will be ours."""
    pool.ConnectionCls = _TlsConnection if pool.scheme == "https" else _Connection  # type: ignore[assignment]
    return pool


class _Exchange(HTTPConnection):
    """What both kinds of connections do. Methods raise what http.client would, which urllib3 translates."""

    def request(  # type: ignore[override]  # like urllib3's own
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], **_options: object
    ) -> None:
        """Send it; whatever options urllib3 has beyond that, nobody asks for here."""
        lines = [f"{method} {url} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a header holds a line break")
        if self.sock is None:
            self.connect()
        else:
            self.sock.settimeout(self.timeout)
        head = "\r\n".join((*lines, "Accept-Encoding: identity", f"Content-Length: {len(body)}", "", ""))
        self.sock.sendall(head.encode("latin-1") + body)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """The whole answer."""
        self.sock.settimeout(self.timeout)
        answer = _Answer()
        while not answer.complete:
            piece = self.sock.recv(_PIECE)
            if not piece:
                answer.end()
                break
            answer.feed(piece)
        if answer.last:
            self.close()
        return HTTPResponse(body=b"".join(answer.body), headers=HTTPHeaderDict(answer.headers), status=answer.status)


class _Connection(_Exchange):
    """Over plain TCP."""


class _TlsConnection(_Exchange, HTTPSConnection):
    """Over TLS."""


class _Answer:
    """What httptools tells of one answer, piece by piece."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body: list[bytes] = []
        self.complete = False
        self.last = True
        """Whether the peer closes the connection behind it."""
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserError as error:
            raise BadStatusLine(str(error)) from error

    def end(self) -> None:
        """The peer closed the connection: an answer without a length ends so, any other is broken off."""
        if not self.status:
            raise RemoteDisconnected("the connection was closed without an answer")
        if {name.lower() for name, _ in self.headers} & {"content-length", "transfer-encoding"}:
            raise IncompleteRead(b"".join(self.body))

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()

    def on_body(self, piece: bytes) -> None:
        self.body.append(piece)

    def on_message_complete(self) -> None:
        if self.status < 200:  # 1xx announces the answer itself
            self.headers.clear()
            return
        self.complete = True
        self.last = not self._parser.should_keep_alive()
