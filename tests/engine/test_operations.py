"""A stack in operation: reviewed plans, locks, targets, outages, other people's credentials, many applications."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.console.embedded.seeds import read_seeds
from provisioner.foundation.clock import system_clock
from provisioner.reconcile.apply.lock import environment_lock, owner_note
from provisioner.simulator import Account, ConsoleServer, ConsoleState
from tests.engine.stack import NAME, Run, Stack, needs_pulumi
from tests.project import Project

pytestmark = needs_pulumi

CALL, CLASSROOM, DESK = 20001001, 20001002, 20001003
SPEC = "environments/dev/apps/video-call.yaml"
CALL_TEMPLATE = "templates/call/v1.yaml"
ENVIRONMENT = "environments/dev/environment.yaml"
URN = "urn:pulumi:dev::trtc-recording::trtc:index:RecordingConfiguration::"


def seen(run: Run) -> str:
    """What a user saw, without what differs from run to run."""
    text = re.sub(r"@ (previewing update|updating)\.*\n", "", run.text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<moment>", text)
    text = re.sub(r"\((\d+\.)?\d+s\)", "(<time>)", text)
    text = re.sub(r"(?m)^Duration: \S+", "Duration: <time>", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<uuid>", text)


def test_what_a_reviewer_of_a_preview_sees(stack: Stack, snapshot: SnapshotAssertion) -> None:
    stack.set(CALL, RecordFormat=["hls"])
    stack.edit(CALL_TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert seen(stack.preview("--diff")) == snapshot


def test_a_preview_tells_that_a_removal_stops_a_recording(stack: Stack) -> None:
    stack.edit(SPEC, "recording:\n", "onRemove: stop-auto\nrecording:\n")
    assert stack.up().code == 0
    (stack.root / SPEC).unlink()
    refused = stack.preview()
    assert (refused.code, refused.steps) == (1, {})
    (told,) = refused.told("error")
    assert "video-call: stop-recording: Its spec is gone, and it said onRemove: stop-auto." in told
    soon = (system_clock() + timedelta(days=30)).date()
    meant = f"removed: {{video-call: {{reason: The trial is over, expires: {soon}}}}}\n"
    stack.edit("environments/dev/environment.yaml", "settings:\n", f"{meant}settings:\n")
    preview = stack.preview()
    assert (preview.code, preview.steps["video-call"]) == (0, ["delete"])


def test_only_the_reviewed_plan_is_carried_out(stack: Stack) -> None:
    stack.edit(CALL_TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert stack.run("plan", NAME, "--out", "plan.json").code == 0
    reviewed = replace(stack, variables={"TRTC_PLAN": "plan.json"})
    stack.set(CALL, MaxIdleTime=300)
    refused = reviewed.up()
    assert refused.code != 0
    (told,) = refused.told("error")
    assert 'plan.json: video-call /recording/settings/maxIdleTime: the console said "5s", now "5m"' in told
    stack.set(CALL, MaxIdleTime=5)
    done = reviewed.up()
    assert (done.code, done.changes) == (0, {"video-call": {"recording.settings.maxIdleTime": ("5s", "20s")}})


def test_a_reviewed_plan_of_what_changed_reads_and_writes_that_alone(stack: Stack) -> None:
    assert stack.up().code == 0
    Project(stack.root).commit()
    stack.edit(CALL_TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert stack.run("plan", NAME, "--changed", "main", "--out", "plan.json").code == 0
    stack.set(CLASSROOM, MaxIdleTime=300)
    reviewed = replace(stack, variables={"TRTC_PLAN": "plan.json"})
    targets = ["--target", f"{URN}video-call", "--target", f"{URN}support-desk"]
    done = reviewed.up(*targets)
    assert (done.code, done.changes) == (0, {"video-call": {"recording.settings.maxIdleTime": ("5s", "20s")}})
    assert (stack.application(CLASSROOM).template or {})["MaxIdleTime"] == 300


def test_a_write_waits_for_nobody_who_is_writing_already(stack: Stack) -> None:
    stack.edit(CALL_TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    with environment_lock(
        stack.root / ".provisioner" / NAME, NAME, owner_note("provisioner apply", system_clock), system_clock
    ):
        refused = stack.up()
    assert refused.code != 0
    assert "dev is being written by" in refused.text
    assert "with provisioner apply" in refused.text
    assert stack.up().code == 0


def test_a_target_is_all_that_is_written(stack: Stack) -> None:
    for app in (CALL, CLASSROOM):
        stack.set(app, MaxIdleTime=300)
    up = stack.up("--target", f"{URN}classroom")
    assert (up.code, up.changes) == (0, {"classroom": {"recording.settings.maxIdleTime": ("5m", "1m")}})
    idle = [(stack.application(app).template or {})["MaxIdleTime"] for app in (CALL, CLASSROOM)]
    assert idle == [300, 60]


def test_a_stack_without_default_providers_works(stack: Stack) -> None:
    disabled = ("config", "set", "--path", "pulumi:disable-default-providers[0]", "*")
    assert stack.command(*disabled).code == 0
    assert stack.up("--expect-no-changes").code == 0


def test_a_stack_can_be_destroyed_when_its_specs_are_broken_or_gone(stack: Stack) -> None:
    stack.edit(SPEC, "mode: auto", "mode: sometimes")
    before = [stack.application(app) for app in (CALL, CLASSROOM, DESK)]
    destroyed = stack.destroy()
    assert destroyed.code == 0, destroyed.text
    (told,) = destroyed.told("warning")
    assert told.startswith("the console was not read, the last known state stands in for it:\n")
    assert f"{SPEC}:9:9: REC011" in told
    assert [stack.application(app) for app in (CALL, CLASSROOM, DESK)] == before


def test_a_provider_under_a_debugger_is_attached_to(stack: Stack) -> None:
    executable = stack.root / "provisioner/provider/pulumi-resource-trtc"
    with subprocess.Popen([executable], cwd=stack.root, stdout=subprocess.PIPE, text=True) as plugin:
        assert plugin.stdout
        attached = replace(stack, variables={"PULUMI_DEBUG_PROVIDERS": f"trtc:{int(plugin.stdout.readline())}"})
        stack.edit(CALL_TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
        up = attached.up()
        assert (up.code, plugin.poll()) == (0, None), up.text
        assert any("takes effect for rooms created after" in told for told in up.told("info"))
        plugin.terminate()


@contextmanager
def served(root: Path, account: Account) -> Iterator[dict[str, str]]:
    """A console that knows one key, and the variables of who has it. Its state outlives it."""
    with ConsoleState(root / "console.sqlite") as state, ConsoleServer(state, [account]) as server:
        state.seed(read_seeds(root, NAME))
        yield {
            "ENDPOINT": server.endpoint,
            "TENCENTCLOUD_SECRET_ID": account.secret_id,
            "TENCENTCLOUD_SECRET_KEY": account.secret_key,
            "NO_PROXY": f"127.0.0.1,{server.endpoint}",
            "no_proxy": f"127.0.0.1,{server.endpoint}",
        }


def on_console(stack: Stack, endpoint: str) -> None:
    """Point the stack at a real endpoint."""
    accept = "[action:ModifyRecordMode, action:AlterRecording, 'field:/recording']"
    driver = f"console: {{driver: tencent, endpoint: 'http://{endpoint}', accept: {accept}}}"
    text = (stack.root / ENVIRONMENT).read_text("utf-8")
    stack.write(ENVIRONMENT, re.sub(r"console: \{.*\}", driver, text))


def test_rotated_credentials_lock_nobody_out(new_stack: Stack) -> None:
    old = Account("AKIDold", "canary-old-key", "100000000001")
    new = Account("AKIDnew", "canary-new-key", "100000000001")
    with served(new_stack.root, old) as variables:
        on_console(new_stack, variables["ENDPOINT"])
        first = replace(new_stack, variables=variables).up()
        assert first.code == 0, first.text
    with served(new_stack.root, new) as variables:
        on_console(new_stack, variables["ENDPOINT"])
        plain = replace(new_stack, variables={**variables, "PULUMI_RUN_PROGRAM": "false"})
        ran = [plain.up("--expect-no-changes"), plain.refresh(), plain.destroy()]
        assert [run.code for run in ran] == [0, 0, 0], ran
        stale = replace(plain, variables={**plain.variables, "TENCENTCLOUD_SECRET_ID": old.secret_id})
        told = stale.preview()
    state = "".join(file.read_text("utf-8") for file in (new_stack.root / "state").rglob("*.json*"))
    assert "canary" not in state + first.text + "".join(run.text for run in ran) + told.text


def test_a_console_that_is_down_is_told_in_words(stack: Stack) -> None:
    on_console(stack, "127.0.0.1:9")
    variables = {"TENCENTCLOUD_SECRET_ID": "AKIDx", "TENCENTCLOUD_SECRET_KEY": "x", "NO_PROXY": "127.0.0.1,127.0.0.1:9"}
    down = replace(stack, variables=variables).preview()
    assert down.code != 0
    assert "ClientNetworkError" in down.text
    assert "trying again in 3 s" in down.text
    assert down.steps == {}


@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.long)])
def test_many_applications(new_stack: Stack, count: int) -> None:
    spec = (new_stack.root / SPEC).read_text("utf-8")
    seeds = [f"  call-{number}: {{sdkAppId: {20100000 + number}}}" for number in range(count)]
    with (new_stack.root / "environments/dev/embedded.yaml").open("a", encoding="utf-8") as embedded:
        embedded.write("\n".join(seeds) + "\n")
    for number in range(count):
        own = spec.replace("name: video-call", f"name: call-{number}").replace(str(CALL), str(20100000 + number))
        new_stack.write(f"environments/dev/apps/call-{number}.yaml", own)
    first = new_stack.up()
    assert first.code == 0, first.text[-2000:]
    assert sum(steps == ["import", "update"] for steps in first.steps.values()) == count + 2
    new_stack.set(20100007, MaxIdleTime=300)
    second = new_stack.up()
    assert second.code == 0
    assert [name for name, steps in second.steps.items() if steps != ["same"]] == ["call-7"]
