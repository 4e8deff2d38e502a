"""What apply writes, and what it refuses to write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import wait
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from provisioner.cli.session import session
from provisioner.console.port import (
    AmbiguousWriteError,
    Capabilities,
    ConsoleChange,
    ConsoleError,
    ListedApplication,
    Observed,
    Receipt,
    Shown,
)
from provisioner.console.tencent.client import TencentClient
from provisioner.foundation import progress
from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.reconcile.apply import apply
from provisioner.reconcile.apply.apply import Applied, Applier, Outcome, StoppedError, apply_plan, applying
from provisioner.reconcile.apply.journal import Run
from provisioner.reconcile.apply.lock import whoami
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.plan.diff import Diff, Difference
from provisioner.reconcile.plan.plan import ApplicationPlan
from provisioner.reconcile.plan.promotable_digest import moving_digest
from provisioner.recording.fields import SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from provisioner.specs.keys.journal import FolderJournal
from tests.days import LATER
from tests.project import Project
from tests.reconcile.typed import application, environment, plan, planned

CALL = "environments/dev/apps/video-call.yaml"


def stop(project: Project) -> None:
    """Everything applied, then the call application goes manual."""
    project.run("apply", "--yes", "dev")
    project.edit(CALL, "mode: auto", "mode: manual")


def test_stopping_a_recording_is_refused_until_it_is_meant(project: Project) -> None:
    stop(project)
    refused = project.run("apply", "--yes", "dev")
    assert refused.code == 1
    assert f"{CALL}:9:9: video-call: stop-recording:" in refused.err
    assert "cannot be recovered" in refused.err
    assert "--allow stop-recording=video-call" in refused.err
    assert project.console("dev").application(20001001).mode == "auto"


def test_an_allowance_lets_it_pass(project: Project) -> None:
    stop(project)
    assert project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-call").code == 0
    assert project.console("dev").application(20001001).mode == "manual"


def test_an_intent_lets_it_pass_until_it_expires(project: Project) -> None:
    stop(project)
    intent = "intent: {stop-recording: {reason: moved to REST, expires: %s}}\n"
    text = (project.root / CALL).read_text()
    project.write(CALL, text + intent % "2020-01-01")
    assert project.run("apply", "--yes", "dev").code == 1
    project.write(CALL, text + intent % LATER)
    assert project.run("apply", "--yes", "dev").code == 0
    assert project.console("dev").application(20001001).mode == "manual"


def test_an_allowance_for_nothing_is_wrong_usage(project: Project) -> None:
    assert "did you mean" in project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-cal").err
    assert project.run("apply", "--yes", "dev", "--allow", "stop=video-call").code == 1


def test_new_type_recording_cannot_be_switched_off(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.edit(CALL, "enabled: true", "enabled: false")
    refused = project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-call")
    assert refused.code == 1
    assert "REC091: New-type recording cannot be switched off again" in refused.err
    assert project.console("dev").application(20001001).enabled


def test_a_console_that_moved_since_the_plan_is_not_overwritten(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    console = project.console("dev")
    with session("dev") as opened:
        plan = opened.plan()
        template = console.application(20001001).template
        assert template is not None
        console.edit(20001001, template={**template, "MaxIdleTime": 300})
        with applying(opened.state, opened.console, engine="tests") as applier:
            (outcome,) = apply_plan(plan, applier)
    assert "the console changed since the plan was made; nothing was written" in str(outcome.error)
    kept = console.application(20001001).template
    assert kept is not None
    assert kept["MaxIdleTime"] == 300


def test_one_failure_does_not_stop_the_others(project: Project) -> None:
    project.edit("environments/dev/environment.yaml", "subAppId: 1500000010, ", "subAppId: 1500000010, procedure: x, ")
    project.edit(
        "environments/dev/apps/classroom.yaml",
        "template: classroom@v1",
        "template: classroom@v1\n  settings: {callback: {url: 'https://example.com/x', keyRef: env:NO_SUCH_KEY}}",
    )
    ran = project.run("apply", "--yes", "dev")
    assert ran.code == 3
    assert "failed classroom (1/2): the secret env:NO_SUCH_KEY is not set" in ran.err
    assert "applied video-call" in ran.out
    assert project.console("dev").application(20001001).mode == "auto"


def test_a_read_only_console_is_not_written(project: Project) -> None:
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: embedded, readOnly: true}")
    ran = project.run("apply", "--yes", "dev")
    assert ran.code == 1
    assert "console.readOnly is set" in ran.err
    assert not project.console("dev").application(20001001).enabled


OLD = ("video-call: {sdkAppId: 20001001}", "video-call: {sdkAppId: 20001001, generation: old}")


def test_old_type_recording_is_switched_off_only_where_it_is_meant(project: Project) -> None:
    project.edit("environments/dev/embedded.yaml", *OLD)
    project.run("apply", "--yes", "dev")
    assert project.console("dev").application(20001001).enabled
    project.edit(CALL, "enabled: true", "enabled: false")
    refused = project.run("apply", "--yes", "dev")
    assert refused.code == 1
    assert f"{CALL}:8:12: video-call: stop-recording:" in refused.err
    assert project.console("dev").application(20001001).enabled
    assert project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-call").code == 0
    assert not project.console("dev").application(20001001).enabled


def test_an_allowance_for_one_application_lets_no_other_pass(project: Project) -> None:
    stop(project)
    project.edit("environments/dev/apps/classroom.yaml", "mode: auto", "mode: manual")
    refused = project.run("apply", "--yes", "dev", "--allow", "stop-recording=video-call")
    assert refused.code == 1
    assert "classroom: stop-recording:" in refused.err
    assert "video-call: stop-recording:" not in refused.err
    assert project.console("dev").application(20001001).mode == "auto"


def test_ctrl_c_finishes_what_is_in_flight_and_says_what_is_left(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "_WRITERS", 1)
    begun = Event()
    real = TencentClient.write

    def write(client: TencentClient, action: str, body: dict[str, Any]) -> dict[str, Any]:
        begun.set()
        return real(client, action, body)

    def interrupted(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(apply, "wait", wait)
        assert begun.wait(30)
        raise KeyboardInterrupt

    monkeypatch.setattr(TencentClient, "write", write)
    monkeypatch.setattr(apply, "wait", interrupted)
    ran = project.run("apply", "--yes", "dev")
    assert ran.code == 3
    assert ran.out.count("applied ") == 1
    assert "failed video-call (1/2): video-call: not done, the run was stopped" in ran.err
    assert project.console("dev").application(20001002).mode == "auto"
    assert not project.console("dev").application(20001001).enabled
    assert project.json("history", "dev")[-1]["event"] == "end"
    assert project.run("apply", "--yes", "dev").code == 0


# The same by values: a console in this process, which does with a write what the test says.


class MemoryConsole:
    """Holds fields by SDKAppId. `does` says what becomes of each write in turn, `done` of all that follow."""

    label = "console in memory"

    def __init__(self, held: Mapping[int, Mapping[str, Shown]], *does: str) -> None:
        self.held = {number: dict(fields) for number, fields in held.items()}
        self.does = list(does)
        self.writes: list[tuple[int, frozenset[str]]] = []
        self.rate: float | None = 20.0

    def capabilities(self) -> Capabilities:
        return Capabilities(calls_per_second=self.rate)

    def list_applications(self) -> list[ListedApplication]:
        raise AssertionError

    def read(self, sdk_app_id: int) -> Observed:
        return Observed(sdk_app_id, "call", "new", dict(self.held[sdk_app_id]))

    def write(self, sdk_app_id: int, change: ConsoleChange) -> Receipt:
        self.writes.append((sdk_app_id, change.changed))
        does = self.does.pop(0) if self.does else "done"
        if does == "refused":
            raise ConsoleError("NotAllowed", "no")
        if does in ("done", "answer lost"):
            self.held[sdk_app_id].update({path: change.desired.get(path) for path in change.changed})
        if does in ("request lost", "answer lost"):
            raise AmbiguousWriteError("Reset", does)
        return Receipt(((f"Alter{len(self.writes)}", f"request-{len(self.writes)}"),))

    def close(self) -> None:
        """Nothing to release."""


class MemoryJournal:
    """A run that is kept in a list, and fails at the events that the test names."""

    def __init__(self, *fails: str) -> None:
        self.fails = fails
        self.lines: list[dict[str, Any]] = []

    def add(self, line: bytes) -> None:
        entry = json.loads(line)
        if entry["event"] in self.fails:
            raise ProvisionerError("the disk is full", where="journal")
        self.lines.append(entry)

    def close(self) -> None:
        """Nothing to release."""

    @property
    def told(self) -> list[dict[str, Any]]:
        """What was put on record, without the times."""
        return [{key: value for key, value in entry.items() if key != "at"} for entry in self.lines]


NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ENABLED, MODE = "/recording/enabled", "/recording/mode"
SHOWN: dict[str, Shown] = {ENABLED: True, MODE: "auto"}
WANTED: dict[str, Value] = {"/sdkAppId": 5, "/owner": "@acme/calls", ENABLED: True, MODE: "manual"}


def applier_of(console: MemoryConsole, journal: MemoryJournal) -> Applier:
    return Applier(console, Run("run", journal, lambda: NOON, lambda: None), lambda: NOON)


def apply_to(console: MemoryConsole, journal: MemoryJournal, wanted: Mapping[str, Value] = WANTED) -> Applied:
    return applier_of(console, journal).apply("call", 5, wanted, lambda _found, _observed: None)


WRITE = {
    "event": "write",
    "name": "call",
    "sdkAppId": 5,
    "changes": [{"path": MODE, "before": "auto", "after": "manual"}],
}


def test_what_is_written_is_on_record_before_and_after() -> None:
    console, journal = MemoryConsole({5: SHOWN}), MemoryJournal()
    done = apply_to(console, journal)
    assert done == Applied(5, console.read(5), NOON + timedelta(minutes=10))
    assert console.writes == [(5, frozenset({MODE}))]
    assert journal.told == [
        WRITE,
        {
            "event": "applied",
            "name": "call",
            "sdkAppId": 5,
            "requests": ["Alter1 request-1"],
            "effectiveAfter": "2026-01-31T12:10:00Z",
            "digest": moving_digest(WANTED),
            "owner": "@acme/calls",
            "onRemove": "retain",
        },
    ]


def test_nothing_is_written_where_nothing_differs() -> None:
    console, journal = MemoryConsole({5: SHOWN}), MemoryJournal()
    same = {**WANTED, MODE: "auto", "/onRemove": "stop-auto"}
    assert apply_to(console, journal, same) == Applied(5, console.read(5), None)
    assert console.writes == []
    stops = {"5": {"name": "call", "owner": "@acme/calls", "onRemove": "stop-auto"}}
    assert journal.told == [{"event": "equal", "sdkAppIds": [5], "stopAuto": stops}]


def test_whoever_reviews_sees_what_is_about_to_be_written_and_may_refuse() -> None:
    console, journal = MemoryConsole({5: SHOWN}), MemoryJournal()
    seen: list[object] = []

    def reviewed(found: Diff, observed: Observed) -> None:
        seen.extend((found.differences, observed))
        raise ConflictError("no")

    with pytest.raises(ConflictError, match=r"^no$"):
        applier_of(console, journal).apply("call", 5, WANTED, reviewed)
    assert seen == [(Difference(MODE, "auto", "manual"),), console.read(5)]
    assert (console.writes, journal.told) == ([], [])


def test_values_are_on_record_as_specs_write_them() -> None:
    idle = f"{SETTINGS}/maxIdleTime"
    console, journal = MemoryConsole({5: {ENABLED: False, MODE: "auto", idle: None}}), MemoryJournal()
    apply_to(console, journal, {**WANTED, MODE: "auto", idle: Quantity.parse("60s", Dimension.TIME)})
    assert journal.told[0]["changes"] == [
        {"path": ENABLED, "before": False, "after": True},
        {"path": idle, "before": None, "after": "1m"},
    ]


def test_a_write_that_is_refused_is_on_record_and_told_as_itself() -> None:
    failed = {"event": "failed", "name": "call", "sdkAppId": 5, "reason": "NotAllowed: no"}
    for fails, told in (((), [WRITE, failed]), (("failed",), [WRITE])):
        console, journal = MemoryConsole({5: SHOWN}, "refused"), MemoryJournal(*fails)
        with pytest.raises(ConsoleError, match="NotAllowed: no"):
            apply_to(console, journal)
        assert journal.told == told


def test_nothing_is_written_that_is_not_on_record() -> None:
    console = MemoryConsole({5: SHOWN})
    with pytest.raises(ProvisionerError, match="the disk is full"):
        apply_to(console, MemoryJournal("write"))
    assert console.writes == []


def test_what_was_written_and_could_not_be_recorded_is_told() -> None:
    console = MemoryConsole({5: SHOWN})
    with pytest.raises(ProvisionerError) as told:
        apply_to(console, MemoryJournal("applied"))
    assert told.value.what == (
        "was written and reads back as wanted, which could not be recorded: journal: the disk is full"
    )
    assert console.held[5][MODE] == "manual"


@pytest.mark.parametrize(
    ("does", "writes", "requests"),
    [
        (["answer lost"], 1, []),
        (["request lost", "done"], 2, ["Alter2 request-2"]),
        (["request lost", "answer lost"], 2, []),
        (["request lost", "request lost", "done"], 3, ["Alter3 request-3"]),
    ],
)
def test_a_lost_answer_is_resolved_by_reading_back(does: list[str], writes: int, requests: list[str]) -> None:
    console, journal = MemoryConsole({5: SHOWN}, *does), MemoryJournal()
    apply_to(console, journal)
    assert len(console.writes) == writes
    assert journal.told[-1]["event"] == "applied"
    assert journal.told[-1]["requests"] == requests


def test_a_write_is_tried_three_times_and_no_more() -> None:
    console, journal = MemoryConsole({5: SHOWN}, *["request lost"] * 3), MemoryJournal()
    with pytest.raises(AmbiguousWriteError, match="request lost"):
        apply_to(console, journal)
    assert len(console.writes) == 3
    assert journal.told[-1]["event"] == "failed"


@pytest.mark.parametrize(("does", "writes"), [(["ignored"], 1), (["request lost", "ignored"], 2)])
def test_a_console_that_accepts_and_shows_something_else_has_diverged(does: list[str], writes: int) -> None:
    console, journal = MemoryConsole({5: SHOWN}, *does), MemoryJournal()
    with pytest.raises(ProvisionerError) as told:
        apply_to(console, journal)
    assert told.value.what == (
        "SDKAppId 5 diverged: the console accepted the change but shows other values at recording.mode"
    )
    assert told.value.fix == "Somebody else may be writing; run plan again and look."
    assert len(console.writes) == writes
    assert journal.told[-1]["reason"] == told.value.what


@pytest.mark.parametrize(("count", "more"), [(4, ""), (5, " and 1 more"), (6, " and 2 more")])
def test_of_many_fields_that_diverged_four_are_named(count: int, more: str) -> None:
    paths = [f"{SETTINGS}/{name}" for name in ("media", "formats", "maxIdleTime", "maxFileDuration", "mixed/maxUsers")]
    paths = [*paths, f"{SETTINGS}/mixed/layout/kind"][:count]
    console = MemoryConsole({5: {**SHOWN, **dict.fromkeys(paths)}}, "ignored")
    with pytest.raises(ProvisionerError) as told:
        apply_to(console, MemoryJournal(), {**WANTED, MODE: "auto", **dict.fromkeys(paths, "x")})
    assert told.value.what.endswith(f" at media, formats, maxIdleTime, maxFileDuration{more}")


def test_what_is_written_again_is_only_what_still_differs() -> None:
    console = MemoryConsole({5: {ENABLED: False, MODE: "auto"}}, "request lost")
    write = console.write

    def half(sdk_app_id: int, change: ConsoleChange) -> Receipt:
        console.held[5][ENABLED] = True
        return write(sdk_app_id, change)

    console.write = half  # type: ignore[method-assign]
    apply_to(console, MemoryJournal())
    assert console.writes == [(5, frozenset({ENABLED, MODE})), (5, frozenset({MODE}))]


def test_applications_that_are_as_wanted_are_on_record_with_what_their_removal_does() -> None:
    journal = MemoryJournal()
    stops = application("call", {"/sdkAppId": 9, "/onRemove": "stop-auto"})
    also = application("desk", {"/sdkAppId": 7, "/onRemove": "stop-auto", "/owner": "@acme/desk"})
    stays = application("room", {"/sdkAppId": 8, "/onRemove": "retain"})
    applier_of(MemoryConsole({}), journal).note_equal([stops, also, stays])
    assert journal.told == [
        {
            "event": "equal",
            "sdkAppIds": [7, 8, 9],
            "stopAuto": {
                "7": {"name": "desk", "owner": "@acme/desk", "onRemove": "stop-auto"},
                "9": {"name": "call", "owner": "@acme/calls", "onRemove": "stop-auto"},
            },
        }
    ]
    assert list(journal.told[0]["stopAuto"]) == ["7", "9"]


def test_an_application_without_an_owner_is_on_record_too() -> None:
    journal = MemoryJournal()
    apply_to(MemoryConsole({5: SHOWN}), journal, {ENABLED: True, MODE: "manual", "/onRemove": "stop-auto"})
    assert (journal.told[-1]["owner"], journal.told[-1]["onRemove"]) == ("", "stop-auto")


def test_removed_applications_are_forgotten_on_record() -> None:
    journal = MemoryJournal()
    applier = applier_of(MemoryConsole({}), journal)
    applier.note_released([])
    assert journal.told == []
    applier.note_released(iter([9, 7]))
    assert journal.told == [{"event": "released", "sdkAppIds": [7, 9]}]


@pytest.mark.parametrize(("rate", "pace"), [(20.0, 10.0), (1.0, 0.5), (None, None)])
def test_an_application_takes_two_calls_of_one_action(rate: float | None, pace: float | None) -> None:
    console = MemoryConsole({})
    console.rate = rate
    assert applier_of(console, MemoryJournal()).applications_per_second == pace


def state_in(folder: Path) -> EnvironmentState:
    return EnvironmentState("dev", folder, FolderJournal(), lambda: NOON)


def test_a_run_begins_and_ends_on_record_under_the_lock(tmp_path: Path) -> None:
    state, console = state_in(tmp_path), MemoryConsole({5: SHOWN})
    with applying(state, console, engine="tests", plan="abc") as applier:
        applier.apply("call", 5, WANTED, lambda _found, _observed: None)
        with pytest.raises(ConflictError, match=r"dev is being written by .* with tests"):
            applying(state, console, engine="others").__enter__()
    begin, *_, end = state.journal.entries()
    assert begin.event == "begin"
    assert begin.details == {
        "version": 1,
        "who": whoami(),
        "engine": "tests",
        "environment": "dev",
        "console": "console in memory",
        "plan": "abc",
    }
    assert end.event == "end"


def test_a_run_that_fails_has_no_end(tmp_path: Path) -> None:
    with pytest.raises(KeyError), applying(state_in(tmp_path), MemoryConsole({}), engine="tests"):
        raise KeyError
    (begin,) = state_in(tmp_path).journal.entries()
    assert begin.details["plan"] == ""


def carried(console: MemoryConsole, *entries: ApplicationPlan, journal: MemoryJournal | None = None) -> list[Outcome]:
    found = apply_plan(plan(environment(), *entries), applier_of(console, journal or MemoryJournal()))
    return sorted(found, key=lambda one: one.plan.application.name)


def manual(name: str, number: int, **more: Any) -> ApplicationPlan:
    """An application that the console records automatically and that is to be recorded by hand."""
    app = application(name, {"/sdkAppId": number, MODE: "manual"}, **more)
    return planned(app, Observed(number, name, "new", dict(SHOWN)))


def test_every_change_of_a_plan_is_carried_out_whatever_becomes_of_the_others() -> None:
    console = MemoryConsole({5: SHOWN, 6: {**SHOWN, MODE: "manual"}, 7: SHOWN, 8: SHOWN}, "refused")
    same = application("same", {"/sdkAppId": 8})
    first = manual("a", 5)
    (alone,) = carried(console, first)
    assert (alone.plan, alone.applied, str(alone.error)) == (first, None, "NotAllowed: no")
    entries = (manual("b", 5), manual("moved", 6), planned(same, console.read(8)), manual("z", 7))
    b, moved, z = carried(console, *entries)
    assert b.applied == Applied(5, console.read(5), NOON + timedelta(minutes=10))
    assert z.applied == Applied(7, console.read(7), NOON + timedelta(minutes=10))
    assert (b.error, z.error, moved.applied) == (None, None, None)
    assert isinstance(moved.error, ConflictError)
    assert moved.error.what == "moved: the console changed since the plan was made; nothing was written"
    assert moved.error.fix == "Run plan again and review what differs now."
    assert sorted(number for number, _ in console.writes) == [5, 5, 7]


def test_what_is_done_is_told_while_others_are_in_flight() -> None:
    console, journal, told = MemoryConsole({5: SHOWN, 7: SHOWN}), MemoryJournal(), Event()
    write = console.write

    def slow(sdk_app_id: int, change: ConsoleChange) -> Receipt:
        assert sdk_app_id == 5 or told.wait(30)
        return write(sdk_app_id, change)

    console.write = slow  # type: ignore[method-assign]
    entries = plan(environment(), manual("a", 5), manual("b", 7))
    outcomes = apply_plan(entries, applier_of(console, journal))
    assert next(outcomes).plan.application.name == "a"
    told.set()
    assert [one.plan.application.name for one in outcomes] == ["b"]
    assert [(one["event"], one["name"]) for one in journal.told if one["name"] == "b"] == [
        ("write", "b"),
        ("applied", "b"),
    ]


def test_a_removal_does_nothing_but_end_automatic_recording() -> None:
    console = MemoryConsole({5: SHOWN, 6: {ENABLED: False, MODE: "auto"}})
    (done,) = carried(console, manual("gone", 5, removed=True))
    assert done.error is None
    off = application("gone", {"/sdkAppId": 6, MODE: "manual"}, removed=True)
    (refused,) = carried(console, planned(off, console.read(6)))  # its plan, too, would switch recording on
    assert isinstance(refused.error, ConflictError)
    assert refused.error.fix == "Run again and review what differs now."
    assert console.held[6] == {ENABLED: False, MODE: "auto"}


class Progress:
    """What a terminal is told."""

    def __init__(self) -> None:
        self.tasks: list[tuple[str, int, float | None]] = []
        self.steps = 0

    @contextmanager
    def task(self, doing: str, total: int, per_second: float | None) -> Iterator[Progress]:
        self.tasks.append((doing, total, per_second))
        yield self

    def step(self, count: int = 1) -> None:
        self.steps += count


def test_how_far_it_has_come_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Progress()
    monkeypatch.setattr(progress, "_listening", heard)
    console = MemoryConsole({5: SHOWN, 7: SHOWN})
    carried(console, manual("a", 5), manual("b", 7))
    assert (heard.tasks, heard.steps) == ([("Applying", 2, 10.0)], 2)


def test_what_ctrl_c_left_is_told_and_what_is_in_flight_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "_WRITERS", 1)
    begun, go_on = Event(), Event()
    console = MemoryConsole({5: SHOWN, 7: SHOWN, 8: SHOWN})
    write = console.write

    def slow(sdk_app_id: int, change: ConsoleChange) -> Receipt:
        begun.set()
        assert go_on.wait(30)
        return write(sdk_app_id, change)

    def interrupted(*_: Any, **__: Any) -> Any:
        monkeypatch.setattr(apply, "wait", waited)
        assert begun.wait(30)
        raise KeyboardInterrupt

    def waited(*arguments: Any, **named: Any) -> Any:
        go_on.set()  # by now what had not begun is cancelled
        return wait(*arguments, **named)

    console.write = slow  # type: ignore[method-assign]
    monkeypatch.setattr(apply, "wait", interrupted)
    done, *left = carried(console, manual("a", 5), manual("b", 7), manual("c", 8))
    assert (done.error, done.applied and done.applied.sdk_app_id) == (None, 5)
    assert [number for number, _ in console.writes] == [5]
    for outcome, name in zip(left, "bc", strict=True):
        assert (outcome.plan.application.name, outcome.applied) == (name, None)
        assert isinstance(outcome.error, StoppedError)
        assert (outcome.error.what, outcome.error.fix) == (f"{name}: not done, the run was stopped", "Run apply again.")
