"""The envelope: what is answered to whatever arrives, and how much of it a second."""

from __future__ import annotations

import uuid

import pytest
from tencentcloud.common.common_client import CommonClient

from provisioner.simulator import ConsoleServer, ConsoleState
from tests.simulator.conftest import MovableClock
from tests.simulator.support import ACCOUNT, NEW, call, refused, sdk, signed


def test_an_answer_is_json_by_exactly_that_content_type(client: CommonClient) -> None:
    status, content_type, response = signed(client, "DescribeAppStatList", {"Limit": 1}).send()
    assert (status, content_type) == (200, "application/json")
    assert uuid.UUID(response["RequestId"]).version == 4
    assert response["TotalNum"] == 3


def test_every_answer_has_its_own_request_id(client: CommonClient) -> None:
    ids = {refused(client, "Nothing").request_id for _ in range(5)}
    assert len(ids) == 5


def test_an_unknown_action(client: CommonClient) -> None:
    assert refused(client, "DescribeRecordingTemplate").code == "InvalidAction"


def test_an_unknown_version(server: ConsoleServer) -> None:
    refusal = refused(sdk(server.endpoint, version="2018-07-17"), "DescribeAppStatList")
    assert (refusal.code, refusal.message) == (
        "NoSuchVersion",
        "The specified api version=`2018-07-17` does not exist in service=`trtc`.",
    )


def test_an_unknown_service(server: ConsoleServer) -> None:
    refusal = refused(sdk(server.endpoint, service="cvm"), "DescribeAppStatList")
    assert refusal.code == "AuthFailure.InvalidAuthorization"
    assert "`Service` in Credential not valid" in refusal.message


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1", b"NaN", b'{"Limit": Infinity}', b"[" * 100_000, b'"\xff"', b"1" * 5000]
)
def test_a_body_that_is_not_json(client: CommonClient, body: bytes) -> None:
    client.profile.unsignedPayload = True  # the signature stays right whatever the body is
    request = signed(client, "DescribeAppStatList", {})
    request.body = body
    assert request.code() == "InvalidParameter.BodyParamsError"


@pytest.mark.parametrize("parameters", [[], "text", 1, None])
def test_a_body_that_is_not_an_object(client: CommonClient, parameters: object) -> None:
    assert signed(client, "DescribeAppStatList", parameters).code() == "InvalidParameterValue"


def test_a_body_that_is_too_large(client: CommonClient) -> None:
    request = signed(client, "DescribeAppStatList", {"Filler": "x" * 10 * 1024 * 1024})
    assert request.code() == "RequestSizeLimitExceeded"


@pytest.mark.parametrize(
    ("attribute", "value"), [("method", "GET"), ("method", "DELETE"), ("path", "/v2"), ("path", "//")]
)
def test_other_methods_and_paths(client: CommonClient, attribute: str, value: str) -> None:
    request = signed(client, "DescribeAppStatList", {})
    setattr(request, attribute, value)
    assert request.code() == "UnsupportedProtocol"


def test_another_content_type(client: CommonClient) -> None:
    request = signed(client, "DescribeAppStatList", {})
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    assert request.code() == "UnsupportedProtocol"


def test_the_sdk_with_get(server: ConsoleServer) -> None:
    assert refused(sdk(server.endpoint, method="GET"), "DescribeAppStatList").code == "UnsupportedProtocol"


def test_a_fault_of_the_console_is_no_traceback(
    client: CommonClient, state: ConsoleState, capfd: pytest.CaptureFixture[str]
) -> None:
    state.close()
    refusal = refused(client, "DescribeAppStatList")
    assert refusal.code == "InternalError"
    assert "sqlite" not in refusal.message.lower()
    assert capfd.readouterr() == ("", "")


def test_twenty_calls_a_second_and_action(state: ConsoleState, clock: MovableClock) -> None:
    with ConsoleServer(state, [ACCOUNT]) as server:
        client = sdk(server.endpoint)
        for _ in range(20):
            call(client, "DescribeAppStatList")
        for _ in range(3):
            refusal = refused(client, "DescribeAppStatList")
            assert refusal.code == "RequestLimitExceeded"
            assert "exceeds the frequency limit `20` for a second" in refusal.message
        call(client, "DescribeSdkAppInfo", SdkAppId=NEW)  # another action has a bucket of its own
        clock.now += 0.5
        for _ in range(10):
            call(client, "DescribeAppStatList")
        assert refused(client, "DescribeAppStatList").code == "RequestLimitExceeded"
        clock.now += 30  # a long pause earns no more than one second's worth
        for _ in range(20):
            call(client, "DescribeAppStatList")
        assert refused(client, "DescribeAppStatList").code == "RequestLimitExceeded"


def test_a_clock_set_back_does_not_lock_the_console(state: ConsoleState, clock: MovableClock) -> None:
    assert [state.take_token("A", 2) for _ in range(3)] == [True, True, False]
    clock.now -= 3600
    assert not state.take_token("A", 2)
    clock.now += 1
    assert [state.take_token("A", 2) for _ in range(3)] == [True, True, False]


def test_who_is_refused_at_the_door_uses_up_nothing(state: ConsoleState) -> None:
    with ConsoleServer(state, [ACCOUNT], calls_per_second=1) as server:
        for _ in range(3):
            refused(sdk(server.endpoint, secret_key="wrong"), "DescribeAppStatList")
        client = sdk(server.endpoint)
        call(client, "DescribeAppStatList")
        assert refused(client, "DescribeAppStatList").code == "RequestLimitExceeded"
