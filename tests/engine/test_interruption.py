"""Runs that end in the middle of a write, and what the next run makes of them."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.console.embedded.seeds import read_seeds
from provisioner.simulator import Account, ConsoleServer, ConsoleState
from provisioner.simulator.applications import SimulatedApplication
from tests.engine.stack import NAME, Stack, needs_pulumi

pytestmark = needs_pulumi

CALL, CLASSROOM = 20001001, 20001002
ACCOUNT = Account("AKIDheld", "held-secret", "100000000001")
ENVIRONMENT = "environments/dev/environment.yaml"


class HeldState(ConsoleState):
    """A console that holds the first write back until it is released."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reached = threading.Event()
        self.released = threading.Event()

    def change(
        self, sdk_app_id: int, decide: Callable[[SimulatedApplication], SimulatedApplication]
    ) -> SimulatedApplication:
        self.reached.set()
        self.released.wait(60)
        return super().change(sdk_app_id, decide)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A first `up` that hangs in its first write, and the console in this process that it hangs on."""

    stack: Stack
    console: HeldState
    engine: subprocess.Popen[str]

    def heal(self) -> None:
        """Asserts that another `up` brings the console to what the specs say and leaves no operation open."""
        up = self.stack.up()
        assert up.code == 0, up.text
        for sdk_app_id, idle in ((CALL, 5), (CLASSROOM, 60)):
            healed = self.console.application(sdk_app_id)
            assert (healed.enabled, healed.mode) == (True, "auto")
            assert healed.template is not None
            assert healed.template["MaxIdleTime"] == idle
        assert self.stack.state().get("pending_operations", []) == []


def wait_for_checkpoint(stack: Stack) -> None:
    """Until both writes are noted: the file backend does not write atomically, and a kill would tear the file."""
    file = stack.root / "state/.pulumi/stacks/trtc-recording" / f"{NAME}.json"
    for _ in range(600):
        with suppress(ValueError, KeyError):
            if len(json.loads(file.read_text("utf-8"))["checkpoint"]["latest"]["pending_operations"]) == 2:
                return
        time.sleep(0.05)
    raise AssertionError("the engine never noted its writes")


@pytest.fixture
def interrupted(tmp_path: Path) -> Iterator[Interrupted]:
    with HeldState(tmp_path / "console.sqlite") as state, ConsoleServer(state, [ACCOUNT]) as server:
        # A console of its own behind the real driver: an embedded one would end with the plugin.
        variables = {
            "TENCENTCLOUD_SECRET_ID": ACCOUNT.secret_id,
            "TENCENTCLOUD_SECRET_KEY": ACCOUNT.secret_key,
            "NO_PROXY": f"127.0.0.1,{server.endpoint}",
            "no_proxy": f"127.0.0.1,{server.endpoint}",
        }
        stack = Stack.create(tmp_path, variables)
        state.seed(read_seeds(tmp_path, NAME))
        accept = "[action:ModifyRecordMode, action:AlterRecording, 'field:/recording']"
        driver = f"driver: tencent, endpoint: 'http://{server.endpoint}', accept: {accept}"
        stack.edit(ENVIRONMENT, "driver: embedded", driver)
        with stack.start("up", "--yes", "--skip-preview") as engine:
            try:
                assert state.reached.wait(60), "no write was tried"
                wait_for_checkpoint(stack)
                yield Interrupted(stack, state, engine)
            finally:
                state.released.set()
                engine.kill()
                engine.wait()
                stack.end()


def test_an_engine_that_was_killed_is_healed_by_the_next_up(interrupted: Interrupted) -> None:
    interrupted.engine.kill()
    interrupted.engine.wait()
    interrupted.console.released.set()
    refused = interrupted.stack.up()
    assert refused.code != 0
    assert "pulumi cancel" in refused.text
    cancelled = interrupted.stack.command("cancel", "--yes")
    assert cancelled.code == 0, cancelled.text
    interrupted.heal()


def test_a_console_that_was_left_half_written_is_healed_by_the_next_up(interrupted: Interrupted) -> None:
    interrupted.engine.kill()
    interrupted.engine.wait()
    interrupted.stack.kill()
    interrupted.console.released.set()
    assert interrupted.stack.command("cancel", "--yes").code == 0
    assert [interrupted.console.application(app).mode for app in (CALL, CLASSROOM)] == ["manual", "manual"]
    interrupted.heal()


def test_ctrl_c_lets_the_write_finish(interrupted: Interrupted) -> None:
    interrupted.engine.send_signal(signal.SIGINT)
    interrupted.console.released.set()
    text, _ = interrupted.engine.communicate(timeout=60)
    assert interrupted.engine.returncode != 0
    assert "Traceback" not in text, text
    interrupted.heal()
