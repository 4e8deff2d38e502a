"""From the first `up` to drift and its repair."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

from tests.console.endpoint import endpoint
from tests.engine.stack import NAME, FirstUp, Stack, needs_pulumi
from tests.project import Project

pytestmark = needs_pulumi

CALL, CLASSROOM, DESK = 20001001, 20001002, 20001003
CALL_TEMPLATE = "templates/call/v1.yaml"
UNTOUCHED = {"classroom": ["same"], "support-desk": ["same"], "video-call": ["same"]}


def test_the_first_up_imports_and_then_updates_what_differs(first_up: FirstUp) -> None:
    stack, run = first_up.stack, first_up.run
    assert run.steps == {
        "classroom": ["import", "update"],
        "support-desk": ["import"],
        "video-call": ["import", "update"],
    }
    call, classroom, desk = map(stack.application, (CALL, CLASSROOM, DESK))
    assert [(app.enabled, app.mode) for app in (call, classroom, desk)] == [
        (True, "auto"),
        (True, "auto"),
        (True, "manual"),
    ]
    assert call.template == {
        "StreamType": 0,
        "RecordFormat": ["mp4"],
        "MaxIdleTime": 5,
        "MaxMediaFileDuration": 120,
        "MixRecord": {
            "MaxUsers": 8,
            "MixLayoutMode": 3,
            "BackGroundColor": "#000000",
            "VideoParams": {"Width": 1280, "Height": 720, "Fps": 15, "BitRate": 1_200_000, "Gop": 10},
            "AudioParams": {"SampleRate": 1, "Channel": 2, "BitRate": 64_000},
        },
        "StorageParams": {"CloudVod": {"TencentVod": {"SubAppId": 1500000010, "ExpireTime": 604_800, "ClassId": 0}}},
    }
    assert (desk.template, desk.changed_at) == (None, None)


def test_the_first_up_names_the_fields_that_the_cli_names(first_up: FirstUp, project: Project) -> None:
    planned = {
        app["name"]: {
            change["path"][1:].replace("/", "."): (change["before"], change["after"]) for change in app["changes"]
        }
        for app in project.json("plan", NAME)["applications"]
        if app["changes"]
    }
    assert first_up.run.changes == planned
    assert planned["video-call"]["recording.mode"] == ("manual", "auto")


def test_the_first_up_tells_what_it_means(first_up: FirstUp, project: Project) -> None:
    plan = project.json("plan", NAME)
    planned: dict[str, list[str]] = {"warning": [], "info": []}
    for subject in (plan, *plan["applications"]):
        for finding in subject["findings"]:
            origin = ":".join(str(part) for part in finding["origin"].values())
            line = f"{origin}: {subject.get('name', NAME)}: {finding['id']}: {finding['message']}"
            planned["info" if finding["severity"] == "info" else "warning"].append(line)
    assert any("start-recording" in line for line in planned["warning"])
    assert first_up.run.told("warning") == planned["warning"]
    *seen, totals, call, classroom = first_up.run.told("info")
    assert seen == planned["info"]
    assert totals == "dev: 2 to change, 1 unchanged. On the simulated console (.provisioner/dev/console.sqlite)."
    for written in (call, classroom):
        assert re.fullmatch(r"takes effect for rooms created after \S+Z; earlier rooms keep their settings", written)


def test_a_second_up_changes_nothing(stack: Stack) -> None:
    writes = stack.accepted_writes()
    second = stack.up("--expect-no-changes")
    assert (second.code, second.steps) == (0, UNTOUCHED)
    assert stack.accepted_writes() == writes


def test_one_edited_value_shows_as_exactly_that_field(stack: Stack) -> None:
    stack.edit(CALL_TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    writes = stack.accepted_writes()
    preview = stack.preview("--diff")
    assert preview.changes == {"video-call": {"recording.settings.maxIdleTime": ("5s", "20s")}}
    assert preview.steps == {**UNTOUCHED, "video-call": ["update"]}
    assert '~ maxIdleTime: "5s" => "20s"' in preview.text
    assert stack.accepted_writes() == writes


def test_drift_shows_in_the_next_preview_and_is_repaired(stack: Stack) -> None:
    stack.set(CALL, RecordFormat=["hls"])
    with stack.console(NAME) as console:
        console.edit(DESK, enabled=False)  # so far it was imported and never updated
    drift = {
        "support-desk": {"recording.enabled": (False, True)},
        "video-call": {"recording.settings.formats": (["hls"], ["mp4"])},
    }
    preview = stack.preview("--diff")
    assert preview.changes == drift
    assert '~ [0]: "hls" => "mp4"' in preview.text
    up = stack.up()
    assert (up.code, up.changes) == (0, drift)
    template = stack.application(CALL).template
    assert template is not None
    assert template["RecordFormat"] == ["mp4"]
    assert stack.application(DESK).enabled


def test_drift_shows_to_those_who_start_pulumi_themselves(stack: Stack) -> None:
    stack.set(CALL, MaxIdleTime=300)
    plain = replace(stack, variables={"PULUMI_RUN_PROGRAM": "false"})  # its own default
    assert plain.preview().changes == {"video-call": {"recording.settings.maxIdleTime": ("5m", "5s")}}


def test_an_edit_and_drift_of_one_application_are_carried_out_together(stack: Stack) -> None:
    stack.set(CALL, RecordFormat=["hls"])
    stack.edit(CALL_TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    up = stack.up()
    assert up.code == 0, up.text
    template = stack.application(CALL).template
    assert template is not None
    assert (template["RecordFormat"], template["MaxIdleTime"]) == (["mp4"], 20)


def test_a_refresh_writes_nothing(stack: Stack) -> None:
    stack.set(CALL, MaxIdleTime=300)
    writes = stack.accepted_writes()
    refresh = stack.refresh()
    assert refresh.code == 0, refresh.text
    assert stack.accepted_writes() == writes
    assert stack.preview().changes == {"video-call": {"recording.settings.maxIdleTime": ("5m", "5s")}}


def test_up_tells_what_the_controller_does_from_the_next_call_on(stack: Stack) -> None:
    """The controller of this project runs something else than its specs say."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = json.dumps({"environment": NAME, "contracts": {"support-desk": "f" * 64}}).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    with endpoint(answer) as served:
        declared = f"{{url: 'http://{served.host}', tokenRef: env:TOKEN, callbackKeyRefs: [env:KEY]}}"
        project = Project(stack.root)
        project.edit(f"environments/{NAME}/environment.yaml", "settings:", f"controller: {declared}\nsettings:")
        manual = "manual: {start: backend, roomIds: number, sdkSecretKeyRef: env:SDK}"
        project.edit(f"environments/{NAME}/apps/support-desk.yaml", "backendRecords: true", manual)
        run = stack.up()
    assert run.code == 0, run.text
    (told,) = [line for line in run.told("warning") if "REC093" in line]
    assert f"controller: from the next call on. http://{served.host} runs other settings" in told
    assert stack.up().steps["support-desk"] == ["same"]
