"""What the transport promises beyond urllib3: what counts as no answer, what leaves, what no message ever shows."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest

from provisioner.console.tencent.transport import HttpAnswer, NoAnswerError, Transport
from tests.console.endpoint import read_request

JSON = b"Content-Type: application/json\r\n"


class Peer:
    """Answers each request with the next of `replies`; closes behind the last. Counts connections."""

    def __init__(self, *replies: bytes) -> None:
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
                while self.replies and (request := read_request(connection)):
                    self.received.append(request)
                    reply = self.replies.pop(0)
                    connection.sendall(reply)
                    if b"Connection: close" in reply:
                        break

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def peer(*replies: bytes) -> Iterator[Peer]:
    served = Peer(*replies)
    thread = threading.Thread(target=served.serve, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.close()


def send(transport: Transport, **header: str) -> HttpAnswer:
    request = SimpleNamespace(method="POST", data='{"a": 1}', header={"Host": "x", **header})
    return transport.send_request(request)


def test_a_connection_is_kept_until_the_peer_says_otherwise() -> None:
    whole = b"HTTP/1.1 200 OK\r\n" + JSON + b"Content-Length: 2\r\n\r\n{}"
    last = whole.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with peer(whole, last, whole) as served:
        transport = Transport("http", served.host, direct=True)
        assert [send(transport).content for _ in range(3)] == [b"{}"] * 3
        assert served.connections == 2
        transport.close()
    head, _, body = served.received[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert (head.count(b"Host: x"), body) == (1, b'{"a": 1}')


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
    with peer(broken) as served, pytest.raises(NoAnswerError) as caught:
        send(Transport("http", served.host, direct=True))
    assert caught.value.sent


@pytest.mark.parametrize("value", ["s3cret\r\nX-Evil: 1", "s3cret\u20ac"])
def test_nobody_smuggles_a_header_through_a_value_and_no_message_shows_it(value: str) -> None:
    with peer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as served:
        transport = Transport("http", served.host, direct=True)
        with pytest.raises(NoAnswerError, match="characters that no header can hold") as caught:
            send(transport, Token=value)
        assert not caught.value.sent
        assert "s3cret" not in str(caught.value)
        assert send(transport).content == b""
    assert len(served.received) == 1


def test_a_proxy_is_told_user_and_password_and_the_endpoint_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with peer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as proxy:
        monkeypatch.setenv("http_proxy", f"http://ann:p%40ss@{proxy.host}")
        monkeypatch.setenv("no_proxy", "")
        send(Transport("http", "trtc.invalid"))
    head = proxy.received[0]
    assert head.startswith(b"POST http://trtc.invalid/ HTTP/1.1\r\n")
    assert b"proxy-authorization: Basic " + b64encode(b"ann:p@ss") in head


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n",
        b"",  # not even a status line comes to its end
    ],
)
def test_a_peer_that_trickles_is_left_at_the_deadline_and_not_at_the_last_byte(head: bytes) -> None:
    """Each byte comes well within the longest silence; the whole of them would take hours."""
    with trickling(head) as host:
        transport = Transport("http", host, direct=True, answer_seconds=60, total_seconds=0.3)
        with pytest.raises(NoAnswerError, match=r"takes longer than 0\.3 s") as caught:
            send(transport)
        transport.close()
    assert caught.value.sent  # whether a write took effect is not known


@contextmanager
def trickling(head: bytes) -> Iterator[str]:
    """A peer that answers `head` and then one byte after the other, for as long as anybody listens."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                read_request(connection)
                connection.sendall(head)
                while not ended.wait(0.01):
                    connection.sendall(b"x")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        thread.join()
