"""Bytes to an endpoint and back, under the SDK: urllib3 with timeouts, proxies, and a CA of one's own.

The SDK's own transport ignores an error whose answer names a charset, reads NO_PROXY by substring, and lets a
broken-off body escape its error class (docs/decisions/0004-the-sdk-under-our-own-transport.md). This one stands in
its place: it has the one method that the SDK's clients call.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import urllib3
from requests.utils import get_auth_from_url
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError
from urllib3.util import Timeout

from provisioner.foundation.bounded_http import MOST_SECONDS, UnboundedAnswer, bound, read_whole
from provisioner.foundation.connection_failures import connection_failure
from provisioner.foundation.proxies import proxy_for
from provisioner.foundation.text_safety import excerpt
from provisioner.recording.limits import ANSWER_WITHIN

CONNECT_SECONDS = 5
ANSWER_SECONDS = ANSWER_WITHIN.total_seconds() + 4
"""Of silence. Longer than the service takes to give up by itself."""

_CONNECTIONS = 32
_HEADER = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")


class NoAnswerError(Exception):
    """No usable answer came back. `sent` is False only where the request certainly never left."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the SDK looks at of a response. Without a content type it leaves the body to `answer.py`."""

    status_code: int
    content: bytes
    headers: ClassVar[Mapping[str, str]] = {}


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
        total_seconds: float = MOST_SECONDS,
    ) -> None:
        """`endpoint` is host[:port]. `direct` passes by any proxy; `ca_file` is a PEM bundle to trust instead.

        `answer_seconds` is the longest silence, `total_seconds` the longest answer however it comes.

        Raises UsageError where the proxy that the variables name is none.
        """
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
        self.proxy = _proxy(self._url, direct)
        """The proxy that stands between, which may carry a password; None where none does."""
        self._manager = _through(self.proxy, options) if self.proxy else urllib3.PoolManager(**options)
        bound(self._manager, total_seconds)

    def send_request(self, request: Any) -> HttpAnswer:
        """Carry the SDK's RequestInternal. Raises NoAnswerError."""
        if not all(_HEADER.fullmatch(str(value)) for value in request.header.values()):
            # Its value, which may be a token, is in no message.
            raise NoAnswerError("a credential or the region has characters that no header can hold", sent=False)
        try:
            response = self._manager.urlopen(
                request.method,
                self._url,
                redirect=False,
                body=_bytes(request.data),
                headers=request.header,
                preload_content=False,
            )
            content = read_whole(response)
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise NoAnswerError(_reason(error), sent=False) from None
        except (HTTPError, UnboundedAnswer, ValueError, OverflowError) as error:
            # The last two: what a library makes of headers that nobody foresaw.
            raise NoAnswerError(_reason(error), sent=True) from None
        if date := response.headers.get("Date"):
            self._dated = date, time.time()
        return HttpAnswer(response.status, content)

    def clock_skew(self) -> float | None:
        """Seconds by which this machine is ahead of the last answer's Date, which has whole ones; None without any."""
        if self._dated is None:
            return None
        date, received = self._dated
        try:
            return received - parsedate_to_datetime(date).timestamp()
        except (ValueError, OverflowError, OSError):
            return None

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._manager.clear()


def proxied(url: str, options: dict[str, Any], *, direct: bool, ca_file: str | None) -> urllib3.PoolManager:
    """Connections to `url` as to any address of the service: by its proxy, trusting its authorities.

    Raises UsageError where the proxy that the variables name is none.
    """
    if ca_file:
        options = {**options, "ca_certs": ca_file}
    proxy = _proxy(url, direct)
    return _through(proxy, options) if proxy else urllib3.PoolManager(**options)


def _proxy(url: str, direct: bool) -> str | None:
    return None if direct else proxy_for(url)


def _through(proxy: str, options: dict[str, Any]) -> urllib3.ProxyManager:
    """The way through a proxy; urllib3 does not look at a user and a password in its address by itself."""
    user, password = get_auth_from_url(proxy)
    told = urllib3.make_headers(proxy_basic_auth=f"{user}:{password}") if user else None
    return urllib3.ProxyManager(proxy, proxy_headers=told, **options)


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def _reason(error: Exception) -> str:
    """The failure without the objects that urllib3 prints."""
    if plain := connection_failure(error):
        return plain
    if isinstance(error, ProxyError):
        return f"the proxy does not let it through: {_reason(error.original_error)}"
    told = next((str(cause) for cause in error.args if isinstance(cause, UnboundedAnswer)), "")
    told = excerpt(told or str(error).rpartition(">: ")[2])
    if told.startswith("("):
        told = told.removeprefix("(").removesuffix(")")
    return told or type(error).__name__
