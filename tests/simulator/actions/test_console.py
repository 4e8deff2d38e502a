"""What the console answers, and the rules it keeps."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tencentcloud.common.common_client import CommonClient

from provisioner.simulator import ConsoleState, SeedApplication
from tests.simulator.conftest import MovableClock
from tests.simulator.support import MANUAL, NEW, OLD, TEMPLATE, VOD, call, recording, refused


def test_applications_are_listed_in_order_of_their_ids(client: CommonClient) -> None:
    assert call(client, "DescribeAppStatList") == {
        "TotalNum": 3,
        "SdkAppInfos": [
            {"ID": NEW, "Name": "tutoring-live", "Status": 1},
            {"ID": MANUAL, "Name": "customer-service", "Status": 1},
            {"ID": OLD, "Name": "legacy-live", "Status": 1},
        ],
    }


def test_applications_come_in_pages_of_a_hundred(client: CommonClient, state: ConsoleState) -> None:
    state.seed(SeedApplication(30000000 + number, f"app-{number}", "new") for number in range(107))
    first = call(client, "DescribeAppStatList")
    second = call(client, "DescribeAppStatList", Offset=100, Limit=100)
    assert (first["TotalNum"], len(first["SdkAppInfos"])) == (110, 100)
    assert (second["TotalNum"], len(second["SdkAppInfos"])) == (110, 10)
    ids = [app["ID"] for app in first["SdkAppInfos"] + second["SdkAppInfos"]]
    assert ids == sorted(set(ids))
    assert call(client, "DescribeAppStatList", Offset=110) == {"TotalNum": 110, "SdkAppInfos": []}


@pytest.mark.parametrize("page", [{"Limit": 101}, {"Limit": 0}, {"Offset": -1}, {"Limit": "10"}])
def test_a_page_has_limits(client: CommonClient, page: dict[str, Any]) -> None:
    assert refused(client, "DescribeAppStatList", **page).code == "InvalidParameterValue"


def test_an_untouched_application(client: CommonClient) -> None:
    assert call(client, "DescribeSdkAppInfo", SdkAppId=NEW) == {
        "SdkAppInfo": {
            "SdkAppId": NEW,
            "Name": "tutoring-live",
            "Recording": {"Enabled": 0, "Type": "new", "Mode": "manual", "Template": None, "ChangedAt": None},
        }
    }


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("DescribeSdkAppInfo", {}),
        ("AlterRecording", {"Template": TEMPLATE}),
        ("ModifyRecordMode", {"Enabled": 1}),
    ],
)
def test_an_unknown_application(client: CommonClient, action: str, parameters: dict[str, Any]) -> None:
    assert refused(client, action, SdkAppId=999, **parameters).code == "FailedOperation.SdkAppIdNotExist"
    assert refused(client, action, **parameters).code == "MissingParameter"
    assert refused(client, action, SdkAppId="999", **parameters).code == "InvalidParameterValue"
    assert refused(client, action, SdkAppId=999, Zone=1, **parameters).code == "UnknownParameter"


def test_on_then_template_then_auto(client: CommonClient, clock: MovableClock, state: ConsoleState) -> None:
    assert call(client, "ModifyRecordMode", SdkAppId=NEW, Enabled=1) == {}
    assert call(client, "AlterRecording", SdkAppId=NEW, Template=TEMPLATE) == {}
    clock.now += 60
    assert call(client, "ModifyRecordMode", SdkAppId=NEW, Mode="auto") == {}
    assert recording(client, NEW) == {
        "Enabled": 1,
        "Type": "new",
        "Mode": "auto",
        "Template": TEMPLATE,
        "ChangedAt": datetime.fromtimestamp(clock.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert state.accepted_writes() == 3


def test_a_template_needs_recording_on(client: CommonClient, state: ConsoleState) -> None:
    refusal = refused(client, "AlterRecording", SdkAppId=NEW, Template=TEMPLATE)
    assert refusal.code == "FailedOperation.NotAbility"
    assert recording(client, NEW)["Template"] is None
    assert state.accepted_writes() == 0


def test_automatic_mode_needs_recording_on(client: CommonClient) -> None:
    assert refused(client, "ModifyRecordMode", SdkAppId=NEW, Mode="auto").code == "FailedOperation.NotAbility"


@pytest.mark.parametrize("parameters", [{"Mode": "auto"}, {"Mode": "auto", "Enabled": 1}])
def test_automatic_mode_needs_a_template(client: CommonClient, parameters: dict[str, Any]) -> None:
    sdk_app_id = NEW if "Enabled" in parameters else MANUAL
    refusal = refused(client, "ModifyRecordMode", SdkAppId=sdk_app_id, **parameters)
    assert refusal.code == "FailedOperation.NotAllowed"
    assert "template" in refusal.message
    # Refused as a whole: switching on, in the same call, has not happened either.
    assert recording(client, NEW)["Enabled"] == 0
    assert recording(client, MANUAL)["Mode"] == "manual"


def test_new_type_recording_cannot_be_switched_off(client: CommonClient) -> None:
    refusal = refused(client, "ModifyRecordMode", SdkAppId=MANUAL, Enabled=0)
    assert refusal.code == "FailedOperation.NotAllowed"
    assert "new type cannot be switched off" in refusal.message
    assert recording(client, MANUAL)["Enabled"] == 1


def test_switching_off_what_was_never_on_is_nothing(client: CommonClient) -> None:
    assert call(client, "ModifyRecordMode", SdkAppId=NEW, Enabled=0) == {}


def test_old_type_recording_can_be_switched_off(client: CommonClient) -> None:
    call(client, "ModifyRecordMode", SdkAppId=OLD, Enabled=1)
    call(client, "AlterRecording", SdkAppId=OLD, Template=TEMPLATE)
    call(client, "ModifyRecordMode", SdkAppId=OLD, Enabled=0)
    assert (recording(client, OLD)["Enabled"], recording(client, OLD)["Template"]) == (0, TEMPLATE)


def test_automatic_mode_can_be_left_at_will(client: CommonClient) -> None:
    call(client, "AlterRecording", SdkAppId=MANUAL, Template=TEMPLATE)
    for mode in ("auto", "manual", "auto"):
        call(client, "ModifyRecordMode", SdkAppId=MANUAL, Mode=mode)
        assert recording(client, MANUAL)["Mode"] == mode


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "MissingParameter"),
        ({"Enabled": True}, "InvalidParameterValue"),
        ({"Enabled": 2}, "InvalidParameterValue"),
        ({"Mode": "automatic"}, "InvalidParameterValue"),
        ({"Mode": None}, "InvalidParameterValue"),
    ],
)
def test_modes_are_checked(client: CommonClient, parameters: dict[str, Any], code: str) -> None:
    assert refused(client, "ModifyRecordMode", SdkAppId=MANUAL, **parameters).code == code


def test_a_template_is_replaced_as_a_whole(client: CommonClient) -> None:
    full = {**TEMPLATE, "RecordFormat": ["mp4", "hls"], "UserDefineRecordPrefix": "lesson"}
    other = {"MaxIdleTime": 60, "SingleRecord": {"AvMerge": 1}, "StorageParams": VOD}
    call(client, "AlterRecording", SdkAppId=MANUAL, Template=full)
    assert recording(client, MANUAL)["Template"] == full
    call(client, "AlterRecording", SdkAppId=MANUAL, Template=other)
    assert recording(client, MANUAL)["Template"] == other


def test_secrets_are_kept_and_never_answered(client: CommonClient, state: ConsoleState) -> None:
    keys = {"AccessKey": "access-key-1", "SecretKey": "secret-key-1"}
    bucket = {"Vendor": 0, "Region": "ap-singapore", "Bucket": "records-125", "FileNamePrefix": ["a", "a"]}
    template = {
        "MaxIdleTime": 5,
        "SingleRecord": {},
        "StorageParams": {"CloudStorage": {**bucket, **keys}},
        "Callback": {"Url": "https://example.com/rec", "Key": "callbackkey1"},
    }
    call(client, "AlterRecording", SdkAppId=MANUAL, Template=template)
    answered = recording(client, MANUAL)["Template"]
    assert answered == {
        "MaxIdleTime": 5,
        "SingleRecord": {},
        "StorageParams": {"CloudStorage": bucket},
        "Callback": {"Url": "https://example.com/rec"},
    }
    held = state.application(MANUAL)
    assert held.template == template
    assert "secret-key-1" not in json.dumps(answered) + repr(held)


def test_an_edit_behind_the_tools_back_is_seen(client: CommonClient, state: ConsoleState) -> None:
    state.edit(MANUAL, mode="auto", template={**TEMPLATE, "MaxIdleTime": 30})
    seen = recording(client, MANUAL)
    assert (seen["Mode"], seen["Template"]["MaxIdleTime"]) == ("auto", 30)
    state.edit(MANUAL, enabled=False, template=None)
    seen = recording(client, MANUAL)
    assert (seen["Enabled"], seen["Mode"], seen["Template"]) == (0, "auto", None)
    state.edit(MANUAL, template={"MixRecord": "unheard of", "Novelty": 1})  # what no rule would allow
    assert recording(client, MANUAL)["Template"] == {"MixRecord": "unheard of", "Novelty": 1}
    assert state.accepted_writes() == 0
