"""`provisioner console`: the simulated console by hand, and what a call would leave behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.trtc.v20190722 import models
from tencentcloud.trtc.v20190722.trtc_client import TrtcClient

from provisioner.simulator import Room, Target
from provisioner.simulator.calls import Enter
from tests.cli.test_help import examples
from tests.project import Project

SUBCOMMANDS = ("serve", "seed", "show", "edit", "callbacks", "call", "fault")


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_help_of_every_subcommand_fits_and_its_example_runs(project: Project, name: str) -> None:
    assert max(map(len, project.run("console", name, "--help").out.splitlines())) <= 80
    found = examples(project, "console", name)
    assert {(*arguments[:2],) for arguments in found} == {("console", name)}
    if name == "serve":
        return  # below
    assert project.run("apply", "dev", "--yes").code == 0
    for arguments in found:
        ran = project.run(*arguments)
        assert (ran.code, ran.err) == (0, "")


def test_seed_adds_what_the_state_lacks(project: Project) -> None:
    assert project.run("console", "seed", "dev").out == "4 added, 4 in the simulated console of dev\n"
    project.edit(
        "environments/dev/embedded.yaml", "webinar-trial:", "town-hall: {sdkAppId: 20001005}\n  webinar-trial:"
    )
    assert project.run("console", "seed", "dev").out == "1 added, 5 in the simulated console of dev\n"


def test_show_says_what_the_console_holds_in_the_words_of_specs(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    (app,) = project.json("console", "show", "dev/video-call")["applications"]
    assert (app["sdkAppId"], app["generation"], app["enabled"], app["mode"]) == (20001001, "new", True, "auto")
    assert app["settings"]["maxIdleTime"] == "5s"
    assert app["settings"]["mixed"]["video"]["bitrate"] == "1200kbps"
    assert app["unreadable"] == {}
    text = project.run("console", "show", "dev").out
    assert "webinar-trial (20001004, new type): recording off, manual\n  no template\n" in text


def test_show_tells_what_it_cannot_decode(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    with project.console("dev") as state:
        held = state.application(20001001).template
        assert held is not None
        state.edit(20001001, template={**held, "StreamType": 7})
    assert "cannot be read: the console's value is no known code: 7" in project.run("console", "show", "dev").out


def test_an_edit_is_exactly_the_drift_that_follows(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    assert project.run("drift", "dev", "--exit-code").code == 0
    ran = project.run("console", "edit", "dev/video-call", "maxIdleTime=30s")
    assert ran.out == "edited video-call (20001001): maxIdleTime=30s\n"
    out = project.run("drift", "dev").out
    assert "maxIdleTime  30s -> 5s" in out
    assert out.count(" -> ") == 1
    assert "dev: 1 of 3 applications differ from their specs." in out


@pytest.mark.parametrize(
    ("address", "words", "reason"),
    [
        ("dev/video-call", "maxIdle=30s", '"maxIdle" is nothing that a console shows (did you mean "maxIdleTime"?)'),
        ("dev/video-call", "maxIdleTime=30", "edit maxIdleTime takes a quantity with its unit"),
        ("dev/video-call", "maxIdleTime", 'edit takes PATH=VALUE, not "maxIdleTime"'),
        ("dev/video-call", "maxIdleTime=", "no console would hold that: The request is missing a required parameter"),
        ("dev/video-call", "mode=", "enabled and mode always have a value"),
        ("dev/video-call", "storage.vendor=cos", "no console would hold that: The request is missing a required"),
        ("dev/video-call", "storage.cos.bucket=b-1", "storage.cos.bucket is of another storage than vod"),
        ("dev/video-call", "mixed=", "no console would hold that: "),
        ("dev/video-call", "callback.keyRef=secret", "callback.keyRef takes"),
        ("dev/webinar-trial", "mode=auto", "automatic recording needs a template"),
        ("dev/webinar", "mode=auto", 'has no application "webinar" (did you mean "webinar-trial"?)'),
        ("dev", "mode=auto", "dev is an environment"),
    ],
)
def test_what_no_console_would_hold_is_refused(project: Project, address: str, words: str, reason: str) -> None:
    project.run("apply", "dev", "--yes")
    ran = project.run("console", "edit", address, words)
    assert (ran.code, ran.out) == (1, "")
    assert reason in ran.err
    assert project.run("drift", "dev", "--exit-code").code == 0


def shown(project: Project, name: str) -> Any:
    (app,) = project.json("console", "show", f"dev/{name}")["applications"]
    return app["settings"]


def test_an_edit_sets_any_field_and_takes_blocks_away(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.run("apply", "dev", "--yes")
    edit = ("console", "edit", "dev/video-call")
    assert project.run(*edit, "formats=mp4,hls", "mixed=", "single.streams=main").code == 0
    held = shown(project, "video-call")
    assert (held["formats"], held["single"], "mixed" in held) == (["mp4", "hls"], {"streams": "main"}, False)
    bucket = ("storage.vendor=cos", "storage.cos.region=ap-singapore", "storage.cos.bucket=calls-1250000000")
    assert project.run(*edit, *bucket).code == 0
    assert shown(project, "video-call")["storage"] == {
        "vendor": "cos",
        "cos": {"region": "ap-singapore", "bucket": "calls-1250000000"},
    }
    monkeypatch.setenv("REC_KEY", "k3y")
    assert project.run(*edit, "callback.url=https://calls.example.com", "callback.keyRef=env:REC_KEY").code == 0
    with project.console("dev") as state:
        template = state.application(20001001).template
        assert template is not None
        assert template["Callback"] == {"Url": "https://calls.example.com", "Key": "k3y"}
    assert project.run(*edit, "callback=", "storage.vendor=vod").code == 0
    held = shown(project, "video-call")
    assert (held["storage"], "callback" in held) == ({"vendor": "vod"}, False)


def test_an_application_without_a_template_gets_one_by_hand(project: Project) -> None:
    words = ("enabled=true", "mode=auto", "maxIdleTime=10s", "storage.vendor=vod", "mixed.maxUsers=4")
    assert project.run("console", "edit", "dev/webinar-trial", *words).code == 0
    with project.console("dev") as state:
        app = state.application(20001004)
    assert (app.enabled, app.mode, app.template) == (
        True,
        "auto",
        {
            "MaxIdleTime": 10,
            "StorageParams": {"CloudVod": {"TencentVod": {}}},
            "MixRecord": {"MaxUsers": 4},
        },
    )


QA = ("new", "environment", "qa", "--tier", "staging", "--vod-sub-app-id", "1500000020")


def test_an_account_starts_with_whole_templates_as_render_writes_them(project: Project) -> None:
    """Pasted into embedded.yaml, imported, and nothing differs."""
    project.run(*QA)
    rendered = project.run("render", "prod/classroom").out
    settings = rendered[rendered.index("  settings:") :].replace("\n", "\n    ").rstrip()
    application = f"lectures:\n    sdkAppId: 20003002\n    enabled: true\n    mode: auto\n  {settings}"
    project.edit("environments/qa/embedded.yaml", "applications: {}", f"applications:\n  {application}")
    ran = project.run("import", "qa", "--owner", "@acme/education")
    assert (ran.code, project.json("plan", "qa")["totals"]["change"]) == (0, 0), ran.err
    spec = project.run("render", "qa/lectures").out
    assert spec[spec.index("    media") :] == rendered[rendered.index("    media") :]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{sdkAppId: 20003001, settings: {maxIdleTime: 5}}", "embedded.yaml:6:55: REC011 "),
        (
            "{sdkAppId: 20003001, settings: {storage: {vendor: vod}}}",
            "embedded.yaml:6:41: REC012 applications.calls.settings needs the key maxIdleTime",
        ),
        ("{sdkAppId: 20003001, mode: auto}", "embedded.yaml:6:10: application 20003001 cannot be seeded: automatic"),
        (
            "{sdkAppId: 20003001, settings: {maxIdleTime: 5s, storage: {vendor: vod}}}",
            "embedded.yaml:6:10: application 20003001 cannot be seeded: ",
        ),
    ],
)
def test_what_no_account_would_hold_is_told_with_its_place(project: Project, entry: str, told: str) -> None:
    project.run(*QA)
    project.edit("environments/qa/embedded.yaml", "applications: {}", f"applications:\n  calls: {entry}")
    ran = project.run("plan", "qa")
    assert ran.code == 1
    assert told in ran.err


def test_a_console_that_holds_what_other_specs_say(project: Project) -> None:
    """Drift, adopt and import are rehearsed on what production records by."""
    assert project.run("console", "seed", "dev", "--like", "dev").out == "like dev: 3 changed, 0 added\n"
    assert project.run("drift", "dev", "--exit-code").code == 0
    project.run("console", "seed", "dev", "--like", "prod")
    assert project.run("drift", "dev", "--exit-code").code == 2
    project.run("adopt", "dev/classroom")
    assert project.run("plan", "dev/classroom", "--exit-code").code == 0
    project.run(*QA)
    ran = project.run("console", "seed", "qa", "--like", "prod")
    assert ran.out.splitlines()[0] == "like prod: 0 changed, 3 added"
    assert "  classroom (20001004)" in ran.out.splitlines()
    assert project.run("import", "qa", "--owner", "@acme/calls", "--contract", "call@v1").code == 0
    assert project.json("plan", "qa")["totals"]["change"] == 0


CALL = ("console", "call", "dev/video-call", "--people", "9", "--minutes", "10", "--drop", "12")


def test_a_call_says_what_it_leaves_behind_and_who_is_missing(project: Project) -> None:
    found = project.json(*CALL)
    assert [(file["beganAt"], file["seconds"]) for file in found["files"]] == [(0, 305), (312, 288)]
    assert all("user-9" not in file["users"] and len(file["users"]) == 8 for file in found["files"])
    assert found["missing"] == {"user-9": 292 + 288}
    text = project.run(*CALL).out
    assert "mixed recording does not take in user-9: no place is free" in text
    assert "5:05  mixed recording ends: no anchor came back in time" in text
    assert "5:12  user-1 … user-9 (9): enters, starts audio" in text
    assert "2 files left behind" in text
    assert "Missing: user-9, whose streams no file has for 9:40: no place is free" in text
    assert not (project.root / ".provisioner").exists()  # under the spec nothing is stored


def test_a_call_under_what_the_console_holds(project: Project) -> None:
    assert "recording is not enabled" in project.run(*CALL, "--console").out
    project.run("apply", "dev", "--yes")
    project.run("console", "edit", "dev/video-call", "maxIdleTime=30s", "mixed.maxUsers=4")
    found = project.json(*CALL, "--console")
    assert [(file["beganAt"], file["seconds"]) for file in found["files"]] == [(0, 600)]
    assert sorted(found["missing"]) == [f"user-{number}" for number in range(5, 10)]


def test_a_call_that_only_the_backend_records_leaves_nothing_by_itself(project: Project) -> None:
    found = project.json("console", "call", "dev/support-desk")
    assert found["files"] == []
    assert found["silent"] == "mode is manual: only the application's backend starts recordings"


def test_an_impossible_call_is_refused(project: Project) -> None:
    ran = project.run("console", "call", "dev/video-call", "--people", "90", "--minutes", "1")
    assert (ran.code, ran.err) == (1, "a call of 90 people has more than 89 s\n")


def test_a_rate_fault_makes_plan_retry_and_succeed(project: Project) -> None:
    ran = project.run("console", "fault", "dev", "rate", "--action", "DescribeSdkAppInfo", "--count", "2")
    assert "DescribeSdkAppInfo" in ran.out
    struck = project.run("plan", "dev")
    assert struck.code == 0
    assert "dev: 2 to change, 1 unchanged." in struck.out
    (fault,) = project.json("console", "fault", "dev", "--list")
    assert (fault["kind"], fault["struck"]) == ("rate", 2)
    assert project.run("console", "fault", "dev", "--clear").out == "No faults are set.\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("rat",), 'no kind of fault: rat (did you mean "rate"?); there are latency, rate'),
        (("latency",), "a latency fault needs seconds"),
        (("rate", "--probability", "2"), "a fault strikes with a probability above 0 and up to 1"),
        ((), "nothing to do"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(project: Project, words: tuple[str, ...], reason: str) -> None:
    ran = project.run("console", "fault", "dev", *words)
    assert ran.code == 1
    assert reason in ran.err
    assert project.json("console", "fault", "dev", "--list") == []


@pytest.mark.parametrize(("options", "stop"), [((), signal.SIGTERM), (("--tls",), signal.SIGINT)])
def test_serve_answers_the_sdk_until_it_is_stopped(
    project: Project, options: tuple[str, ...], stop: signal.Signals
) -> None:
    command = [sys.executable, "-m", "provisioner", "console", "serve", "dev", *options]
    with subprocess.Popen(
        command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            lines = [server.stdout.readline() for _ in range(4 if options else 3)]
            given = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
            scheme, host = given["TRTC_CONSOLE_ENDPOINT"].split("://")
            http = HttpProfile(protocol=scheme, endpoint=host, certification=given.get("TRTC_CONSOLE_CA_FILE"))
            keys = Credential(given["TENCENTCLOUD_SECRET_ID"], given["TENCENTCLOUD_SECRET_KEY"])
            client = TrtcClient(keys, "ap-singapore", ClientProfile(httpProfile=http))
            request = models.DescribeRecordingUsageRequest()
            request.StartTime, request.EndTime, request.MixType = "2026-03-01", "2026-03-02", "multi"
            assert client.DescribeRecordingUsage(request).RequestId
        finally:
            server.send_signal(stop)
            out, err = server.communicate(timeout=20)
    assert (server.returncode, out, err) == (0, "", "")


def test_a_played_call_leaves_files_and_minutes_once_the_change_is_in_force(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    ran = project.run("console", "call", "dev/video-call", "--minutes", "5", "--play")
    assert ran.err.startswith("It happened: the console's clock went on by 15:0")  # ten minutes until it is in force
    assert "1 file left behind" in ran.out
    assert project.run("console", "call", "dev/video-call", "--minutes", "1", "--play").err.endswith(" 1:01.\n")
    with project.console("dev") as state:
        now = state.now()
        assert [file.name for file in state.media.files()] == ["20001001_1234_1.mp4"] * 2
        recorded = state.recordings.usage(now // 300 * 300 - 3000, now // 300 * 300 + 300, 3300, sdk_app_id=20001001)
    assert [dict(seconds) for _, seconds in recorded] == [{"HD": 360}]


def test_what_does_not_record_leaves_nothing_when_played(project: Project) -> None:
    out = project.run("console", "call", "dev/support-desk", "--play").out
    assert "No file is left behind: mode is manual" in out
    with project.console("dev") as state:
        assert list(state.media.files()) == []


def test_callbacks_are_aimed_and_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBACK_KEY", "the-key-itself")
    desk = ("console", "callbacks", "dev/support-desk")
    assert project.run(*desk).out == ("dev/support-desk: callbacks go nowhere.\n0 answered, 0 given up, 0 waiting.\n")
    ran = project.run(*desk, "--to", "http://127.0.0.1:9/callbacks", "--key-ref", "env:CALLBACK_KEY")
    assert "dev/support-desk: callbacks go to http://127.0.0.1:9/callbacks." in ran.out
    assert "the-key-itself" not in ran.out
    with project.console("dev") as state:
        assert state.callbacks.targets() == {20001003: Target("http://127.0.0.1:9/callbacks", "the-key-itself")}
        state.recordings.play(Room(20001003, "1"), [Enter(0, "ann")])
    assert project.json(*desk)["waiting"] == 2
    assert project.json(*desk, "--off") == {
        "application": "dev/support-desk",
        "url": None,
        "answered": 0,
        "given_up": 0,
        "waiting": 0,
    }


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--to", "http://127.0.0.1:9"), "an address needs a key"),
        (("--key-ref", "env:CALLBACK_KEY"), "an address needs a key"),
        (("--off", "--to", "http://127.0.0.1:9", "--key-ref", "env:HOME"), "--off neither"),
        (("--to", "ftp://127.0.0.1", "--key-ref", "env:HOME"), "no address for callbacks: ftp://127.0.0.1"),
        (("--to", "http://127.0.0.1:9", "--key-ref", "literal"), "a secret is no reference"),
    ],
)
def test_callbacks_go_to_an_address_with_a_key(project: Project, options: tuple[str, ...], told: str) -> None:
    ran = project.run("console", "callbacks", "dev/support-desk", *options)
    assert (ran.code, ran.out) == (1, "")
    assert told in ran.err
