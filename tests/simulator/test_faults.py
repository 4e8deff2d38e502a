"""Faults on demand, seen through the SDK and on the bare connection."""

from __future__ import annotations

import http.client
import time
from typing import Any

import pytest
import requests
from tencentcloud.common.common_client import CommonClient

from provisioner.foundation.errors import UsageError
from provisioner.simulator import ConsoleServer, ConsoleState, Fault
from tests.simulator.conftest import MovableClock
from tests.simulator.support import ACCOUNT, MANUAL, TEMPLATE, call, recording, refused, sdk, signed, trtc

WRITE = "AlterRecording"


def write(client: CommonClient, idle: int) -> None:
    call(client, WRITE, SdkAppId=MANUAL, Template={**TEMPLATE, "MaxIdleTime": idle})


def held(state: ConsoleState) -> int | None:
    template = state.application(MANUAL).template
    return None if template is None else template["MaxIdleTime"]


def test_a_rate_refusal_changes_nothing(client: CommonClient, state: ConsoleState) -> None:
    state.faults.add(Fault("rate", count=2))
    for _ in range(2):
        assert refused(client, WRITE, SdkAppId=MANUAL, Template=TEMPLATE).code == "RequestLimitExceeded"
    assert held(state) is None
    write(client, 5)


def test_a_server_error_is_not_the_services_own_word(client: CommonClient, state: ConsoleState) -> None:
    state.faults.add(Fault("server-error", count=1))
    assert refused(client, WRITE, SdkAppId=MANUAL, Template=TEMPLATE).code == "ServerNetworkError"
    assert held(state) is None


@pytest.mark.parametrize(("kind", "took_effect"), [("reset-before", False), ("reset-after", True)])
def test_a_reset_before_and_after_the_write(
    client: CommonClient, state: ConsoleState, kind: str, took_effect: bool
) -> None:
    state.faults.add(Fault(kind, (WRITE,), count=1))
    refusal = refused(client, WRITE, SdkAppId=MANUAL, Template=TEMPLATE)
    assert refusal.code == "ClientNetworkError"  # the SDK cannot tell which it was
    assert held(state) == (5 if took_effect else None)
    assert state.accepted_writes() == int(took_effect)
    write(client, 6)  # the next connection is a good one


def test_a_reset_is_one(client: CommonClient, state: ConsoleState) -> None:
    state.faults.add(Fault("reset-after", count=1))
    request = signed(client, "DescribeAppStatList", {})
    connection = http.client.HTTPConnection(request.endpoint, timeout=5)
    connection.request("POST", "/", request.body, request.headers)
    with pytest.raises(ConnectionResetError):
        connection.getresponse()
    connection.close()


def test_a_truncated_answer_leaves_the_sdks_own_errors(client: CommonClient, state: ConsoleState) -> None:
    state.faults.add(Fault("truncated", (WRITE,), count=1))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        write(client, 5)
    assert held(state) == 5
    write(client, 6)


def test_latency_delays_one_call_and_nobody_else(
    client: CommonClient, server: ConsoleServer, state: ConsoleState
) -> None:
    state.faults.add(Fault("latency", (WRITE,), count=1, seconds=0.2))
    started = time.monotonic()
    write(client, 5)
    assert time.monotonic() - started >= 0.2


def test_who_gives_up_waiting_has_written_all_the_same(server: ConsoleServer, state: ConsoleState) -> None:
    state.faults.add(Fault("latency", count=1, seconds=0.3))
    impatient = sdk(server.endpoint)
    impatient.request.conn.timeout = 0.05
    assert refused(impatient, WRITE, SdkAppId=MANUAL, Template=TEMPLATE).code == "ClientNetworkError"
    deadline = time.monotonic() + 5
    while held(state) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert held(state) == 5


def test_a_delayed_call_does_not_keep_the_server(state: ConsoleState) -> None:
    state.faults.add(Fault("latency", seconds=30))
    with ConsoleServer(state, [ACCOUNT]) as server:
        request = signed(sdk(server.endpoint), WRITE, {"SdkAppId": MANUAL, "Template": TEMPLATE})
        connection = http.client.HTTPConnection(request.endpoint, timeout=5)
        connection.request("POST", "/", request.body, request.headers)
        while state.faults.all()[0].drawn == 0:
            time.sleep(0.01)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    connection.close()
    assert held(state) is None


def test_a_stale_read_answers_what_was_true(client: CommonClient, state: ConsoleState, clock: MovableClock) -> None:
    write(client, 5)
    clock.now += 10
    write(client, 6)
    clock.now += 10
    state.faults.add(Fault("stale", count=3, seconds=15))
    seen = [recording(client, MANUAL)["Template"]["MaxIdleTime"] for _ in range(2)]
    write(client, 7)  # a write is never stale, though it uses a strike up
    assert [*seen, recording(client, MANUAL)["Template"]["MaxIdleTime"]] == [5, 5, 7]


def test_a_stale_read_from_before_everything(client: CommonClient, state: ConsoleState) -> None:
    write(client, 5)
    state.faults.add(Fault("stale", seconds=3600))
    assert recording(client, MANUAL) == {
        "Enabled": 1,
        "Type": "new",
        "Mode": "manual",
        "Template": None,
        "ChangedAt": None,
    }


@pytest.mark.parametrize("seconds", [-400, 400])
def test_a_wrong_clock(client: CommonClient, state: ConsoleState, clock: MovableClock, seconds: int) -> None:
    state.faults.add(Fault("clock", count=1, seconds=seconds))
    refusal = refused(client, "DescribeAppStatList")
    assert refusal.code == "AuthFailure.SignatureExpire"
    assert str(int(clock.now + seconds)) in refusal.message
    assert call(client, "DescribeAppStatList")


def test_only_the_actions_that_are_named(client: CommonClient, state: ConsoleState) -> None:
    state.faults.add(Fault("rate", ("Describe*Info", WRITE)))
    assert call(client, "DescribeAppStatList")
    assert refused(client, "DescribeSdkAppInfo", SdkAppId=MANUAL).code == "RequestLimitExceeded"
    assert refused(client, WRITE, SdkAppId=MANUAL, Template=TEMPLATE).code == "RequestLimitExceeded"


def test_chance_is_the_seeds(client: CommonClient, state: ConsoleState) -> None:
    def course(seed: int) -> list[bool]:
        number = state.faults.add(Fault("rate", probability=0.3, seed=seed))
        struck = [state.faults.draw("DescribeAppStatList").over_limit for _ in range(200)]
        (entry,) = state.faults.all()
        assert (entry.number, entry.drawn, entry.struck) == (number, 200, sum(struck))
        assert state.faults.clear(number) == 1
        return struck

    assert course(1) == course(1) != course(2)
    assert 30 < sum(course(1)) < 90


def test_a_fault_that_is_spent_stays_to_be_looked_at(client: CommonClient, state: ConsoleState) -> None:
    state.faults.add(Fault("rate", count=1))
    refused(client, "DescribeAppStatList")
    call(client, "DescribeAppStatList")
    (entry,) = state.faults.all()
    assert (entry.spent, entry.drawn, entry.struck) == (True, 1, 1)
    assert (state.faults.clear(), state.faults.all()) == (1, [])


def test_another_process_sets_them(server: ConsoleServer, client: CommonClient, state: ConsoleState) -> None:
    with ConsoleState(state.path) as other:
        other.faults.add(Fault("rate", count=1))
    assert refused(client, "DescribeAppStatList").code == "RequestLimitExceeded"


def test_faults_come_together(client: CommonClient, state: ConsoleState) -> None:
    for _ in range(2):
        state.faults.add(Fault("latency", count=1, seconds=0.05))
    state.faults.add(Fault("reset-after", count=1))
    started = time.monotonic()
    assert refused(client, WRITE, SdkAppId=MANUAL, Template=TEMPLATE).code == "ClientNetworkError"
    assert time.monotonic() - started >= 0.1
    assert state.accepted_writes() == 1


def test_they_strike_over_https_too(state: ConsoleState) -> None:
    with ConsoleServer(state, [ACCOUNT], tls=True) as server:
        client = trtc(server.endpoint, ca_file=server.ca_file)
        for kind in ("reset-before", "reset-after", "truncated", "server-error"):
            state.faults.add(Fault(kind, count=1))
            with pytest.raises(Exception, match=r"(?i)network|error|reset|read|closed|eof"):
                client.call_json("DescribeAppStatList", {})
        assert client.call_json("DescribeAppStatList", {})["Response"]["TotalNum"] == 3


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "fire"},
        {"kind": "latency"},
        {"kind": "rate", "seconds": 1},
        {"kind": "latency", "seconds": -1},
        {"kind": "rate", "count": 0},
        {"kind": "rate", "probability": 0},
        {"kind": "rate", "probability": 1.1},
    ],
    ids=str,
)
def test_a_fault_that_makes_no_sense(fault: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Fault(**fault)
