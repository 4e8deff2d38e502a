"""A connection that fails says where and why, without objects and addresses."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
import requests
import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, ProxyError
from urllib3.util import Timeout

from provisioner.foundation.connection_failures import connection_failure

SECRET = "/s3cret?token=c4n4ry"


@pytest.fixture
def closed() -> int:
    """A port at which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def by_urllib3(url: str) -> None:
    urllib3.PoolManager(retries=False, timeout=Timeout(connect=2, read=0.05)).urlopen("GET", url)


def by_requests(url: str) -> None:
    session = requests.Session()
    session.trust_env = False
    session.get(url, timeout=(2, 0.05))


@pytest.mark.parametrize("get", [by_urllib3, by_requests])
def test_a_port_that_refuses_is_named(get: Callable[[str], None], closed: int) -> None:
    with pytest.raises((HTTPError, requests.ConnectionError)) as failed:
        get(f"http://127.0.0.1:{closed}{SECRET}")
    assert connection_failure(failed.value) == f"nothing listens at 127.0.0.1:{closed}: the connection is refused"


@pytest.mark.parametrize("get", [by_urllib3, by_requests])
def test_silence_is_told(get: Callable[[str], None]) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises((HTTPError, requests.Timeout)) as failed:
            get(f"http://{place}{SECRET}")
    assert connection_failure(failed.value) == f"{place} took the request and did not answer in time"


def test_a_name_that_nobody_knows_and_a_network_without_a_way() -> None:
    with pytest.raises(HTTPError) as failed:
        by_urllib3(f"http://console.invalid{SECRET}")
    assert connection_failure(failed.value) == "the name console.invalid is not known here"
    there = urllib3.connection.HTTPConnection("console.example", 443)
    unreachable = NewConnectionError(there, "no route")
    unreachable.__cause__ = OSError(113, "No route to host")
    assert connection_failure(unreachable) == "there is no way to console.example:443"
    through = ProxyError("no", unreachable)
    assert connection_failure(through) == "the proxy does not let it through: there is no way to console.example:443"


def test_what_has_no_plain_word_is_left_to_the_caller() -> None:
    assert connection_failure(ValueError("http://user:secret@host/")) == ""
    assert connection_failure(HTTPError("x")) == ""
