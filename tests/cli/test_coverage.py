"""`provisioner coverage`, against the simulator: every room accounted for, with its reason."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.recording.limits import BACK_OFF
from provisioner.simulator import Call, ConsoleState, Fault, Room
from tests.archive.support import APP
from tests.project import Project

ENVIRONMENT = "environments/dev/environment.yaml"


def ago(state: ConsoleState, room: str, hours: float, **call: Any) -> None:
    """A call of ten minutes that began so many hours ago."""
    events = Call(**{"people": 2, "seconds": 600, **call}).events()
    state.recordings.play(Room(APP, room), events, start=state.now() - hours * 3600)


@pytest.fixture
def recorded(project: Project) -> Project:
    """dev as specified, for a day."""
    assert project.run("apply", "dev", "--yes").code == 0
    with project.console("dev") as state:
        state.wind(24 * 3600)
    return project


def rooms(project: Project, *options: str) -> dict[str, tuple[str, str]]:
    """Verdict and kind by room."""
    found = project.json("coverage", "dev/video-call", *options)
    return {room["room"]: (room["verdict"], room["kind"]) for room in found["rooms"]}


def test_rooms_that_were_recorded_and_rooms_that_were_not(recorded: Project) -> None:
    with recorded.console("dev") as state:
        ago(state, "1", 10)
        ago(state, "2", 5, seconds=60)
        state.faults.add(Fault("not-stored", ("Recording3",)))
        ago(state, "3", 4)
        ago(state, "4", 0.5)
    assert rooms(recorded) == {
        "1": ("recorded", "recorded"),
        "2": ("recorded", "recorded"),
        "3": ("unknown", "nothing-known"),
        "4": ("recorded", "recorded"),
    }
    found = recorded.json("coverage", "dev/video-call")
    assert (found["totals"]["percent"], found["totals"]["unknown"], found["gaps"]) == (100.0, 1, [])
    (first, *_) = found["rooms"]
    assert (first["files"], first["seconds"], first["fileList"][0]["key"]) == (1, 600.0, f"{APP}_1_1.mp4")
    assert found["applications"][0]["minutes"] > 20


def test_minutes_of_one_kind_that_cannot_be_had_are_no_count(recorded: Project) -> None:
    with recorded.console("dev") as state:
        ago(state, "1", 10)
        state.faults.add(Fault("internal-error", ("DescribeRecordingUsage",), count=1 + len(BACK_OFF)))
    told = recorded.run("coverage", "dev/video-call").out
    assert re.search(r"^  at least [\d.]+ recorded minutes were counted$", told, re.M)
    gap = "video-call: minutes are not known of all days: DescribeRecordingUsage: InternalError"
    assert gap in " ".join(told.split())
    with recorded.console("dev") as state:
        state.faults.add(Fault("internal-error", ("DescribeRecordingUsage",)))
    (app,) = recorded.json("coverage", "dev/video-call")["applications"]
    assert (app["minutes"], app["minutesUnknown"]["cause"]) == (None, "failed")


def test_somebody_clicked_to_manual(recorded: Project) -> None:
    with recorded.console("dev") as state:
        ago(state, "11", 2)
        state.edit(APP, mode="manual")
        state.wind(2 * 3600)
        ago(state, "12", 1.2)
        ago(state, "13", 1.3)
    found = recorded.json("coverage", "dev/video-call")
    assert {room["room"]: room["verdict"] for room in found["rooms"]} == {
        "11": "recorded",
        "12": "not-recorded",
        "13": "not-recorded",
    }
    assert found["totals"]["percent"] == 33.33
    (reason,) = found["applications"][0]["reasons"]
    assert (reason["kind"], reason["count"], reason["rooms"]) == ("mode-is-manual", 2, ["12", "13"])
    assert reason["reason"].startswith("mode is manual in the console, after 20")
    audited = recorded.json("coverage", "dev/video-call", "--audit")
    told = audited["applications"][0]["reasons"][0]["reason"]
    assert re.fullmatch(r"mode is manual in the console since \S+Z: ModifyRecordMode by somebody \(audit\)", told)


def test_without_callbacks_a_room_without_a_file_is_unknown_and_not_lost(recorded: Project) -> None:
    with recorded.console("dev") as state:
        ago(state, "1", 5)
        state.faults.add(Fault("recorder-failed", ("Recording2",)))
        ago(state, "2", 4)
    assert rooms(recorded)["2"] == ("unknown", "nothing-known")
    assert recorded.run("coverage", "dev/video-call", "--exit-code").code == 4


@pytest.mark.parametrize(
    ("objective", "code", "word"),
    [
        ("{atLeast: 60%, over: 7d}", 0, "met"),
        ("{atLeast: 99.5%}", 2, "MISSED"),
        ("{atLeast: 66.6%}", 0, "met"),
        ("{atLeast: 67%}", 2, "MISSED"),
    ],
)
def test_an_objective(recorded: Project, objective: str, code: int, word: str) -> None:
    recorded.edit(ENVIRONMENT, "site:", f"coverage: {objective}\nsite:")
    with recorded.console("dev") as state:
        ago(state, "1", 5)
        ago(state, "2", 5)
        state.edit(APP, mode="manual")
        state.wind(2 * 3600)
        ago(state, "3", 1.5)
    ran = recorded.run("coverage", "dev/video-call", "--exit-code")
    assert ran.code == code
    assert f": {word}; 66.66% of 3 rooms.\n" in ran.out
    assert recorded.run("coverage", "dev/video-call").code == 0


def test_an_objective_is_unknown_where_unknown_rooms_decide(recorded: Project) -> None:
    recorded.edit(ENVIRONMENT, "site:", "coverage: {atLeast: 90%}\nsite:")
    with recorded.console("dev") as state:
        ago(state, "1", 5)
        state.faults.add(Fault("recorder-failed", ("Recording2",)))
        ago(state, "2", 4)
    ran = recorded.run("coverage", "dev/video-call", "--exit-code")
    assert (ran.code, ": UNKNOWN; 100.00% of 1 room, 1 unknown.\n" in ran.out) == (4, True)


def _dated(text: str) -> str:
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", text)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\dZ", "TIME", text)


def _several(project: Project) -> None:
    with project.console("dev") as state:
        for number in range(4):
            ago(state, str(100 + number), 6)
        ago(state, "77", 0.05, seconds=3600)
        state.edit(APP, mode="manual")
        state.wind(3 * 3600)
        for number in range(5):
            ago(state, str(200 + number), 1.5)


def test_as_people_read_it(recorded: Project, snapshot: SnapshotAssertion) -> None:
    recorded.edit(ENVIRONMENT, "site:", "coverage: {atLeast: 99.5%}\nsite:")
    _several(recorded)
    ran = recorded.run("coverage", "dev")
    assert (ran.code, ran.err) == (0, "")
    assert [line for line in ran.out.splitlines() if len(line) > 80] == []
    assert _dated(ran.out) == snapshot
    assert _dated(recorded.run("coverage", "dev", "--format", "markdown").out) == snapshot


def test_csv_has_a_row_for_each_room(recorded: Project) -> None:
    _several(recorded)
    rows = list(csv.DictReader(io.StringIO(recorded.run("coverage", "dev/video-call", "--format", "csv").out)))
    assert [(row["room"], row["verdict"]) for row in rows if row["room"] in ("100", "200")] == [
        ("100", "recorded"),
        ("200", "not-recorded"),
    ]
    assert rows[0]["keys"] == f"{APP}_100_1.mp4"


def test_a_chart(recorded: Project) -> None:
    _several(recorded)
    ran = recorded.run("coverage", "dev/video-call", "--chart", "rooms.svg")
    assert (ran.code, ran.err) == (0, "Drawn as rooms.svg.\n")
    text = (recorded.root / "rooms.svg").read_text()
    assert "not recorded  5" in text
    assert "% of 10 rooms recorded" in text


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--from", "2062-01-01"), "--from 2062-01-01 lies in the future"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "is later than --to"),
        (("--chart", "rooms.gif"), "--chart writes .png and .svg"),
    ],
)
def test_what_makes_no_sense_is_refused(project: Project, options: tuple[str, ...], reason: str) -> None:
    ran = project.run("coverage", "dev", *options)
    assert (ran.code, ran.out) == (1, "")
    assert reason in ran.err


def test_days_of_which_no_list_is_known_are_said(recorded: Project) -> None:
    with recorded.console("dev") as state:
        state.wind(20 * 86_400)
        since = datetime.fromtimestamp(state.now() - 16 * 86_400, UTC)
    found = recorded.json("coverage", "dev/video-call", "--from", f"{since:%Y-%m-%d}")
    assert [gap["reason"] for gap in found["gaps"]] == ["DescribeRoomInfo knows rooms of the last 14 days"]
    assert recorded.run("coverage", "dev/video-call", "--from", f"{since:%Y-%m-%d}", "--exit-code").code == 4


def test_callbacks_tell_what_the_list_does_not(recorded: Project) -> None:
    """The room of the issue: a recorder ran, and nothing was stored; and one in which nobody sent anything."""
    recorded.edit(ENVIRONMENT, "site:", "evidence: kept\nsite:")
    with recorded.console("dev") as state:
        now = state.now()
        state.faults.add(Fault("not-stored", ("Recording5",)))
        ago(state, "5", 5)

    def told(kind: int, room: str, hours: float, payload: Any = None) -> str:
        info = {"RoomId": room, "EventMsTs": round((now - hours * 3600) * 1000), "UserId": "ann", "TaskId": f"t{room}"}
        body = {"EventType": kind, "EventInfo": info | ({} if payload is None else {"Payload": payload})}
        return json.dumps({"receivedAt": "", "sdkAppId": APP, "callback": body})

    lines = [
        *(told(101, "5", 5), told(201, "5", 4.99), told(301, "5", 4.98, {"Status": 0}), told(102, "5", 4.8)),
        *(told(311, "5", 4.79, {"Status": 2}), told(312, "5", 4.78, {"Status": 1})),
        *(told(101, "6", 3), told(103, "6", 3), told(102, "6", 2.9)),
        *(told(101, "7", 3), told(201, "7", 2.95), told(102, "7", 2.9)),
    ]
    recorded.write("kept/callbacks.jsonl", "\n".join(lines) + "\n")
    assert rooms(recorded) == {
        "5": ("not-recorded", "storage-refused"),
        "6": ("not-meant", "nobody-published"),
        "7": ("not-recorded", "no-recorder"),
    }


def test_callbacks_stand_in_for_a_list_that_nobody_may_ask(recorded: Project) -> None:
    """Without the monitoring plan rooms are known by callbacks: their share counts, and the objective is judged."""
    recorded.edit(ENVIRONMENT, "site:", "evidence: kept\ncoverage: {atLeast: 50%, over: 24h}\nsite:")
    with recorded.console("dev") as state:
        state.faults.add(Fault("internal-error", ("DescribeRoomInfo",)))
        now = state.now()
        ago(state, "5", 20)
        ago(state, "6", 4)
    found = recorded.json("coverage", "dev/video-call")
    assert (found["rooms"], found["objective"]["verdict"]) == ([], "unknown")
    assert found["gaps"][0]["reason"].startswith("DescribeRoomInfo: InternalError")

    def told(kind: int, room: str, hours: float) -> str:
        info = {"RoomId": room, "EventMsTs": round((now - hours * 3600) * 1000)}
        return json.dumps({"receivedAt": "", "sdkAppId": APP, "callback": {"EventType": kind, "EventInfo": info}})

    lines = [told(101, "5", 20), told(102, "5", 19.8), told(101, "6", 4), told(102, "6", 3.8)]
    recorded.write("kept/callbacks.jsonl", "\n".join(lines) + "\n")
    found = recorded.json("coverage", "dev/video-call")
    assert [(room["room"], room["verdict"], room["source"]) for room in found["rooms"]] == [
        ("5", "recorded", "callbacks"),
        ("6", "recorded", "callbacks"),
    ]
    assert found["objective"]["verdict"] == "met"
