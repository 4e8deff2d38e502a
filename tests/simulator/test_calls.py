"""Calls that happen in the console: which template holds for them, and what they leave in its state."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.foundation.errors import UsageError
from provisioner.simulator import CN, Call, ConsoleState, Drop, Room, SeedApplication
from provisioner.simulator.calls import CallEvent, Dismiss, Enter, ImpossibleCallError, Leave, Publish, rehearse
from provisioner.simulator.calls.billed_time import billed
from tests.profiles import examples
from tests.simulator.calls.values import calls
from tests.simulator.conftest import MovableClock
from tests.simulator.support import MANUAL, TEMPLATE, VOD

ROOM = Room(MANUAL, "1234")
SINGLE: dict[str, Any] = {"MaxIdleTime": 5, "SingleRecord": {}, "StorageParams": VOD}


@pytest.fixture(autouse=True)
def automatic(state: ConsoleState) -> None:
    """Records by itself, as of now."""
    state.edit(MANUAL, mode="auto", template=TEMPLATE)
    state.wind(state.effect_seconds)


def names(state: ConsoleState) -> list[str]:
    return [file.name for file in state.media.files()]


def happen(state: ConsoleState, *events: CallEvent, room: Room = ROOM) -> None:
    state.recordings.play(room, events)


def test_a_call_leaves_what_its_rehearsal_says(state: ConsoleState) -> None:
    call = Call(people=9, seconds=600, drops=(Drop(300, 12),)).events()
    started = state.now()
    state.recordings.play(ROOM, call)
    assert names(state) == []  # it has only just begun
    state.wind(700)
    expected = rehearse(TEMPLATE, call, room=ROOM).files
    assert names(state) == [str(file.name) for file in expected]
    stored = state.media.files()
    assert [file.details["seconds"] for file in stored] == pytest.approx([file.seconds for file in expected])
    assert [file.details["size"] for file in stored] == [file.size for file in expected]
    assert [file.created_at - started for file in stored] == pytest.approx([305, 600])
    assert [file.expires_at - file.created_at for file in stored if file.expires_at] == [86_400, 86_400]
    assert {file.sub_app_id for file in stored} == {1500000001}


def test_looking_twice_leaves_nothing_twice(state: ConsoleState) -> None:
    state.recordings.play(ROOM, Call(seconds=60).events())
    for _ in range(4):
        state.wind(30)
        state.recordings.settle()
    assert len(names(state)) == 1
    assert sum(seconds for _, row in state.recordings.usage(0, 1e10, 1e10) for seconds in row.values()) == 60


def test_a_room_records_by_what_was_in_force_when_it_was_created(state: ConsoleState) -> None:
    state.edit(MANUAL, template=SINGLE)
    happen(state, Enter(0, "ann"), room=Room(MANUAL, "1"))  # created inside the window
    state.wind(state.effect_seconds - 1)
    happen(state, Enter(0, "ann"), room=Room(MANUAL, "2"))
    state.wind(1)
    happen(state, Enter(0, "ann"), room=Room(MANUAL, "3"))
    for number in ("1", "2", "3"):
        happen(state, Publish(0, "ann", "audio"), Dismiss(60), room=Room(MANUAL, number))
    state.wind(60)
    single = f"{MANUAL}_3_UserId_s_YW5u_UserId_e_main_1.mp4"
    assert names(state) == [f"{MANUAL}_1_1.mp4", f"{MANUAL}_2_1.mp4", single]


def test_each_change_takes_its_own_time(state: ConsoleState) -> None:
    for idle in (10, 20, 30):
        state.edit(MANUAL, template={**TEMPLATE, "MaxIdleTime": idle})
        state.wind(100)

    def in_force() -> int:
        template = state.in_force(MANUAL).template
        assert template is not None
        idle: int = template["MaxIdleTime"]
        return idle

    seen = []
    for _ in range(5):
        state.wind(100)
        seen.append(in_force())
    assert seen == [5, 5, 10, 20, 30]
    assert state.in_force(MANUAL, 0).mode == "manual"  # as it was seeded


def test_the_window_can_be_set(tmp_path: Path, clock: MovableClock) -> None:
    with ConsoleState(tmp_path / "other.sqlite", clock=clock, effect_seconds=0) as state:
        state.seed([SeedApplication(MANUAL, "calls", "new", enabled=True)])
        state.edit(MANUAL, mode="auto", template=TEMPLATE)
        assert state.in_force(MANUAL).mode == "auto"


def test_what_is_seeded_is_in_force(state: ConsoleState) -> None:
    state.seed([SeedApplication(20000200, "seeded", "new", True, "auto", TEMPLATE)])
    assert state.in_force(20000200).mode == "auto"


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "manual"},
        {"enabled": False},
        {"template": {"MixRecord": "unheard of"}},  # written past every rule: nothing can record by it
    ],
)
def test_what_does_not_record_leaves_nothing(state: ConsoleState, change: dict[str, Any]) -> None:
    state.edit(MANUAL, **change)
    state.wind(state.effect_seconds)
    state.recordings.play(ROOM, Call(seconds=60).events())
    state.wind(100)
    assert names(state) == []


def test_a_room_that_everybody_left_is_another_room_when_somebody_returns(state: ConsoleState) -> None:
    happen(state, Enter(0, "ann"), Publish(0, "ann", "audio"), Leave(10, "ann"))
    state.edit(MANUAL, template=SINGLE)
    state.wind(state.effect_seconds)
    happen(state, Enter(0, "ann"), Publish(0, "ann", "audio"), Leave(10, "ann"))
    state.wind(60)
    assert names(state) == [f"{MANUAL}_1234_1.mp4", f"{MANUAL}_1234_UserId_s_YW5u_UserId_e_main_1.mp4"]


def test_a_room_that_a_recording_waits_in_is_still_the_same(state: ConsoleState) -> None:
    patient = {**TEMPLATE, "MaxIdleTime": 3600}
    state.edit(MANUAL, template=patient)
    state.wind(state.effect_seconds)
    happen(state, Enter(0, "ann"), Publish(0, "ann", "audio"), Leave(10, "ann"))
    state.edit(MANUAL, template=SINGLE)
    state.wind(state.effect_seconds)
    happen(state, Enter(0, "ann"), Publish(0, "ann", "audio"), Dismiss(10))
    state.wind(60)
    assert names(state) == [f"{MANUAL}_1234_1.mp4"]
    assert state.media.files()[0].details["seconds"] == pytest.approx(state.effect_seconds + 10)


def test_people_may_come_while_the_call_goes_on(state: ConsoleState) -> None:
    happen(state, Enter(0, "ann"), Publish(0, "ann", "audio"))
    state.wind(30)
    happen(state, Enter(0, "ben"), Publish(0, "ben", "video"))
    state.wind(30)
    happen(state, Dismiss(0))
    state.wind(1)
    (file,) = state.media.files()
    assert (file.details["users"], file.details["seconds"], file.category) == (["ann", "ben"], 60, "Video")


@pytest.mark.parametrize(
    "events",
    [
        [Publish(0, "ann", "audio")],
        [Leave(0, "ann")],
        [Enter(0, "ann"), Enter(1, "ann")],
        [Enter(5, "ann"), Enter(4, "ben")],
        [Enter(0, "ann"), Dismiss(1), Leave(2, "ann")],
    ],
)
def test_what_no_room_could_have_seen(state: ConsoleState, events: list[CallEvent]) -> None:
    with pytest.raises(ImpossibleCallError):
        happen(state, *events)
    happen(state, Enter(0, "ann"))  # nothing of it was kept


def test_what_has_been_recorded_cannot_be_changed(state: ConsoleState) -> None:
    call = Call(seconds=60, dismissed=False).events()  # recorded for five seconds more
    state.wind(100)
    state.recordings.play(ROOM, call, start=state.now() - 100)
    for seconds in (37, 35):
        with pytest.raises(ImpossibleCallError, match="ended already"):
            state.recordings.play(ROOM, call, start=state.now() - seconds)
    state.recordings.play(ROOM, call, start=state.now() - 34)
    state.wind(60)
    assert len(names(state)) == 2


def test_an_application_that_is_not_there(state: ConsoleState) -> None:
    with pytest.raises(UsageError, match="no application 1"):
        state.recordings.play(Room(1, "1234"), Call().events())


def test_both_kinds_at_once_on_the_chinese_site(tmp_path: Path, clock: MovableClock) -> None:
    with ConsoleState(tmp_path / "cn.sqlite", clock=clock, site=CN) as state:
        both = {**TEMPLATE, "SingleRecord": {}}
        state.seed([SeedApplication(MANUAL, "calls", "new", True, "auto", both)])
        state.recordings.play(ROOM, Call(people=2, seconds=60).events())
        state.wind(100)
        assert names(state) == [
            f"{MANUAL}_1234.mp4",
            f"{MANUAL}_1234_UserId_s_dXNlci0x_UserId_e_main.mp4",
            f"{MANUAL}_1234_UserId_s_dXNlci0y_UserId_e_main.mp4",
        ]
        assert [task.robot for task in state.recordings.tasks(MANUAL)] == [None, None]


def test_time_runs_forward_only(state: ConsoleState, clock: MovableClock) -> None:
    before = state.now()
    assert state.wind(90) == before + 90
    with ConsoleState(state.path, clock=clock) as other:
        assert other.now() == before + 90  # for everybody on the file
    with pytest.raises(UsageError, match="forward only"):
        state.wind(-1)


@given(calls(), st.sampled_from([TEMPLATE, SINGLE]), st.data())
@settings(max_examples=examples(60))
def test_it_does_not_matter_when_anybody_looks(
    events: list[CallEvent], template: dict[str, Any], data: st.DataObject
) -> None:
    """A call told in pieces, looked at in between, leaves what the whole call leaves in a rehearsal."""
    expected = rehearse(template, events, room=ROOM)
    with tempfile.TemporaryDirectory() as folder, ConsoleState(f"{folder}/c.sqlite", clock=lambda: 1e9) as state:
        state.seed([SeedApplication(MANUAL, "calls", "new", True, "auto", template)])
        begun, passed = state.now(), 0.0
        while events:
            count = data.draw(st.integers(1, len(events)))
            if events[0].at - 0.25 > passed:  # everybody looks, just before it goes on
                state.wind(events[0].at - 0.25 - passed)
                passed = events[0].at - 0.25
                state.recordings.settle()
            state.recordings.play(ROOM, events[:count], start=begun)
            events = events[count:]
        state.wind(100_000)
        found = [(file.name, file.details["began_at"] - begun, file.details["seconds"]) for file in state.media.files()]
        assert sorted(found) == sorted((str(file.name), file.began_at, file.seconds) for file in expected.files)
        kept = state.recordings.usage(0, 2e9, 2e9)[0][1]
        whole = sum(sum(billed(take, state.site).values()) for _, take in expected.takes if take.ended_at is not None)
        assert sum(kept.values()) == pytest.approx(whole)
