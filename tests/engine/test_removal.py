"""What becomes of an application whose file is removed or renamed, and of a stack that is destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.days import LATER
from tests.engine.stack import FirstUp, Stack, needs_pulumi

pytestmark = needs_pulumi

CLASSROOM = 20001002
SPEC = "environments/dev/apps/classroom.yaml"


@pytest.fixture(scope="module")
def stopping(first_up: FirstUp, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """What happens on removal is decided by the last `up` that had the file. Nobody may change it."""
    stack = first_up.stack.copied(tmp_path_factory.mktemp("stopping"))
    stack.edit(SPEC, "recording:\n", "onRemove: stop-auto\nrecording:\n")
    up = stack.up()
    stack.end()
    assert (up.code, up.changes) == (0, {"classroom": {"onRemove": ("retain", "stop-auto")}})
    return stack


@pytest.fixture
def stops(stopping: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack that stops the classroom's recording when its file is gone, in the current folder."""
    copy = stopping.copied(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield copy
    copy.end()


def test_removing_a_file_leaves_the_console_alone(stack: Stack) -> None:
    before = stack.application(CLASSROOM)
    (stack.root / SPEC).unlink()
    up = stack.up()
    assert up.code == 0, up.text
    assert up.steps == {"classroom": ["delete"], "support-desk": ["same"], "video-call": ["same"]}
    assert stack.application(CLASSROOM) == before


def test_removing_a_file_stops_automatic_recording_where_it_said_so(stops: Stack) -> None:
    before = stops.application(CLASSROOM)
    (stops.root / SPEC).unlink()
    refused = stops.up()
    assert refused.code != 0
    assert "stop-recording: Its spec is gone, and it said onRemove: stop-auto." in refused.text
    assert stops.application(CLASSROOM) == before
    meant = "removed: {classroom: {reason: School is over, expires: 2999-01-01}}".replace("2999-01-01", LATER)
    stops.edit("environments/dev/environment.yaml", "tier: development", f"tier: development\n{meant}")
    up = stops.up()
    assert (up.code, up.steps["classroom"]) == (0, ["delete"])
    after = stops.application(CLASSROOM)
    assert (after.enabled, after.mode, after.template) == (True, "manual", before.template)


def test_a_rename_without_an_alias_stops_nothing(stops: Stack) -> None:
    before = stops.application(CLASSROOM)
    stops.edit(SPEC, "name: classroom", "name: lecture-hall")
    (stops.root / SPEC).rename(stops.root / "environments/dev/apps/lecture-hall.yaml")
    up = stops.up()
    assert up.code == 0, up.text
    assert (up.steps["lecture-hall"], up.steps["classroom"]) == (["import"], ["delete"])
    assert stops.application(CLASSROOM) == before


def test_a_rename_with_an_alias_is_the_same_resource(stops: Stack) -> None:
    stops.edit(SPEC, "name: classroom", "name: lecture-hall\naliases: [classroom]")
    (stops.root / SPEC).rename(stops.root / "environments/dev/apps/lecture-hall.yaml")
    up = stops.up()
    assert up.code == 0, up.text
    assert (up.steps["lecture-hall"], "classroom" in up.steps) == (["update"], False)
    assert up.changes == {"lecture-hall": {"name": ("classroom", "lecture-hall")}}


def test_destroy_keeps_the_console_as_it_is(stack: Stack) -> None:
    before = [stack.application(sdk_app_id) for sdk_app_id in range(20001001, 20001005)]
    destroyed = stack.destroy()
    assert destroyed.code == 0, destroyed.text
    assert {name: steps[-1] for name, steps in destroyed.steps.items()} == {
        "classroom": "delete",
        "support-desk": "delete",
        "video-call": "delete",
    }
    assert [stack.application(sdk_app_id) for sdk_app_id in range(20001001, 20001005)] == before
    assert stack.state().get("resources", []) == []


def test_destroy_stops_nothing_that_a_spec_still_names(stops: Stack) -> None:
    before = stops.application(CLASSROOM)
    assert stops.destroy().code == 0
    assert stops.application(CLASSROOM) == before


def test_a_rename_with_a_target_stops_nothing(stops: Stack) -> None:
    before = stops.application(CLASSROOM)
    stops.edit(SPEC, "name: classroom", "name: lecture-hall")
    (stops.root / SPEC).rename(stops.root / "environments/dev/apps/lecture-hall.yaml")
    up = stops.up("--target", "urn:pulumi:dev::trtc-recording::trtc:index:RecordingConfiguration::classroom")
    assert up.code == 0, up.text
    assert stops.application(CLASSROOM) == before
