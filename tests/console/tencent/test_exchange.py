"""Answers in every form that HTTP/1.1 allows, and requests that nobody can smuggle a header into."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from provisioner.console.tencent.transport import Answer, NoAnswerError, Transport

JSON = b"Content-Type: application/json\r\n"


class Peer:
    """Answers each request with the next of `replies`, in pieces; closes behind the last. Counts connections."""

    def __init__(self, *replies: list[bytes]) -> None:
        self.replies = list(replies)
        self.connections = 0
        self.received: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        while self.replies:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed with replies that nobody asked for
            self.connections += 1
            with connection:
                while self.replies and (request := connection.recv(1 << 16)):
                    self.received.append(request)
                    pieces = self.replies.pop(0)
                    for piece in pieces:
                        connection.sendall(piece)
                    if any(b"Connection: close" in piece for piece in pieces):
                        break

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def peer(*replies: list[bytes]) -> Iterator[Peer]:
    served = Peer(*replies)
    thread = threading.Thread(target=served.serve, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.close()


def send(transport: Transport, **header: str) -> Answer:
    request = SimpleNamespace(method="POST", data='{"a": 1}', header={"Host": "x", **header})
    return transport.send_request(request)


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\n" + JSON + b"Content-Length: 5\r\n\r\nhello"],
        [b"HTTP/1.1 200 OK\r\nContent-Ty", b"pe: application/json\r\nContent-Length: 5\r\n", b"\r\nhe", b"llo"],
        [b"HTTP/1.1 200 OK\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n", b"3\r\nllo\r\n0\r\n\r\n"],
        [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + JSON + b"Content-Length: 5\r\n\r\nhello"],
        [b"HTTP/1.1 200 OK\r\n" + JSON + b"Connection: close\r\n\r\nhello"],
    ],
    ids=["length", "in pieces", "chunked", "after a 100", "until the connection closes"],
)
def test_an_answer_is_read_whole(pieces: list[bytes]) -> None:
    with peer(pieces) as served:
        answer = send(Transport("http", served.host, direct=True))
    assert (answer.status_code, answer.headers, answer.content) == (
        200,
        {"Content-Type": "application/json"},
        b"hello",
    )


def test_a_connection_is_kept_until_the_peer_says_otherwise() -> None:
    whole = b"HTTP/1.1 200 OK\r\n" + JSON + b"Content-Length: 2\r\n\r\n{}"
    last = whole.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with peer([whole], [last], [whole]) as served:
        transport = Transport("http", served.host, direct=True)
        assert [send(transport).content for _ in range(3)] == [b"{}"] * 3
        assert served.connections == 2
        transport.close()
    assert served.received[0] == (
        b'POST / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\nContent-Length: 8\r\n\r\n{"a": 1}'
    )


@pytest.mark.parametrize(
    "broken",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhel",
        b"220 smtp.example.com ESMTP Connection: close\r\n",
        b"Connection: close",
    ],
    ids=["length", "chunked", "another protocol", "no protocol"],
)
def test_an_answer_that_breaks_off_is_none(broken: bytes) -> None:
    with peer([broken]) as served, pytest.raises(NoAnswerError) as caught:
        send(Transport("http", served.host, direct=True))
    assert caught.value.sent


def test_nobody_smuggles_a_header_through_a_value() -> None:
    with peer([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"]) as served:
        transport = Transport("http", served.host, direct=True)
        with pytest.raises(NoAnswerError, match="line break") as caught:
            send(transport, Token="a\r\nX-Evil: 1")
        assert not caught.value.sent
        assert send(transport).content == b""
    assert len(served.received) == 1
