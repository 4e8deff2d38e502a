"""`provisioner files`, against the simulator, moto's server and a scripted endpoint."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import urllib3
from moto.server import ThreadedMotoServer
from syrupy.assertion import SnapshotAssertion

from provisioner.simulator import Call, Room
from tests.archive.support import APP, stored
from tests.console.endpoint import answers, endpoint, refuses
from tests.project import Project

ALICE = f"{APP}_12_UserId_s_YWxpY2U._UserId_e_"
HOSTILE = '=HYPERLINK("http://x") \x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}| [a](b) @all.mp4'


@pytest.fixture
def recorded(project: Project) -> Project:
    """Calls in rooms 12, 1234 and "방-1", one recorded twice, and what nobody recorded."""
    project.run("plan", "dev")
    with project.console("dev") as state:
        state.media.add(
            [
                stored(f"{APP}_1234_1.mp4", 0, seconds=7200.0, users=["alice", "bob"]),
                stored(f"{APP}_1234_2.mp4", 1, seconds=7200.0, users=["alice", "bob"]),
                stored(f"{APP}_1234_4.mp4", 3, seconds=1200.0),
                stored(f"{APP}_1234.m3u8", 3, seconds=22800.0),
                stored(f"{APP}_1234_1.mp4", 90000, seconds=600.0, task_id="task-2"),
                stored(f"{APP}_1234_1.mp4", 90020, seconds=620.0, task_id="task-3"),
                stored(f"{ALICE}main_1.mp4", 500, task_id="task-4"),
                stored(f"{ALICE}aux_1.mp4", 500, task_id="task-4"),
                stored(f"{APP}_123_1.mp4", 600, task_id="task-5", users=["carol"]),
                stored(f"{APP}_67CpLTE._1.mp4", 800, task_id="task-6"),
                stored(HOSTILE, 900, task_id="task-7"),
                stored(f"{APP}_holiday.mp4", 901, sdk_app_id=0),
            ]
        )
    return project


def test_rooms_gaps_doubles_and_foreign_names(recorded: Project, snapshot: SnapshotAssertion) -> None:
    ran = recorded.run("files", "dev/video-call")
    assert (ran.code, ran.err) == (0, "")
    assert [line for line in ran.out.splitlines() if len(line) > 80 and "https://" not in line] == []
    assert ran.out == snapshot


@pytest.mark.parametrize(
    ("narrowed", "names"),
    [
        (("--room", "12"), {f"{ALICE}main_1.mp4", f"{ALICE}aux_1.mp4"}),
        (("--room", "방-1"), {f"{APP}_67CpLTE._1.mp4"}),
        (("--room", "1"), set()),
        (("--user", "alice", "--kind", "single"), {f"{ALICE}main_1.mp4", f"{ALICE}aux_1.mp4"}),
        (("--user", "carol"), {f"{APP}_123_1.mp4"}),
        (("--kind", "mixed", "--since", "2026-03-02"), {f"{APP}_1234_1.mp4"}),
        (("--since", "2026-03-01T20:15:00+08:00", "--until", "2026-03-01"), {HOSTILE, f"{APP}_holiday.mp4"}),
    ],
)
def test_a_search_is_narrowed(recorded: Project, narrowed: tuple[str, ...], names: set[str]) -> None:
    found = recorded.json("files", "dev/video-call", *narrowed)
    assert {file["key"] for file in found["files"]} == names
    assert found["complete"] is True
    assert recorded.run("files", "dev/video-call", *narrowed).out.splitlines()[1].startswith("only: ")


def test_json_holds_every_field(recorded: Project) -> None:
    found = recorded.json("files", "dev/video-call")
    assert (found["filesVersion"], found["application"], found["sdkAppId"]) == (2, "video-call", APP)
    assert found["totals"] == {
        "files": 12,
        "unrecognized": 2,
        "rooms": 4,
        "seconds": 39980.0,
        "bytes": 12_000_000,
        "gaps": 1,
        "duplicates": 2,
    }
    assert found["files"][0] == {
        "sdkAppId": APP,
        "room": "12",
        "roomType": "number",
        "kind": "single",
        "user": "alice",
        "stream": "aux",
        "media": None,
        "index": 1,
        "started": None,
        "extension": "mp4",
        "prefix": None,
        "failover": None,
        "task": "task-4",
        "bytes": 1_000_000,
        "seconds": 60.0,
        "created": "2026-03-01T12:08:20Z",
        "expires": "9999-12-31T23:59:59Z",
        "users": [],
        "unrecognized": False,
        "fileId": "5285890800000000008",
        "key": f"{ALICE}aux_1.mp4",
        "address": f"https://media.example.com/5285890800000000008/{ALICE}aux_1.mp4",
    }
    assert {(remark["kind"], remark["gap"], *remark["tasks"]) for remark in found["remarks"]} == {
        ("missing-part", True, "task-1"),
        ("two-formats", False, "task-1"),
        ("two-recordings", False, "task-2", "task-3"),
    }


def test_csv_has_a_row_for_each_file_and_no_formula(recorded: Project) -> None:
    out = recorded.run("files", "dev/video-call", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 12
    assert (rows[0]["room"], rows[0]["user"], rows[0]["unrecognized"]) == ("12", "alice", "false")
    assert {row["users"] for row in rows} == {"", "alice bob", "carol"}
    hostile = next(row for row in rows if "HYPERLINK" in row["key"])
    assert hostile["key"] == '\'=HYPERLINK("http://x") \\u001b[31m\\u202e| [a](b) @all.mp4'


@pytest.mark.parametrize("form", ["text", "csv", "json"])
def test_no_name_reaches_the_terminal_raw(recorded: Project, form: str) -> None:
    out = recorded.run("files", "dev/video-call", "--format", form).out
    assert "HYPERLINK" in out
    assert "\x1b" not in out
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in out


def test_a_call_that_was_recorded_is_found(project: Project) -> None:
    assert project.run("apply", "dev", "--yes").code == 0
    with project.console("dev") as state:
        ended = state.wind(20_000) - 300
        state.recordings.play(Room(APP, "lobby", False), Call(people=3, seconds=9000).events(), start=ended - 9000)
    found = project.json("files", "dev/video-call", "--room", "lobby", "--user", "user-3", "--kind", "mixed")
    assert [(file["roomType"], file["index"], file["seconds"]) for file in found["files"]] == [
        ("string", 1, 7200),  # maxFileDuration: 2h
        ("string", 2, 1800),
    ]
    assert found["remarks"] == []


def test_nothing_recorded_is_said_and_what_the_console_means_for_it(project: Project) -> None:
    ran = project.run("files", "dev/classroom")
    assert (ran.code, ran.out.splitlines()[-2:]) == (
        0,
        [
            "dev/classroom: no recorded files.",
            "The console shows now that recording is not enabled: NO ROOM IS RECORDED BY ITSELF, and the spec says"
            " automatic.",
        ],
    )
    assert "simulated console" in ran.out
    assert project.run("files", "dev/classroom", "--exit-code").code == 2
    assert project.run("apply", "dev", "--yes").code == 0
    ran = project.run("files", "dev/classroom", "--exit-code")
    assert (ran.code, ran.out.splitlines()[-1]) == (4, "The console records rooms by themselves.")
    with project.console("dev") as state:
        state.edit(20001002, mode="manual")
    ran = project.run("files", "dev/classroom", "--exit-code")
    assert (ran.code, "The console shows now that mode is manual: NO ROOM" in ran.out) == (2, True)
    assert project.run("files", "dev/support-desk").out.splitlines()[-1] == (
        "The console shows that mode is manual, as the spec says: rooms are not recorded by themselves."
    )
    assert project.json("files", "dev/support-desk")["console"].startswith("The console shows that mode is manual")


def test_two_files_of_one_name_are_told_apart_and_nobody_says_everyone(recorded: Project) -> None:
    ran = recorded.run("files", "dev/video-call", "--room", "1234", "--exit-code")
    assert ran.code == 0
    ids = [line.strip() for line in ran.out.splitlines() if line.startswith("      FileId ")]
    assert len(ids) == len(set(ids)) == 6
    assert "FileId 5285890800000000001, kept for ever" in ids
    assert "everyone" not in ran.out
    assert "alice, bob " in ran.out
    assert "  mixed  " in ran.out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("dev",), '"dev" names no application'),
        (("dev/video-cal",), 'did you mean "video-call"'),
        (("dev/video-call", "--since", "yesterday"), "neither a day nor a moment"),
        (("dev/video-call", "--room", ""), "no room's id has 0 characters"),
        (("dev/video-call", "--user", "x" * 65), "no user's id has 65 characters"),
        (("dev/video-call", "--kind", "both"), "is not one of 'mixed', 'single'"),
    ],
)
def test_what_makes_no_sense_is_refused(project: Project, arguments: tuple[str, ...], reason: str) -> None:
    ran = project.run("files", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert reason in ran.err


PAGE = [
    {
        "FileId": str(number),
        "BasicInfo": {"Name": f"{APP}_7_{number}.mp4", "CreateTime": f"2026-03-01T12:{number // 60:02d}:00Z"},
    }
    for number in range(500, 0, -1)
]


@pytest.fixture
def real(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An account of its own behind an endpoint of the project's."""
    for name in ("SECRET_ID", "SECRET_KEY"):
        monkeypatch.setenv(f"TENCENTCLOUD_{name}", f"the-{name}")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return project


@pytest.mark.parametrize("form", ["text", "csv", "json"])
def test_a_page_that_fails_leaves_what_was_listed(real: Project, form: str) -> None:
    full = answers(TotalCount=501, MediaInfoSet=PAGE)
    with endpoint(full, full, refuses("FailedOperation", "storm")) as served:
        real.edit(
            "environments/dev/environment.yaml",
            "{driver: embedded}",
            f"{{driver: tencent, endpoint: 'http://{served.host}'}}",
        )
        ran = real.run("files", "dev/video-call", "--format", form)
    assert ran.code == 3
    assert ran.err == (
        "SearchMedia: FailedOperation: storm (request req-1)\n"
        "  Not listed: files created before 2026-03-01T12:00:00Z.\n"
    )
    assert all(f"{APP}_7_{number}.mp4" in ran.out for number in range(1, 501))
    if form == "text":
        assert "INCOMPLETE: not listed are files created before 2026-03-01T12:00:00Z." in ran.out
    if form == "json":
        assert '"complete": false' in ran.out


def test_an_environment_that_people_change_is_asked_with_credentials_of_its_own(real: Project) -> None:
    with endpoint(answers(TotalCount=1, MediaInfoSet=PAGE[:1])) as served:
        console = f"{{driver: runbook, endpoint: 'http://{served.host}', credentials: {{environment: {{}}}}}}"
        real.edit("environments/dev/environment.yaml", "{driver: embedded}", console)
        ran = real.run("files", "dev/video-call")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("dev/video-call: 1 file in 1 room.\n")
    assert "Credential=the-SECRET_ID/" in served.seen[0][1]["Authorization"]


def test_without_permission_there_is_an_error_and_no_listing(real: Project) -> None:
    with endpoint(refuses("UnauthorizedOperation")) as served:
        real.edit(
            "environments/dev/environment.yaml",
            "{driver: embedded}",
            f"{{driver: tencent, endpoint: 'http://{served.host}'}}",
        )
        ran = real.run("files", "dev/video-call")
    assert (ran.code, ran.out) == (1, "")
    assert "The account's access policy lacks this action" in ran.err


@pytest.fixture
def bucket(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """dev stores in S3, and only people change its console."""
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    project.edit(
        "environments/dev/environment.yaml",
        "storage: {vendor: vod, vod: {subAppId: 1500000010, retention: 7d}}",
        "storage: {vendor: s3, s3: {bucket: recordings, region: ap-southeast-1, prefix: calls,"
        " accessKeyRef: env:ACCESS, secretKeyRef: env:SECRET}}",
    )
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    for name, value in (
        ("ACCESS", "AKIDlister"),
        ("SECRET", "the-secret-itself"),
        ("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}"),
    ):
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", region_name="ap-southeast-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.create_bucket(Bucket="recordings", CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
    yield client
    urllib3.request("POST", f"http://{host}:{port}/moto-api/reset")
    moto.stop()


def test_a_bucket_with_segments(project: Project, bucket: Any, snapshot: SnapshotAssertion) -> None:
    segments = [f"{ALICE}main_video_2026030112{minute:02d}00000.ts" for minute in range(10)]
    for name in (*segments, f"{ALICE}main_video.m3u8", f"ha1_{APP}_1500_1.mp4", "notes.txt"):
        bucket.put_object(Bucket="recordings", Key=f"calls/task-1/{name}", Body=b"x" * 1000)
    out = project.run("files", "dev/video-call").out
    today = project.json("files", "dev/video-call")["files"][0]["created"][:10]
    shown = "\n".join(
        f"  YYYY-MM-DD hh:mm{line[18:]}" if line.startswith(f"  {today[:8]}") else line for line in out.splitlines()
    )
    assert shown == snapshot


def test_a_bucket_that_is_not_there(project: Project, bucket: Any) -> None:
    bucket.delete_bucket(Bucket="recordings")
    ran = project.run("--verbose", "files", "dev/video-call")
    assert (ran.code, ran.out) == (1, "")
    assert "S3 bucket recordings/calls in ap-southeast-1: NoSuchBucket: " in ran.err
    assert "the-secret-itself" not in ran.err
    assert "AKIDlister" not in ran.err
