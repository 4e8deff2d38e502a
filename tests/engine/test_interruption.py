"""Runs that end in the middle of a write, and what the next run makes of them."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from provisioner.console.embedded.seeds import read_seeds
from provisioner.provider.tokens import RESOURCE
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


@pytest.fixture
def interrupted(never_up: Stack, tmp_path: Path) -> Iterator[Interrupted]:
    with HeldState(tmp_path / "console.sqlite") as state, ConsoleServer(state, [ACCOUNT]) as server:
        # A console of its own behind the real driver: an embedded one would end with the plugin.
        variables = {
            "TENCENTCLOUD_SECRET_ID": ACCOUNT.secret_id,
            "TENCENTCLOUD_SECRET_KEY": ACCOUNT.secret_key,
            "NO_PROXY": f"127.0.0.1,{server.endpoint}",
            "no_proxy": f"127.0.0.1,{server.endpoint}",
        }
        stack = replace(never_up.copied(tmp_path), variables=variables)
        state.seed(read_seeds(tmp_path, NAME))
        accept = "[action:ModifyRecordMode, action:AlterRecording, 'field:/recording']"
        driver = f"driver: tencent, endpoint: 'http://{server.endpoint}', accept: {accept}"
        stack.edit(ENVIRONMENT, "driver: embedded", driver)
        with stack.start("up", "--yes", "--skip-preview") as engine:
            try:
                assert state.reached.wait(60), "no write was tried"
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


def test_ctrl_c_lets_the_write_finish(interrupted: Interrupted) -> None:
    interrupted.engine.send_signal(signal.SIGINT)
    interrupted.console.released.set()
    text, _ = interrupted.engine.communicate(timeout=60)
    assert interrupted.engine.returncode != 0
    assert "Traceback" not in text, text
    held = {resource["id"] for resource in interrupted.stack.state()["resources"] if resource.get("id")}
    assert {str(CALL), str(CLASSROOM)} <= held  # the state was written all the same
    interrupted.heal()


def test_an_error_leaves_the_rest_of_the_run_in_the_state(stack: Stack) -> None:
    stack.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    stack.edit("templates/classroom/v1.yaml", "maxIdleTime: 60s", "maxIdleTime: 20s")
    key = "  settings: {callback: {url: 'https://example.com/recorded', keyRef: env:NOBODY_SET_THIS}}\n"
    stack.edit("environments/dev/apps/classroom.yaml", "recording:\n", f"recording:\n{key}")
    failed = stack.up()
    assert failed.code != 0
    assert "NOBODY_SET_THIS" in failed.text
    held = {each["id"]: each for each in stack.state()["resources"] if each["type"] == RESOURCE}
    idle = {name: held[str(name)]["inputs"]["recording"]["settings"]["maxIdleTime"] for name in (CALL, CLASSROOM)}
    assert idle == {CALL: "20s", CLASSROOM: "1m"}
    assert (stack.application(CALL).template or {})["MaxIdleTime"] == 20
    healed = replace(stack, variables={"NOBODY_SET_THIS": "abc"}).up()
    assert (healed.code, healed.steps["video-call"], healed.steps["classroom"]) == (0, ["same"], ["update"])
