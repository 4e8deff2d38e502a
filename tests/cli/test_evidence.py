"""`provisioner evidence` on a console in which calls happen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from provisioner.archive.evidence.inbox import Inbox
from provisioner.foundation.clock import system_clock, timestamp
from tests.archive.history import CLASSROOM, SUPPORT_DESK, VIDEO_CALL, days_ago, history, play
from tests.console.endpoint import endpoint, refuses
from tests.project import Project

ENVIRONMENT = "environments/dev/environment.yaml"


@pytest.fixture
def applied(project: Project) -> Project:
    assert project.run("apply", "dev", "--yes").code == 0
    return project


def call(project: Project, name: str = "video-call", minutes: int = 5) -> None:
    assert project.run("console", "call", f"dev/{name}", "--minutes", str(minutes), "--play").code == 0


def verdicts(project: Project, name: str = "video-call", *options: str) -> dict[str, str]:
    (found,) = project.json("evidence", f"dev/{name}", *options)["applications"]
    return {leaf["path"].removeprefix("/recording/"): leaf["verdict"] for leaf in found["leaves"]}


def test_a_call_shows_that_the_spec_holds(applied: Project) -> None:
    assert set(verdicts(applied).values()) == {"nothing-to-see"}
    call(applied)
    assert verdicts(applied) == {
        "mode": "behaves-as-declared",
        "backendRecords": "behaves-as-declared",
        "settings/formats": "behaves-as-declared",
        "settings/mixed": "behaves-as-declared",
        "settings/maxFileDuration": "nothing-to-see",
        "settings/storage/vendor": "behaves-as-declared",
        "settings/storage/vod/retention": "behaves-as-declared",
    }
    ran = applied.run("evidence", "dev/video-call", "--exit-code")
    assert ran.code == 0
    assert "  formats                   behaves as declared  mp4, and no other: 20001001_1234_1.mp4\n" in ran.out
    assert ran.out.endswith("\n\ndev: 1 as declared.\n")


def test_what_somebody_clicked_in_the_console_is_contradicted_by_its_files(applied: Project) -> None:
    call(applied)
    words = ("formats=[hls]", "storage.vod.retention=30d")
    assert applied.run("console", "edit", "dev/video-call", *words).code == 0
    call(applied)
    ran = applied.run("evidence", "dev/video-call", "--exit-code")
    assert ran.code == 2
    assert "  formats                   contradicts          hls is not declared\n" in ran.out
    assert "      declared in templates/call/v1.yaml:8:12\n      20001001_1234.m3u8  " in ran.out
    assert (
        "files are kept 30d, and 7d is declared\n      declared in environments/dev/environment.yaml:10:65" in ran.out
    )
    assert ran.out.endswith("\n\ndev: 1 contradicting.\n")


def test_todays_spec_is_not_contradicted_by_what_the_one_before_recorded(project: Project) -> None:
    spec = "environments/dev/apps/video-call.yaml"
    project.edit(spec, "template: call@v1", "template: call@v1\n  settings: {formats: [mp4, hls]}")
    assert project.run("apply", "dev/video-call", "--yes").code == 0
    call(project)
    assert verdicts(project)["settings/formats"] == "behaves-as-declared"
    project.edit(spec, "[mp4, hls]", "[mp4]")
    assert verdicts(project)["settings/formats"] == "contradicts"  # the console still does what the old one said
    assert project.run("apply", "dev/video-call", "--yes").code == 0
    assert set(verdicts(project).values()) == {"nothing-to-see"}
    assert set(verdicts(project, "video-call", "--since", "2020-01-01").values()) == {"nothing-to-see"}
    call(project)
    assert verdicts(project)["settings/formats"] == "behaves-as-declared"


def test_minutes_and_files_contradict_a_manual_application(project: Project) -> None:
    """support-desk is manual, and classroom records mixed streams by its spec: this console does otherwise."""
    project.edit("environments/dev/apps/support-desk.yaml", "backendRecords: true", "backendRecords: false")
    project.edit("environments/dev/apps/video-call.yaml", "mode: auto ", "mode: manual ")
    with history(project.root) as state:
        play(state, VIDEO_CALL, days_ago(2), 30)
        play(state, CLASSROOM, days_ago(2), 30)
        play(state, SUPPORT_DESK, days_ago(2), 30)
    found = {app["name"]: app for app in project.json("evidence", "dev")["applications"]}
    (mode,) = found["video-call"]["leaves"]
    assert (mode["verdict"], mode["origin"]) == ("contradicts", "environments/dev/apps/video-call.yaml:9:9")
    assert {fact["kind"] for fact in mode["facts"]} == {"file", "day"}
    single = next(leaf for leaf in found["classroom"]["leaves"] if leaf["path"].endswith("/single"))
    assert (single["verdict"], single["origin"]) == ("contradicts", "environments/dev/apps/classroom.yaml:1:1")
    assert found["support-desk"]["verdict"] == "nothing-to-see"


def test_nothing_to_see_while_the_console_records_nothing_is_said_and_exits_2(applied: Project) -> None:
    ran = applied.run("evidence", "dev/video-call", "--exit-code")
    assert (ran.code, "  The console records rooms by themselves.\n" in ran.out) == (4, True)
    with applied.console("dev") as state:
        state.edit(VIDEO_CALL, mode="manual")
    ran = applied.run("evidence", "dev/video-call", "--exit-code")
    told = "The console shows now that mode is manual: NO ROOM IS RECORDED BY ITSELF, and the spec says automatic."
    assert (ran.code, f"  {told}\n" in ran.out) == (2, True)
    assert applied.json("evidence", "dev/video-call")["applications"][0]["console"] == told


def test_busy_rooms_that_nobody_recorded(applied: Project) -> None:
    applied.edit(ENVIRONMENT, "settings:", "evidence: kept/callbacks\nsettings:")
    call(applied, "classroom")
    inbox, now = Inbox(applied.root, "kept/callbacks"), system_clock()
    with applied.console("dev") as state:
        holds = state.application(VIDEO_CALL).changed_at or 0
        assert "no evidence" in applied.run("evidence", "dev/video-call").out
        state.wind(7200)  # the rooms have been over for an hour
    for second, event in enumerate((101, 201, 202, 102)):
        at = holds + 601 + second
        body = {"EventType": event, "EventInfo": {"RoomId": 77, "EventMsTs": int(at * 1000)}}
        inbox.append(VIDEO_CALL, body, lambda: now)
        inbox.append(99, body, lambda: now)
    with (applied.root / f"kept/callbacks/callbacks-{now:%Y-%m-%d}.jsonl").open("ab") as file:
        file.write(b"\x1b[2J| `rm`\n")
    ran = applied.run("evidence", "dev/video-call", "--exit-code")
    assert ran.code == 2
    assert "mode is auto, and rooms were busy without being recorded\n" in ran.out
    assert f"      kept/callbacks/callbacks-{now:%Y-%m-%d}.jsonl:3:1  room 77\n" in ran.out
    assert "Lines of the inbox that are not callbacks: 1\n" in ran.out
    assert "jsonl:9:1: is no JSON: Expecting value\n" in ran.out
    assert "Callbacks of other applications: 4\n" in ran.out
    assert "\x1b" not in ran.out
    assert "\x1b" not in json.dumps(applied.json("evidence", "dev/video-call"))


def test_what_may_not_be_asked_is_said_and_is_no_evidence(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDtest")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "test")
    with endpoint(refuses("UnauthorizedOperation", "you are not allowed")) as served:
        project.edit(ENVIRONMENT, "{driver: embedded}", f"{{driver: runbook, endpoint: 'http://{served.host}'}}")
        ran = project.run("evidence", "dev/video-call", "--exit-code")
        (found,) = project.json("evidence", "dev/video-call")["applications"]
    assert ran.code == 4
    assert "  files cannot be read: SearchMedia: UnauthorizedOperation: you are not allowed" in ran.out
    assert "  minutes cannot be read: DescribeRecordingUsage: UnauthorizedOperation" in ran.out
    assert {what: why["cause"] for what, why in found["unknown"].items()} == {"files": "refused", "minutes": "refused"}
    assert found["verdict"] == "nothing-to-see"


def test_the_last_change_is_the_journals_where_the_console_is_real(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDtest")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "test")
    holds = system_clock().replace(microsecond=0) - timedelta(days=2)
    journal = Path(".provisioner/dev/journal/20260101T000000.000000Z-1.jsonl")
    lines = [
        {"event": "begin", "at": timestamp(holds)},
        {"event": "applied", "at": timestamp(holds), "sdkAppId": VIDEO_CALL, "effectiveAfter": timestamp(holds)},
    ]
    project.write(str(journal), "".join(f"{json.dumps(line)}\n" for line in lines))
    with endpoint(refuses("UnauthorizedOperation")) as served:
        project.edit(ENVIRONMENT, "{driver: embedded}", f"{{driver: tencent, endpoint: 'http://{served.host}'}}")
        (found,) = project.json("evidence", "dev/video-call")["applications"]
    assert found["applied"] == timestamp(holds)
    assert found["since"] == timestamp(holds + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--since", "2026-02-30"), "--since 2026-02-30 is no time of the calendar"),
        (("--since", "2062-01-01"), "lies in the future"),
        (("--since", "2026-03-02", "--until", "2026-03-01"), "is later than --until"),
    ],
)
def test_dates_that_make_no_sense(project: Project, options: tuple[str, ...], reason: str) -> None:
    ran = project.run("evidence", "dev", *options)
    assert (ran.code, ran.out) == (1, "")
    assert reason in ran.err
