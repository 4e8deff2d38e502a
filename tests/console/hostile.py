"""Answers of a console that means harm, made from a seed: valid ones, with structure broken at every layer.

A seed is one answer, so that a failure is repeated by its number. `bench/hostile.py` runs a hundred thousand.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
import re
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from tencentcloud.common.credential import Credential

from provisioner.console.tencent.binding import load
from provisioner.console.tencent.client import Endpoint, Patience, TencentClient
from provisioner.console.tencent.limiter import Limiter
from provisioner.console.tencent.tencent_driver import TencentConsole
from tests.console.endpoint import read_request

ANSWERS: dict[str, Any] = {
    "DescribeAppStatList": {
        "RequestId": "req-1",
        "TotalNum": 2,
        "SdkAppInfos": [{"ID": 1400000001, "Name": "one"}, {"ID": 1400000002, "Name": "two"}],
    },
    "DescribeSdkAppInfo": {
        "RequestId": "req-2",
        "SdkAppInfo": {
            "Name": "one",
            "Recording": {
                "Enabled": 1,
                "Type": "new",
                "Mode": "auto",
                "Template": {
                    "StreamType": 0,
                    "RecordFormat": ["mp4", "hls"],
                    "MaxIdleTime": 5,
                    "MaxMediaFileDuration": 120,
                    "UserDefineRecordPrefix": "class",
                    "MixRecord": {"MaxUsers": 8, "MixLayoutMode": 3, "VideoParams": {"Width": 1280, "BitRate": 900000}},
                    "StorageParams": {"CloudVod": {"TencentVod": {"SubAppId": 7, "ExpireTime": 86400}}},
                },
            },
        },
    },
    "": {"RequestId": "req-3"},
}

TEXTS = (
    "",
    "::error::x",
    "##[error]x",
    "\x1b[2J\x07",
    "a\n::set-output name=x::y",
    "\u202e\u2066",
    "\x00",
    "\ufeff",
    "😀" * 300,
    "x" * 5000,
    "-1",
    "NaN",
    "../../etc/passwd",
    "%s{0}",
)
NUMBERS = (0, -1, 1 << 31, 1 << 63, 1 << 64, 10**30, 1.5, -0.0, 1e308)
RAW = ("NaN", "Infinity", "-Infinity", "1e999", "9" * 6000, '"\\ud800"', "[" * 100_000, '{"a":' * 2000, "tru", "'x'")


def _value(rng: random.Random, depth: int = 0) -> Any:
    kind = rng.randrange(8 if depth < 3 else 6)
    if kind < 2:
        return rng.choice(TEXTS)
    if kind < 4:
        return rng.choice(NUMBERS)
    if kind == 4:
        return rng.choice((None, True, False))
    if kind == 5:
        return rng.choice(([], {}, [[]], {"": {}}))
    if kind == 6:
        return [_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(("Name", "Response", "Error", "ID", "")): _value(rng, depth + 1) for _ in range(3)}


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of everything in a document."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from _places(node[key])


def document(rng: random.Random, action: str) -> str:
    """The JSON of an answer, valid or bent."""
    whole: Any = {"Response": copy.deepcopy(ANSWERS.get(action, ANSWERS[""]))}
    if rng.random() < 0.05:
        whole = _value(rng)
    if rng.random() < 0.15:
        code = rng.choice(("InternalError", "RequestLimitExceeded", "InvalidParameter", *TEXTS))
        whole = {"Response": {"Error": {"Code": code, "Message": rng.choice(TEXTS)}, "RequestId": rng.choice(TEXTS)}}
    raw = ""
    for _ in range(rng.randrange(4)):
        places = list(_places(whole))
        if not places:
            break
        holder, key = rng.choice(places)
        bent = rng.randrange(5)
        if bent == 0:
            del holder[key]
        elif bent == 1 and isinstance(holder, dict):
            holder[rng.choice(TEXTS)] = holder.pop(key)
        elif bent == 2 and isinstance(holder[key], list):
            holder[key] = holder[key] * rng.choice((0, 2, 500))
        elif bent == 3:
            holder[key], raw = "@raw@", rng.choice(RAW)
        else:
            holder[key] = _value(rng)
    text = json.dumps(whole, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.0005:
        raw = json.dumps(rng.choice(("x", "é", "😀")) * (4 << 20), ensure_ascii=False)
        text = '{"Response": {"RequestId": @raw@}}'
    return text.replace('"@raw@"', raw).replace("@raw@", raw) if raw else text


def _encoded(rng: random.Random, text: str) -> bytes:
    encoding = rng.choices(("utf-8", "utf-16", "utf-32", "latin-1", "utf-8-sig"), (20, 1, 1, 1, 1))[0]
    body = text.encode(encoding, "replace" if encoding == "latin-1" else "surrogatepass")
    if rng.random() < 0.05:
        body = bytes(rng.randrange(256) for _ in range(rng.randrange(200)))
    elif rng.random() < 0.05 and body:
        at = rng.randrange(len(body))
        body = body[:at] + bytes([rng.randrange(256)]) + body[at + 1 :]
    return body


def _chunked(rng: random.Random, body: bytes) -> bytes:
    pieces = [body[at : at + 700] for at in range(0, len(body), 700)]
    lines = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
    if lines and rng.random() < 0.2:
        lines[0] = rng.choice((b"zz\r\n", b"-1\r\n", b"f" * 5000 + b"\r\n", b"", b"ffffffffff\r\nx"))
    return b"".join(lines) + rng.choice((b"0\r\n\r\n", b"", b"0\r\nA: b\r\n\r\n"))


def reply(rng: random.Random, action: str) -> bytes:
    """What goes over the wire for one request; the connection closes after it."""
    if rng.random() < 0.01:
        return rng.choice((b"", b"\r\n\r\n", b"220 smtp ready\r\n", b"HTTP/9.9 xx\r\n\r\n", b"HTTP/1.1 200" * 9000))
    body = _encoded(rng, document(rng, action))
    head = [rng.choices((b"HTTP/1.1 200 OK", b"HTTP/1.0 200 OK", b"HTTP/1.1 %d X" % rng.randrange(600)), (20, 2, 2))[0]]
    head.append(rng.choice((b"Content-Type: application/json", b"Content-Type: text/html; charset=latin-1", b"X: y")))
    squeezed = rng.random()
    if squeezed < 0.05:
        head.append(b"Content-Encoding: gzip")
        body = gzip.compress(body, 1) if squeezed < 0.04 else body
    elif squeezed < 0.08:
        head.append(b"Content-Encoding: deflate, gzip")
        body = zlib.compress(gzip.compress(body, 1), 1)
    elif squeezed < 0.0805:
        head.append(b"Content-Encoding: gzip")
        body = bomb()
    framing = rng.random()
    if framing < 0.2:
        head.append(b"Transfer-Encoding: chunked")
        body = _chunked(rng, body)
    elif framing < 0.9:
        length = len(body) if rng.random() < 0.9 else rng.choice((0, -1, 1, 10**30, len(body) + 50))
        head.append(b"Content-Length: %d" % length)
    if rng.random() < 0.1:
        dates = (b"Fri, 31 Dec 9999 23:59:59 -2359", b"x", b"Mon, 99 Foo 20000 99:99:99 +9999", b"\xff")
        head.append(b"Date: " + rng.choice(dates))
    if rng.random() < 0.02:
        head += rng.choice(([b"A: b"] * 200, [b"B: " + b"x" * 70_000], [b"no colon"], [b"Content-Length: 3, 4"]))
    interim = b"HTTP/1.1 %d Wait\r\n\r\n" % rng.choice((100, 101, 102, 103, 199))
    before = interim * rng.choice((1, 3, 50)) if rng.random() < 0.05 else b""
    whole = before + b"\r\n".join([*head, b"Connection: close"]) + b"\r\n\r\n" + body
    return whole[: rng.randrange(len(whole))] if rng.random() < 0.03 else whole


@cache
def bomb() -> bytes:
    """64 KiB that become 64 MiB."""
    return gzip.compress(bytes(64 << 20))


class HostileConsole:
    """Answers each request with the reply of its seed; one connection a request."""

    def __init__(self, answer: Callable[[str], bytes]) -> None:
        self.answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):  # the client has had enough
                connection.sendall(self.answer(_action(connection)))

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _action(connection: socket.socket) -> str:
    found = re.search(rb"x-tc-action: (\w+)", read_request(connection), re.IGNORECASE)
    return found[1].decode() if found else ""


@contextmanager
def hostile_console(answer: Callable[[str], bytes]) -> Iterator[TencentConsole]:
    """A driver in front of an endpoint that answers what `answer` makes of an action; it never waits."""
    served = HostileConsole(answer)
    thread = threading.Thread(target=served.serve, daemon=True)
    thread.start()
    try:
        with driver_of(served.host) as console:
            yield console
    finally:
        served.close()
        thread.join()


@contextmanager
def driver_of(host: str) -> Iterator[TencentConsole]:
    """The driver in front of an endpoint at `host`; it never waits between its calls."""
    client = TencentClient(
        "trtc",
        "2019-07-22",
        "ap-x",
        Endpoint(host, "http", direct=True),
        Credential("a", "b"),
        limiter=Limiter(1e9, sleep=lambda _: None),
        sleep=lambda _: None,
        back_off=(),
        patience=Patience(answer_seconds=5, refusals=1),
    )
    try:
        yield TencentConsole(client, load("default", Path()), "hostile", Path(), read_only=False, accept=None)
    finally:
        client.close()
