"""What the client does about everything that goes wrong between it and the service."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from tencentcloud.common.credential import Credential

from provisioner.console.port import AmbiguousWriteError, ConsoleError
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.limiter import Limiter
from tests.console.endpoint import Reply, answers, endpoint, refuses, reset, status, truncated

SECRET = "s3cret-key-of-nobody"


class Naps:
    """Instead of sleeping: what was slept."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def client(host: str, naps: Naps, token: str | None = None) -> TencentClient:
    return TencentClient(
        "trtc",
        "2019-07-22",
        "ap-singapore",
        Endpoint(host, "http", direct=True),
        Credential("AKIDtest", SECRET, token),
        limiter=Limiter(1000, sleep=naps),
        sleep=naps,
    )


def failure(call: Callable[[], Any]) -> ConsoleError:
    with pytest.raises(ConsoleError) as caught:
        call()
    return caught.value


def test_an_error_is_seen_whatever_charset_its_answer_names() -> None:
    # Trap: the SDK looks for errors only in exactly `application/json`, and takes any other answer for a success.
    refused = refuses("InvalidParameter", "bad", "application/json; charset=utf-8")
    with endpoint(refused) as served:
        error = failure(lambda: client(served.host, Naps()).write("AlterRecording", {}))
    assert (error.code, error.request_id) == ("InvalidParameter", "req-1")


def test_one_refusal_by_rate_costs_one_more_call_and_no_error() -> None:
    # Trap: the SDK's StandardRetryer calls again after a success and then raises the stale refusal.
    with endpoint(refuses("RequestLimitExceeded"), answers(Done=1)) as served:
        naps = Naps()
        assert client(served.host, naps).write("AlterRecording", {"a": 1})["Done"] == 1
        assert len(served.seen) == 2
        assert any(nap > 0.05 for nap in naps.taken)


def test_refusals_without_end_are_an_error_with_advice() -> None:
    with endpoint(refuses("RequestLimitExceeded.UinLimitExceeded", "slow down")) as served:
        error = failure(lambda: client(served.host, Naps()).read("DescribeSdkAppInfo", {}))
        assert len(served.seen) == 8
    assert "RequestLimitExceeded.UinLimitExceeded: slow down (request req-1)" in str(error)
    assert "Something else uses this account's rate" in str(error)


@pytest.mark.parametrize("broken", [truncated, reset, status(502), refuses("InternalError.Timeout")])
def test_a_read_is_tried_again(broken: Reply) -> None:
    with endpoint(broken, answers(Name="x")) as served:
        naps = Naps()
        assert client(served.host, naps).read("DescribeSdkAppInfo", {})["Name"] == "x"
        assert len(served.seen) == 2
        assert 3.0 in naps.taken


@pytest.mark.parametrize("broken", [truncated, reset, status(502), refuses("InternalError.Timeout")])
def test_a_write_whose_answer_is_lost_is_never_sent_twice(broken: Reply) -> None:
    # Trap: a write has no idempotency key; only a refusal is certain to have changed nothing.
    with endpoint(broken, answers()) as served:
        with pytest.raises(AmbiguousWriteError):
            client(served.host, Naps()).write("AlterRecording", {})
        assert len(served.seen) == 1


def test_a_write_that_never_left_is_no_ambiguity() -> None:
    with endpoint(answers()) as served:
        gone = served.host
    error = failure(lambda: client(gone, Naps()).write("AlterRecording", {}))
    assert not isinstance(error, AmbiguousWriteError)
    assert error.code == "ClientNetworkError"


def test_a_truncated_body_is_our_error_not_that_of_a_library() -> None:
    with endpoint(truncated) as served:
        error = failure(lambda: client(served.host, Naps()).read("DescribeSdkAppInfo", {}))
    assert error.code == "ClientNetworkError"
    assert "0x" not in str(error)


def test_a_page_of_a_proxy_is_told_as_text() -> None:
    # Trap: the SDK's message of a non-200 answer is bytes.
    with endpoint(status(502)) as served:
        error = failure(lambda: client(served.host, Naps()).read("DescribeSdkAppInfo", {}))
    assert error.code == "ServerNetworkError"
    assert "<html>Bad Gateway</html>" in str(error)


def test_the_token_of_temporary_credentials_is_sent() -> None:
    with endpoint(answers()) as served:
        client(served.host, Naps(), token="tok").read("DescribeSdkAppInfo", {})
        assert served.seen[0][1]["X-TC-Token"] == "tok"


def test_a_proxy_variable_does_not_capture_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with endpoint(answers(Name="x")) as served:
        assert client(served.host, Naps()).read("DescribeSdkAppInfo", {})["Name"] == "x"


def test_a_proxy_is_used_where_one_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint(answers(Name="by proxy")) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.host}")
        monkeypatch.setenv("no_proxy", "")
        through = TencentClient(
            "trtc", "2019-07-22", "ap-x", Endpoint("trtc.invalid", "http"), Credential("a", "b"), sleep=Naps()
        )
        assert through.read("DescribeSdkAppInfo", {})["Name"] == "by proxy"


def test_the_sdks_debug_log_never_reaches_a_sink(caplog: pytest.LogCaptureFixture) -> None:
    # Trap: at debug level the SDK prints Authorization headers and bodies.
    caplog.set_level(logging.DEBUG)
    with endpoint(answers(Key=SECRET)) as served:
        client(served.host, Naps(), token="t0ken-of-nobody").write("AlterRecording", {"Key": SECRET})
    assert "AlterRecording: request req-1" in caplog.text
    for canary in (SECRET, "t0ken-of-nobody", "TC3-HMAC"):
        assert canary not in caplog.text


def test_all_threads_together_keep_to_the_rate() -> None:
    moments: list[float] = []
    clock = {"now": 0.0}
    lock = threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            moments.append(round(clock["now"] + seconds, 6))

    limiter = Limiter(20, now=lambda: clock["now"], sleep=sleep)
    threads = [threading.Thread(target=limiter.wait, args=("A",)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(moments) == [round(turn * 0.05, 6) for turn in range(1, 40)]
    limiter.wait("B")
    assert len(moments) == 39


def test_refusals_in_a_row_pause_longer_and_success_forgives() -> None:
    naps = Naps()
    limiter = Limiter(1000, now=lambda: 0.0, sleep=naps)
    for _ in range(3):
        limiter.refused("A")
    limiter.wait("A")
    assert 0.5 <= naps.taken[-1] <= 1.0
    limiter.accepted("A")
    other = Limiter(1000, now=lambda: 0.0, sleep=naps)
    other.refused("A")
    other.wait("A")
    assert naps.taken[-1] <= 0.25


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"", b"null", b'{"code": 0}'])
def test_a_page_instead_of_an_answer_leaves_a_write_unknown(body: bytes) -> None:
    """A proxy's page comes with status 200, too: it is no success, and the write may have been carried out."""
    page = status(200, body)
    with endpoint(page, answers(Done=1)) as served:
        with pytest.raises(AmbiguousWriteError) as caught:
            client(served.host, Naps()).write("AlterRecording", {})
        assert len(served.seen) == 1
    assert caught.value.code == "ClientNetworkError"
    with endpoint(page, answers(Name="x")) as served:
        assert client(served.host, Naps()).read("DescribeSdkAppInfo", {})["Name"] == "x"
