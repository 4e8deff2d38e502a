"""Answers over HTTP with an end: so many bytes and seconds, whatever a peer sends and however slowly.

http.client limits a line and the number of headers, and nothing else: a peer that sends a byte a second, interim
answers (1xx) for ever, or a small body that decompresses to gigabytes keeps its caller. Here everything a socket
gives is counted below http.client, so that status lines, headers, chunks and a proxy's words are counted alike.
"""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import BaseHTTPResponse

MOST_BYTES = 16 << 20
"""Of one answer, as it travels and decompressed."""

MOST_SECONDS = 30.0
"""From a request's first byte to its answer's last."""

_MOST_INTERIM = 8
_PIECE = 1 << 16


class UnboundedAnswer(http.client.HTTPException):
    """An answer went past a limit; the message says which."""


@dataclass(slots=True)
class Budget:
    """What one answer may take. `clock` gives seconds that never run backwards."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _ends: float = 0.0
    _bytes: int = 0

    def begin(self) -> None:
        """A request leaves now."""
        self._ends = self.clock() + self.seconds
        self._bytes = 0

    def left(self) -> float:
        """Seconds that are left. Raises UnboundedAnswer where none are."""
        left = self._ends - self.clock()
        if left <= 0:
            raise UnboundedAnswer(f"the answer takes longer than {self.seconds:g} s")
        return left

    def take(self, count: int) -> None:
        """So many bytes came. Raises UnboundedAnswer."""
        self._bytes += count
        if self._bytes > MOST_BYTES:
            raise UnboundedAnswer(f"the answer is larger than {MOST_BYTES >> 20} MiB")


class _CountedStream(io.RawIOBase):
    """A socket's bytes as they come, each read within what is left of the budget."""

    def __init__(self, inner: io.RawIOBase, sock: Any, budget: Budget) -> None:
        self._inner, self._sock, self._budget = inner, sock, budget
        self._patience = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._budget.left()
        self._sock.settimeout(left if self._patience is None else min(left, self._patience))
        try:
            count = self._inner.readinto(buffer)
        except TimeoutError:
            self._budget.left()  # the deadline's words where that is what ran out
            raise
        self._budget.take(count or 0)
        return count

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """http.client's response, read through a budget; every interim answer is passed over, and not for ever."""

    def __init__(self, sock: Any, *arguments: Any, budget: Budget, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_CountedStream(raw, sock, budget))

    def _read_status(self) -> tuple[str, int, str]:
        # http.client passes over 100 alone: any other 1xx would stand for the answer, and the answer for the next's.
        for _ in range(_MOST_INTERIM + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200:
                return version, status, reason
            if status == http.client.SWITCHING_PROTOCOLS:
                raise UnboundedAnswer("the peer switches to another protocol")
            http.client.parse_headers(self.fp)
        raise UnboundedAnswer(f"more than {_MOST_INTERIM} interim answers (1xx) came")


class _Bounded:
    """What both connections add: a budget that begins with each request, and responses that are read by it."""

    def __init__(self, *arguments: Any, seconds: float = MOST_SECONDS, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._budget = Budget(seconds)
        self._budget.begin()
        self.response_class: Any = partial(_Response, budget=self._budget)

    def connect(self) -> None:
        self._budget.begin()
        super().connect()  # type: ignore[misc]

    def request(self, *arguments: Any, **options: Any) -> None:
        self._budget.begin()
        super().request(*arguments, **options)  # type: ignore[misc]


class _PlainConnection(_Bounded, HTTPConnection):
    """Over http."""


class _TlsConnection(_Bounded, HTTPSConnection):
    """Over https."""


def bound(manager: urllib3.PoolManager, seconds: float = MOST_SECONDS) -> None:
    """Let every connection of `manager` read its answers within `seconds` and MOST_BYTES."""
    pools = {"http": (HTTPConnectionPool, _PlainConnection), "https": (HTTPSConnectionPool, _TlsConnection)}
    manager.pool_classes_by_scheme = {
        scheme: type("_BoundedPool", (pool,), {"ConnectionCls": staticmethod(partial(connection, seconds=seconds))})
        for scheme, (pool, connection) in pools.items()
    }


def read_whole(response: BaseHTTPResponse) -> bytes:
    """The decompressed body of a response that was not preloaded. Raises UnboundedAnswer and urllib3's HTTPError."""
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := response.read(_PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                raise UnboundedAnswer(f"the answer is larger than {MOST_BYTES >> 20} MiB")
            pieces.append(piece)
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return b"".join(pieces)
