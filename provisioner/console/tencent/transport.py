"""Bytes to an endpoint and back, under the SDK: kept connections, timeouts, proxies, a CA of one's own.

The SDK's own transport costs four times the time a call needs, ignores an error whose answer names a charset,
reads NO_PROXY by substring, and lets a broken-off body escape its error class. This one stands in its place:
it has the one method that the SDK's clients call.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import urllib3
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util import Timeout

from provisioner.console.tencent.exchange import exchanging

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
"""The service itself gives up after 6 seconds (on-cloud recording guide)."""

_CONNECTIONS = 32


class NoAnswerError(Exception):
    """No usable answer came back. `sent` is False only where the request certainly never left."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What the SDK looks at of a response."""

    status_code: int
    headers: dict[str, str]
    content: bytes


class Transport:
    """Sends to one endpoint, from any number of threads."""

    def __init__(
        self,
        scheme: str,
        endpoint: str,
        *,
        direct: bool = False,
        ca_file: str | None = None,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`endpoint` is host[:port]. `direct` passes by any proxy; `ca_file` is a PEM bundle to trust instead."""
        self._url = f"{scheme}://{endpoint}/"
        self._dated: tuple[str, float] | None = None
        options: dict[str, Any] = {
            "timeout": Timeout(connect=connect_seconds, read=answer_seconds),
            "retries": False,  # what may be sent again is the client's decision, not the connection's
            "maxsize": _CONNECTIONS,
            "block": False,
        }
        if ca_file:
            options["ca_certs"] = ca_file
        self.proxy = None if direct else select_proxy(self._url, get_environ_proxies(self._url))
        """The proxy that stands between, which may carry a password; None where none does."""
        manager = urllib3.ProxyManager(self.proxy, **options) if self.proxy else urllib3.PoolManager(**options)
        self._pool = exchanging(manager.connection_from_url(self._url))
        # A proxy that forwards is told the whole address, one that tunnels and the endpoint itself only the path.
        self._target = self._url if self.proxy and scheme == "http" else "/"

    def send_request(self, request: Any) -> Answer:
        """Carry the SDK's RequestInternal. Raises NoAnswerError."""
        try:
            response = self._pool.urlopen(
                request.method,
                self._target,
                body=_bytes(request.data),
                headers=request.header,
                redirect=False,
                assert_same_host=False,
            )
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise NoAnswerError(_reason(error), sent=False) from None
        except HTTPError as error:
            raise NoAnswerError(_reason(error), sent=True) from None
        except ValueError as error:  # a token or a region that no header can hold
            raise NoAnswerError(str(error), sent=False) from None
        if date := response.headers.get("Date"):
            self._dated = date, time.time()
        # The SDK looks for an error only in exactly this content type.
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
        return Answer(response.status, {"Content-Type": content_type}, response.data or b"")

    def clock_skew(self) -> float | None:
        """Seconds by which this machine is ahead of the last answer's Date, which has whole ones; None without any."""
        if self._dated is None:
            return None
        date, received = self._dated
        try:
            return received - parsedate_to_datetime(date).timestamp()
        except ValueError:
            return None

    def close(self) -> None:
        self._pool.close()


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def _reason(error: Exception) -> str:
    """The failure without object addresses, which urllib3 prints."""
    told = str(error).rpartition(">: ")[2]
    if told.startswith("("):
        told = told.removeprefix("(").removesuffix(")")
    return told or type(error).__name__
