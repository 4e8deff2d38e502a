"""`provisioner call`: one answer for one call, in about ten lines."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.simulator import Call, Room
from provisioner.simulator.callbacks.bodies import body
from provisioner.simulator.callbacks.outbox import Target
from tests.archive.support import APP
from tests.project import Project

ENVIRONMENT = "environments/dev/environment.yaml"


@pytest.fixture
def applied(project: Project) -> Project:
    """dev as specified, since long before any call; what happens there is kept in the inbox when `heard` is called."""
    assert project.run("apply", "dev", "--yes").code == 0
    project.edit(ENVIRONMENT, "site:", "evidence: kept\nsite:")
    with project.console("dev") as state:
        state.wind(24 * 3600)
        state.callbacks.aim(APP, Target("http://127.0.0.1:9/", "key"))
    return project


def play(project: Project, room: str, hours: float, people: int = 2) -> float:
    """A call of half an hour that began so many hours ago; answers when."""
    with project.console("dev") as state:
        began = state.now() - hours * 3600
        state.recordings.play(Room(APP, room), Call(people=people, seconds=1800).events(), start=began)
        state.recordings.settle()
    return began


def git(project: Project, *arguments: str) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=project.root, capture_output=True, check=True)


def heard(project: Project) -> None:
    """What the simulator tells lies in the inbox."""
    with project.console("dev") as state:
        rows = state.database.rows("SELECT event, info, at FROM callbacks ORDER BY at, id")
    lines = [
        json.dumps({"receivedAt": "", "sdkAppId": APP, "callback": body(event, json.loads(info), at, at)})
        for event, info, at in rows
    ]
    project.write("kept/callbacks.jsonl", "".join(f"{line}\n" for line in lines))


def shown(out: str) -> str:
    out = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z", "TIME", out)
    return re.sub(r"52858908\d+", "FILE-ID", out)


def test_a_call_of_nine(applied: Project, snapshot: SnapshotAssertion) -> None:
    play(applied, "1234", 5, people=9)
    heard(applied)
    ran = applied.run("call", "dev/video-call", "--room", "1234")
    assert (ran.code, ran.err) == (2, "")
    assert shown(ran.out) == snapshot
    found = applied.json("call", "dev/video-call", "--room", "1234")
    assert (found["recorded"], found["call"]["kind"], found["call"]["missing"]) == (False, "users-missing", ["user-9"])
    assert found["files"][0]["address"].startswith("https://media.example.com/")


def test_a_call_that_was_recorded(applied: Project, snapshot: SnapshotAssertion) -> None:
    play(applied, "1234", 3)
    ran = applied.run("call", "dev/video-call", "--room", "1234")
    assert (ran.code, ran.err) == (0, "")
    assert shown(ran.out) == snapshot
    assert "template   call@v1 by the specs: in force since" in ran.out


def test_the_call_of_a_moment(applied: Project) -> None:
    first, second = play(applied, "1234", 20), play(applied, "1234", 3)

    def asked(at: float) -> str:
        moment = datetime.fromtimestamp(at, UTC)
        found = applied.json("call", "dev/video-call", "--room", "1234", "--at", f"{moment:%Y-%m-%dT%H:%M:%SZ}")
        return str(found["call"] and found["call"]["created"])

    for began in (first, second):
        assert asked(began + 600) == f"{datetime.fromtimestamp(began, UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert asked(first + 7200) == "None"


def test_a_call_after_somebody_clicked(applied: Project) -> None:
    with applied.console("dev") as state:
        state.edit(APP, mode="manual")
        state.wind(3 * 3600)
    play(applied, "77", 2)
    ran = applied.run("call", "dev/video-call", "--room", "77", "--audit")
    assert ran.code == 2
    assert "room 77: NOT RECORDED: mode is manual in the console since\n    20" in ran.out
    assert "Z: ModifyRecordMode by somebody (audit)\n" in ran.out
    assert [line for line in ran.out.splitlines() if len(line) > 80] == []
    assert "  files      none\n" in ran.out


def test_a_room_that_nobody_knows(applied: Project) -> None:
    ran = applied.run("call", "dev/video-call", "--room", "9\x1b[31m9")
    assert ran.code == 4
    assert "UNKNOWN: nobody here knows of such a room" in ran.out
    assert "\x1b" not in ran.out
    assert applied.json("call", "dev/video-call", "--room", "9")["recorded"] is None


def test_the_template_that_was_in_force_then_is_found_in_git(applied: Project) -> None:
    git(applied, "init", "-q", "-b", "main", ".")
    applied.write(".gitignore", "/.provisioner/\n")
    git(applied, "add", ".")
    git(applied, "commit", "-qm", "Begin")
    play(applied, "1234", 2)
    applied.run("template", "bump", "call", "--note", "Longer", "--set", "maxIdleTime=20s")
    applied.edit("environments/dev/apps/video-call.yaml", "call@v1", "call@v2")
    out = applied.run("call", "dev/video-call", "--room", "1234").out
    one_line = " ".join(out.split())
    assert re.search(r"call@v1 by the specs: in force since \S+Z \(journal\), the specs of [0-9a-f]{12} ", one_line)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--room", ""), "no room's id has 0 characters"),
        (("--room", "1", "--at", "noon"), '--at "noon" is neither a day nor a moment'),
        (("--room", "1", "--at", "2062-01-01"), "--at 2062-01-01 lies in the future"),
    ],
)
def test_what_makes_no_sense_is_refused(project: Project, options: tuple[str, ...], reason: str) -> None:
    ran = project.run("call", "dev/video-call", *options)
    assert (ran.code, ran.out) == (1, "")
    assert reason in ran.err
