"""Whatever a console answers, a command ends in a result or in an error that harms nobody."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.console.port import AmbiguousWriteError, ConsoleChange, ConsoleError, Observed
from provisioner.console.tencent.tencent_driver import TencentConsole
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import printable
from provisioner.recording.value_types import Value
from tests.console import hostile
from tests.console.hostile import hostile_console

MANUAL: dict[str, Value] = {"/recording/enabled": True, "/recording/mode": "manual"}
CHANGE = ConsoleChange(MANUAL, frozenset(MANUAL))


class Seeded:
    """The answers of one seed."""

    def __init__(self) -> None:
        self.rng = random.Random(0)

    def __call__(self, action: str) -> bytes:
        return hostile.reply(self.rng, action)


SEEDED = Seeded()


@pytest.fixture(scope="module")
def console() -> Iterator[TencentConsole]:
    with hostile_console(SEEDED) as console:
        yield console


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**63))
def test_no_answer_is_an_internal_error(console: TencentConsole, seed: int) -> None:
    SEEDED.rng = random.Random(seed)
    assert hostile_outcome(console, seed) == []


def hostile_outcome(console: TencentConsole, seed: int) -> list[str]:
    """What is wrong with how a list, a read and a write end."""
    wrong = []
    for ask in (console.list_applications, lambda: console.read(5), lambda: console.write(5, CHANGE)):
        try:
            found = ask()
        except ProvisionerError as error:
            told = str(error).replace("\n", "")
            if len(told) > 1200 or printable(told) != told:  # a workflow command is nothing printable
                wrong.append(f"seed {seed}: said {told!r}")
        except Exception as error:  # noqa: BLE001, that is what is counted
            wrong.append(f"seed {seed}: {type(error).__name__}: {str(error)[:300]}")
        else:
            if isinstance(found, Observed) and len(found.name) > 200:
                wrong.append(f"seed {seed}: a name of {len(found.name)} characters")
    return wrong


def http(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), b"Connection: close", *headers, b"", body]
    )


NO_RESPONSES = {
    "list": b"[]",
    "text": b'"Response"',
    "long number": b'{"Response": {"TotalNum": ' + b"9" * 6000 + b"}}",
    "large number": b'{"Response": {"TotalNum": 1' + b"0" * 20 + b"}}",
    "deep": b'{"Response": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "infinity": b'{"Response": {"TotalNum": Infinity}}',
    "overflow": b'{"Response": {"TotalNum": 1e999}}',
    "utf-16": '{"Response": {}}'.encode("utf-16"),
    "surrogate": b'{"Response": {"RequestId": "\\ud800"}}',
    "error without code": b'{"Response": {"Error": "no"}}',
    "many values": b'{"Response": {"SdkAppInfos": [' + b"0," * 300_000 + b"0]}}",
    "large": b'{"Response": {"RequestId": "' + b"x" * (17 << 20) + b'"}}',
    "empty": b"",
}


@pytest.mark.parametrize("body", NO_RESPONSES.values(), ids=list(NO_RESPONSES))
def test_what_is_no_response_leaves_a_write_ambiguous_and_a_read_unanswered(body: bytes) -> None:
    with hostile_console(lambda _: http(body)) as console:
        with pytest.raises(AmbiguousWriteError) as lost:
            console.write(5, CHANGE)
        with pytest.raises(ConsoleError) as unread:
            console.read(5)
    assert lost.value.code == unread.value.code == "ClientNetworkError"
    assert len(str(lost.value)) < 400


def test_a_small_body_that_becomes_a_large_one_is_no_answer() -> None:
    bomb = http(hostile.bomb(), b"Content-Encoding: gzip")
    with hostile_console(lambda _: bomb) as console, pytest.raises(ConsoleError, match="larger than 16 MiB"):
        console.read(5)


@pytest.mark.parametrize("status", [100, 102, 103])
def test_interim_answers_are_passed_over_and_not_for_ever(status: int) -> None:
    interim = b"HTTP/1.1 %d Wait\r\nLink: x\r\n\r\n" % status
    with hostile_console(lambda _: interim * 3 + http(b'{"Response": {"RequestId": "r"}}')) as console:
        assert console.write(5, CHANGE).calls[0][1] == "r"
    with hostile_console(lambda _: interim * 500) as console, pytest.raises(ConsoleError, match="8 interim answers"):
        console.read(5)


def listing(total: int, *ids: int) -> bytes:
    items = ",".join(f'{{"ID": {number}, "Name": "x"}}' for number in ids)
    return http(f'{{"Response": {{"TotalNum": {total}, "SdkAppInfos": [{items}]}}}}'.encode())


@pytest.mark.parametrize("page", [(), (1, 2)], ids=["empty", "the same again"])
def test_a_list_that_brings_nothing_new_is_incomplete_and_says_so(page: tuple[int, ...]) -> None:
    pages = [listing(5, 1, 2), listing(5, *page)]
    with hostile_console(lambda _: pages.pop(0)) as console, pytest.raises(ConsoleError) as caught:
        console.list_applications()
    assert caught.value.code == "IncompleteList"
    assert "lists 2 applications and says that there are 5" in str(caught.value)
    assert pages == []


def test_a_console_s_words_are_short_and_start_no_command(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    refused = '{"Response": {"Error": {"Code": "A", "Message": "::error::%s"}, "RequestId": "##[x]\\n::y::z"}}'
    body = (refused % ("x" * 5000)).encode()
    with hostile_console(lambda _: http(body)) as console, pytest.raises(ConsoleError) as caught:
        console.write(5, CHANGE)
    assert len(caught.value.message) == 200
    assert "::" not in str(caught.value)
    assert "##[" not in str(caught.value)
    with hostile_console(lambda _: http(b'{"Response": {"RequestId": "a\\n::error::x"}}')) as console:
        console.write(5, CHANGE)
    assert "::" not in caplog.text
