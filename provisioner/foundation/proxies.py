"""The proxy that the user's variables put between us and an address, checked before anything is sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable

_FIX = "Write it as http://HOST:PORT (https:// where the proxy itself speaks TLS), or name the host in NO_PROXY."


def proxy_for(url: str) -> str | None:
    """The proxy for `url` by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, as `http[s]://[USER:PASSWORD@]HOST:PORT`.

    None where there is none. Without a scheme it is http. Raises UsageError that names the variable, and never its
    value, which may hold a password.
    """
    from requests.utils import get_environ_proxies, select_proxy  # knows NO_PROXY with networks and ports

    try:
        named = select_proxy(url, get_environ_proxies(url))
    except ValueError as error:  # a broken address, or an exception list that holds one
        raise UsageError(f"the proxy variables cannot be read: {printable(str(error))}", fix=_FIX) from None
    return _checked(named.strip(), urlsplit(url).scheme) if named and named.strip() else None


def _checked(named: str, scheme: str) -> str:
    """The proxy as libraries take it; whitespace around it is the shell's."""
    address = named if "://" in named else f"http://{named}"
    variable = _variable(named, scheme, os.environ)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"{variable} holds no proxy: {_reason(error)}", fix=_FIX) from None
    if parts.scheme.lower().startswith("socks"):
        fix = "Name an HTTP proxy instead, or the host in NO_PROXY where it is reached without one."
        raise UsageError(f"{variable} names a SOCKS proxy, which is not supported", fix=fix)
    if parts.scheme.lower() not in ("http", "https"):
        kind = f" {printable(parts.scheme)[:20]}://" if "@" not in named else ""
        raise UsageError(f"{variable} names a proxy of the unknown kind{kind}", fix=_FIX)
    if not host or port == 0:
        raise UsageError(f"{variable} names no host to connect to", fix=_FIX)
    return address


def _variable(named: str, scheme: str, variables: Mapping[str, str]) -> str:
    """Which variable the proxy comes from: small letters win, as everywhere."""
    for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY"):
        if variables.get(name, "").strip() == named:
            return name
    return "the system's proxy setting"


_WITHOUT_VALUE = ("Port out of range 0-65535", "Invalid IPv6 URL")


def _reason(error: ValueError) -> str:
    """Why it is none, unless that repeats a part of it: where an @ is missing, a password looks like a port."""
    return str(error) if str(error) in _WITHOUT_VALUE else "its address is broken"
