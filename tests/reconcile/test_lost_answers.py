"""A write whose answer is lost is resolved by reading back, and never doubled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tencentcloud.common.credential import Credential

from provisioner.console.port import AmbiguousWriteError
from provisioner.console.tencent.binding import load
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.tencent_driver import TencentConsole
from provisioner.foundation.clock import system_clock
from provisioner.reconcile.apply.apply import Applied, applying
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.recording.value_types import Value
from provisioner.specs.keys.journal import FolderJournal
from tests.console import endpoint as served
from tests.console.endpoint import Reply, answers, reset, status

MANUAL: dict[str, Value] = {"/recording/enabled": True, "/recording/mode": "manual"}


def shows(mode: str) -> Reply:
    return answers(SdkAppInfo={"Name": "x", "Recording": {"Enabled": 1, "Type": "new", "Mode": mode, "Template": None}})


@contextmanager
def console_of(*script: Reply) -> Iterator[tuple[served.Endpoint, TencentConsole]]:
    with served.endpoint(*script) as endpoint:
        client = TencentClient(
            "trtc",
            "2019-07-22",
            "ap-x",
            Endpoint(endpoint.host, "http", direct=True),
            Credential("a", "b"),
            sleep=lambda _: None,
        )
        yield endpoint, TencentConsole(client, load("default", Path()), "test", Path(), read_only=False, accept=None)


def go(console: TencentConsole) -> Applied:
    with (
        TemporaryDirectory() as folder,
        applying(
            EnvironmentState("dev", Path(folder), FolderJournal(), system_clock), console, engine="tests"
        ) as applier,
    ):
        return applier.apply("x", 5, MANUAL, lambda _found, _observed: None)


def writes(endpoint: served.Endpoint) -> int:
    return sum(action == "ModifyRecordMode" for action, _, _ in endpoint.seen)


def test_it_took_effect_all_the_same() -> None:
    with console_of(shows("auto"), reset, shows("manual")) as (endpoint, console):
        assert go(console).observed.fields["/recording/mode"] == "manual"
        assert writes(endpoint) == 1


def test_it_did_not_take_effect_and_is_sent_again() -> None:
    with console_of(shows("auto"), reset, shows("auto"), answers(), shows("manual")) as (endpoint, console):
        assert go(console).effective_after is not None
        assert writes(endpoint) == 2


def test_a_console_that_never_answers_a_write_is_an_error() -> None:
    lost = [reset, shows("auto")]
    with console_of(shows("auto"), *lost, *lost, *lost) as (endpoint, console):
        with pytest.raises(AmbiguousWriteError):
            go(console)
        assert writes(endpoint) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign in</html>",
        b"[]",
        b'{"Response": ' + b"9" * 6000 + b"}",
        b"[" * 100_000,
        b'{"Response": {"a": Infinity}}',
        b"\xff",
    ],
)
def test_what_is_no_answer_is_resolved_by_reading_back(body: bytes) -> None:
    with console_of(shows("auto"), status(200, body), shows("manual")) as (endpoint, console):
        assert go(console).effective_after is not None
        assert writes(endpoint) == 1
