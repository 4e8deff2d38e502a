"""API calls in a capture: every form in which a console's page asks, and plain API 3.0, unwrapped."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from provisioner.console.learning.har import Capture, entries

LARGEST_BODY = 8 << 20
"""Bytes of a body after decompression."""

_LARGEST_TREE = 50_000
"""Values of one request or answer; what has more is no answer about an application."""

_DEEPEST = 40
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
"""What a binding can call a service or an action."""

_WRAPPERS = 3
"""How deep an answer may lie below `data`."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call that was answered without an error. `file` and `number` say where it stands.

    `request` and `answer` are the action's own parameters and the members of its `Response`, RequestId aside.
    """

    file: str
    number: int
    at: str
    host: str
    service: str
    version: str
    action: str
    request: Mapping[str, Any]
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskedCall:
    """What an entry asks: the action, and its parameters."""

    service: str
    version: str
    action: str
    parameters: Mapping[str, Any]


def exchanges(path: Path, capture: Capture) -> Iterator[Exchange]:
    """The API calls of one file in its order. Raises ProvisionerError for a file that cannot be read."""
    for number, entry in entries(path, capture):
        found = exchange(entry, capture.name, number)
        if found is None and asked(entry) is not None and answered(entry) is None:
            capture.unreadable += 1
        if found is not None:
            capture.first = capture.first or found.at
            yield found


def exchange(entry: Mapping[str, Any], file: str, number: int) -> Exchange | None:
    """The call that an entry of a HAR is; None where it is none, or was refused."""
    call, answer = asked(entry), answered(entry)
    if call is None or answer is None or "Error" in answer:
        return None
    if not (_sound(call.parameters) and _sound(answer)):
        return None
    host = _parts(entry).netloc.rpartition("@")[2]
    at = _text(entry.get("startedDateTime"))[:40]
    members = {name: member for name, member in answer.items() if name != "RequestId"}
    parameters = {name: value for name, value in call.parameters.items() if name != "Version"}
    return Exchange(file, number, at, host, call.service, call.version, call.action, parameters, members)


def asked(entry: Mapping[str, Any]) -> AskedCall | None:
    """What an entry's request asks of an API."""
    parts = _parts(entry)
    query = dict(parse_qsl(parts.query, max_num_fields=200) if parts.query.count("&") < 200 else ())
    headers = _headers(_member(entry, "request", "headers"))
    body = _body(entry)
    if "x-tc-action" in headers:
        service = parts.netloc.partition(".")[0] if "." in parts.netloc else ""
        service = headers.get("x-tc-service", service if service.isalpha() else "")
        return _call(service or _signed_for(headers), headers["x-tc-action"], headers.get("x-tc-version", ""), body)
    if parts.path.endswith("/cgi/capi"):
        service, _, action = query.get("i", "").partition("/")
        action = action or query.get("cmd", "") or _text(body.get("cmd")) or _text(body.get("action"))
        service = service or query.get("serviceType", "") or _text(body.get("serviceType"))
    elif "/_api/" in parts.path:
        service, _, action = parts.path.rpartition("/_api/")[2].partition("/")
    else:
        return None
    data = _object(body.get("data", body))
    version = _text(data.get("Version") or body.get("version") or query.get("version"))
    return _call(service, action, version, data)


def _parts(entry: Mapping[str, Any]) -> SplitResult:
    try:
        return urlsplit(_text(_member(entry, "request", "url"))[:8192])
    except ValueError:
        return urlsplit("")


def _call(service: str, action: str, version: str, parameters: Mapping[str, Any]) -> AskedCall | None:
    if not (_WORD.fullmatch(service) and _WORD.fullmatch(action)):
        return None
    return AskedCall(service, version[:20], action, parameters)


def _signed_for(headers: Mapping[str, str]) -> str:
    """The service in a signature's credential scope: `…/DATE/SERVICE/tc3_request`."""
    before = headers.get("authorization", "").partition("/tc3_request")[0]
    return before.rpartition("/")[2]


def answered(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The `Response` in an entry's answer, however deep below `data`; None where there is none."""
    node: Any = _json(_content(_member(entry, "response", "content")))
    for _ in range(_WRAPPERS + 1):
        if not isinstance(node, dict):
            return None
        found = node.get("Response")
        if isinstance(found, dict):
            return found
        node = node.get("data")
        node = _json(node.encode("utf-8", "replace")) if isinstance(node, str) else node
    return None


def _body(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    posted = _member(entry, "request", "postData")
    if not isinstance(posted, dict):
        return {}
    text = posted.get("text")
    if isinstance(text, str) and text:
        raw = _content(posted)
        found = _json(raw)
        if isinstance(found, dict):
            return found
        if len(text) < LARGEST_BODY and text.count("&") < 200 and "=" in text:
            return dict(parse_qsl(text))
    pairs = posted.get("params")
    if not isinstance(pairs, list):
        return {}
    return {_text(pair.get("name")): pair.get("value") for pair in pairs[:200] if isinstance(pair, dict)}


def _content(content: Any) -> bytes:
    """A body's bytes: base64 undone where the capture says so, gzip undone where it is there, cut at a limit."""
    if not isinstance(content, dict) or not isinstance(content.get("text"), str):
        return b""
    raw = content["text"].encode("utf-8", "replace")
    if content.get("encoding") == "base64":
        try:
            raw = base64.b64decode(raw)
        except (binascii.Error, ValueError):
            return b""
    if raw.startswith(b"\x1f\x8b"):
        try:
            raw = zlib.decompressobj(wbits=31).decompress(raw, LARGEST_BODY + 1)
        except zlib.error:
            return b""
    return raw if len(raw) <= LARGEST_BODY else b""


def _json(raw: bytes) -> Any:
    """What a browser would read; a number that is none is no JSON."""
    try:
        return json.loads(raw, parse_float=_finite, parse_constant=_finite) if raw else None
    except (ValueError, RecursionError):
        return None


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError(digits)
    return number


def _object(found: Any) -> Mapping[str, Any]:
    """An object, also where it travels as text inside another one."""
    found = _json(found.encode("utf-8", "replace")) if isinstance(found, str) else found
    return found if isinstance(found, dict) else {}


def _headers(listed: Any) -> dict[str, str]:
    if not isinstance(listed, list):
        return {}
    return {
        _text(header.get("name")).lower(): _text(header.get("value"))
        for header in listed[:500]
        if isinstance(header, dict)
    }


def _member(entry: Any, *names: str) -> Any:
    for name in names:
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry


def _text(found: Any) -> str:
    return found if isinstance(found, str) else ""


def _sound(tree: Any) -> bool:
    """Whether a tree is small and flat enough to be looked at."""
    seen, level = 0, [tree]
    for _ in range(_DEEPEST):
        seen += len(level)
        if seen > _LARGEST_TREE:
            return False
        level = [child for node in level for child in _children(node)]
        if not level:
            return True
    return False


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
