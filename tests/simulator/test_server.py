"""The server in the caller's process: quick to start and stop, quiet, and no trace of it afterwards."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from provisioner.simulator import ConsoleServer, ConsoleState
from tests.simulator.support import ACCOUNT, MANUAL, TEMPLATE, call, recording, sdk


def test_it_accepts_connections_once_started(state: ConsoleState) -> None:
    server = ConsoleServer(state, [ACCOUNT]).start()
    try:
        host, port = server.endpoint.split(":")
        assert host == "127.0.0.1"
        with socket.create_connection((host, int(port)), timeout=1):
            assert call(sdk(server.endpoint), "DescribeAppStatList", Limit=1)["TotalNum"] == 3
    finally:
        server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=1)


def test_stopping_drops_open_connections(state: ConsoleState) -> None:
    server = ConsoleServer(state, [ACCOUNT]).start()
    host, port = server.endpoint.split(":")
    client = sdk(server.endpoint)
    call(client, "DescribeAppStatList")  # leaves a connection open
    with socket.create_connection((host, int(port)), timeout=1) as half:
        half.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\nContent-Type: application/json\r\n\r\n12345")
        call(client, "DescribeAppStatList")  # by now the half request above has arrived, too
        server.stop()
        half.settimeout(1)
        with contextlib.suppress(ConnectionResetError):
            assert half.recv(1) == b""  # dropped, not left hanging
    assert "embedded-console" not in {thread.name for thread in threading.enumerate()}
    server.stop()


def test_it_runs_once_and_can_run_again(state: ConsoleState) -> None:
    server = ConsoleServer(state, [ACCOUNT])
    with pytest.raises(RuntimeError, match="is not running"):
        _ = server.endpoint
    with server, pytest.raises(RuntimeError, match="is running already"):
        server.start()
    with server:
        assert call(sdk(server.endpoint), "DescribeAppStatList")["TotalNum"] == 3


def test_it_leaves_the_process_alone(
    state: ConsoleState, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    root = (logging.getLogger().level, list(logging.getLogger().handlers))
    with ConsoleServer(state, [ACCOUNT]) as server:
        host, port = server.endpoint.split(":")
        with socket.create_connection((host, int(port)), timeout=1) as noise:
            noise.sendall(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
            assert noise.recv(100).startswith(b"HTTP/1.1 400")
        call(sdk(server.endpoint), "DescribeAppStatList")
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
        assert all(thread.daemon for thread in threading.enumerate() if thread.name == "embedded-console")
    assert (logging.getLogger().level, list(logging.getLogger().handlers)) == root
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []


def test_an_answer_does_not_wait_for_delayed_acknowledgements(state: ConsoleState) -> None:
    with ConsoleServer(state, [ACCOUNT]) as server:
        client = sdk(server.endpoint)  # held, so that its connection stays open
        call(client, "DescribeAppStatList")
        assert server._running is not None
        (connection,) = server._running[0].server_state.connections
        accepted = connection.transport.get_extra_info("socket")
        # Off, every call takes 40 ms instead of one.
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_threads_share_one_console(state: ConsoleState) -> None:
    with ConsoleServer(state, [ACCOUNT], calls_per_second=None) as server, ThreadPoolExecutor(4) as pool:

        def write(number: int) -> None:
            client = sdk(server.endpoint)
            for _ in range(5):
                call(
                    client,
                    "AlterRecording",
                    SdkAppId=MANUAL,
                    Template={**TEMPLATE, "MaxIdleTime": 5 + number},
                )
                state.edit(MANUAL, enabled=True)  # the test's thread and the console's use the same state

        list(pool.map(write, range(4)))
        assert recording(sdk(server.endpoint), MANUAL)["Template"]["MaxIdleTime"] in range(5, 9)
    assert state.accepted_writes() == 20
