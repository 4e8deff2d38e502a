"""Why a connection failed, in words: urllib3's own name its objects, and may hold an address with a secret."""

from __future__ import annotations

import errno
from http.client import RemoteDisconnected
from typing import Any

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
)

from provisioner.foundation.text_safety import excerpt

_REFUSED = "nothing listens at {place}: the connection is refused"
_NO_WAY = "there is no way to {place}"
_SYSTEM = {
    errno.ECONNREFUSED: _REFUSED,
    errno.EHOSTUNREACH: _NO_WAY,
    errno.ENETUNREACH: _NO_WAY,
    errno.ETIMEDOUT: "{place} does not answer: no connection in time",
}


def connection_failure(error: BaseException) -> str:
    """What happened and where (host:port), without any other part of an address; '' where there is no plain word.

    Takes urllib3's errors, and those of requests, which wrap them.
    """
    while isinstance(inner := _inside(error), BaseException):
        error = inner
    if isinstance(error, ProxyError):
        why = connection_failure(error.original_error)
        return f"the proxy does not let it through: {why}" if why else ""
    if isinstance(error, NameResolutionError):
        return f"the name {excerpt(str(getattr(error.conn, 'host', '')))} is not known here"
    if isinstance(error, NewConnectionError):
        number = getattr(error.__cause__, "errno", None)
        words = _SYSTEM.get(number or 0, "no connection to {place} comes about")
        return words.format(place=_place(error.conn))
    if isinstance(error, ConnectTimeoutError):
        return "no connection came about in time"
    if isinstance(error, ReadTimeoutError):
        return f"{_place(error.pool)} took the request and did not answer in time"
    if isinstance(error, ProtocolError) and any(isinstance(part, RemoteDisconnected) for part in error.args):
        return "the connection was closed instead of an answer"
    return ""


def _inside(error: BaseException) -> object:
    """The error that another one wraps."""
    if isinstance(error, MaxRetryError):
        return error.reason
    wrapped = error.args[0] if error.args and not isinstance(error, HTTPError) else None
    return wrapped if isinstance(wrapped, HTTPError) else None


def _place(connection: Any) -> str:
    return excerpt(f"{getattr(connection, 'host', '?')}:{getattr(connection, 'port', '?')}")
