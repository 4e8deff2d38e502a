"""Engine and plugin are killed at chosen moments of up, preview and destroy; the state of that run is lost with them.

The engine writes its state once, at the end of a run (`PULUMI_SKIP_CHECKPOINTS`), so whatever a killed run did is in
no state. The next `up` must make good everywhere: console, state and journal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from provisioner.foundation.clock import system_clock
from provisioner.provider import stale_locks
from provisioner.reconcile.apply.journal import Journal, holds_after, open_writes
from provisioner.reconcile.apply.journal_folder import FolderStore
from tests.days import LATER
from tests.engine import killed_plugin
from tests.engine.stack import NAME, ROOT, Stack, needs_host, needs_pulumi

pytestmark = needs_pulumi

CLASSROOM = 20001002
SPEC = f"environments/{NAME}/apps/classroom.yaml"
PLUGIN = """\
#!/bin/sh
PYTHONPATH={root} exec {root}/.venv/bin/python -m tests.engine.killed_plugin "$@"
"""


@dataclass(frozen=True, slots=True)
class Unbroken:
    """What a stack's next `up` does where nobody interrupts it."""

    stack: Stack
    applications: dict[str, str]
    """SDKAppIds by name of those that the stack holds afterwards."""

    writes: int
    """How many writes the console has accepted by then, from the beginning."""


def killable(stack: Stack, path: str = "./provisioner/provider") -> Stack:
    """Its plugin is the one that dies on request."""
    stack.edit("Pulumi.yaml", f"path: {path}", "path: ./plugin")
    plugin = stack.root / "plugin/pulumi-resource-trtc"
    stack.write("plugin/pulumi-resource-trtc", PLUGIN.format(root=ROOT))
    plugin.chmod(0o755)
    return stack


@pytest.fixture(scope="module")
def new(never_up: Stack, tmp_path_factory: pytest.TempPathFactory) -> Unbroken:
    """Three applications to import; two of them differ from the console in everything: six writes."""
    stack = killable(never_up.copied(tmp_path_factory.mktemp("new")))
    stack.edit(SPEC, "recording:\n", "onRemove: stop-auto\nrecording:\n")
    applications = {"classroom": "20001002", "support-desk": "20001003", "video-call": "20001001"}
    return Unbroken(stack, applications, writes=6)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, new: Unbroken) -> Unbroken:
    """An up later: one template has changed, and one application is gone whose removal stops its recording."""
    stack = new.stack.copied(tmp_path_factory.mktemp("changed"))
    assert replace(stack, variables={killed_plugin.VARIABLE: ""}).up().code == 0
    assert stack.accepted_writes() == new.writes
    stack.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    meant = f"removed: {{classroom: {{reason: School is over, expires: {LATER}}}}}\n"
    stack.edit(f"environments/{NAME}/environment.yaml", "settings:\n", f"{meant}settings:\n")
    (stack.root / SPEC).unlink()
    kept = {name: number for name, number in new.applications.items() if name != "classroom"}
    return Unbroken(stack, kept, writes=8)


@dataclass(frozen=True, slots=True)
class Death:
    """When which command dies, and what the stack was before."""

    before: str
    command: str
    moment: str

    def __str__(self) -> str:
        return f"{self.before}-{self.command}-{self.moment}".replace(" ", "-")


DEATHS = [
    Death("new", "up", "after write 2"),
    Death("new", "up", "end"),
    Death("changed", "up", "after Delete 1"),
    Death("changed", "destroy", "after Delete 2"),
]
MORE = [
    Death("new", "up", "before Invoke 1"),
    Death("new", "up", "after Read 2"),
    Death("new", "up", "before Check 3"),
    Death("new", "up", "before write 5"),
    Death("new", "up", "after Update 1"),
    Death("changed", "preview", "after Read 1"),
    Death("changed", "up", "after Update 1"),
    Death("changed", "up", "before Delete 1"),
    Death("changed", "up", "end"),
    Death("changed", "destroy", "end"),
]


@pytest.mark.parametrize("death", [*DEATHS, *(pytest.param(each, marks=pytest.mark.long) for each in MORE)], ids=str)
def test_a_lost_state_loses_nothing(
    death: Death, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    expected: Unbroken = request.getfixturevalue(death.before)
    stack = expected.stack.copied(tmp_path)
    monkeypatch.chdir(tmp_path)
    known = state_file(stack).read_bytes()
    try:
        kill(replace(stack, variables={killed_plugin.VARIABLE: death.moment}), death.command)
        assert state_file(stack).read_bytes() == known  # that is what was lost
        locked = stale_locks.remove(stack.root / "state", NAME)
        assert len(locked) == (0 if death.command == "preview" else 1)
        heal(replace(stack, variables={killed_plugin.VARIABLE: ""}), expected)
    finally:
        stack.end()


@needs_host("yaml")
def test_what_a_program_without_specs_had_created_is_not_written_again(tmp_path: Path) -> None:
    stack = killable(Stack.of_example(tmp_path, "pulumi-yaml"), "../../provisioner/provider")
    stack.edit("Pulumi.yaml", '      import: "20001001"\n', "")
    try:
        kill(replace(stack, variables={killed_plugin.VARIABLE: "after Create 1"}), "up")
        written = stack.accepted_writes()
        assert written > 0
        assert len(stale_locks.remove(stack.root / "state", NAME)) == 1
        up = replace(stack, variables={killed_plugin.VARIABLE: ""}).up()
        assert (up.code, up.steps) == (0, {"video-call": ["create"]}), up.text
        assert stack.accepted_writes() == written
    finally:
        stack.end()


def kill(stack: Stack, command: str) -> None:
    """Asserts that the moment came: whoever is killed has no exit code of its own."""
    options = () if command == "preview" else ("--yes", "--skip-preview")
    with stack.start(command, *options) as engine:
        text, _ = engine.communicate(timeout=60)
    assert engine.returncode == -9, text
    stack.kill()


def heal(stack: Stack, expected: Unbroken) -> None:
    """Asserts that `up` brings about what an unbroken run would have: nothing twice, nothing forgotten."""
    up = stack.up()
    assert up.code == 0, up.text
    assert stack.run("drift", NAME, "--exit-code").code == 0
    with stack.console(NAME) as console:
        assert console.accepted_writes() == expected.writes
        assert console.application(CLASSROOM).mode == ("auto" if "classroom" in expected.applications else "manual")
    latest = json.loads(state_file(stack).read_bytes())["checkpoint"]["latest"]
    held = [each for each in latest["resources"] if each["type"] == "trtc:index:RecordingConfiguration"]
    assert sorted((each["urn"].rpartition("::")[2], each["id"]) for each in held) == sorted(
        expected.applications.items()
    )
    assert latest.get("pending_operations") in (None, [])
    entries = list(Journal(FolderStore(stack.root / ".provisioner" / NAME / "journal"), system_clock).entries())
    assert open_writes(entries) == set()
    wrote = holds_after(entries)
    for each in held:
        known = each["outputs"]["effectiveAfter"]
        assert (known == "") == (int(each["id"]) not in wrote)


def state_file(stack: Stack) -> Path:
    return stack.root / "state/.pulumi/stacks/trtc-recording" / f"{NAME}.json"
