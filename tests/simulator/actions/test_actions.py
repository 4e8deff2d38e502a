"""Several services on one endpoint, and where their actions can be called."""

from __future__ import annotations

from typing import Any

import pytest
from tencentcloud.trtc.v20190722 import models as trtc_models
from tencentcloud.vod.v20180717 import models as vod_models

from provisioner.simulator import CN, INTL, ConsoleServer, ConsoleState
from provisioner.simulator.actions import SERVICES
from tests.simulator.support import ACCOUNT, MANUAL, call, refused, sdk, signed, trtc, typed, vod

DATES = {"StartTime": "2026-01-01", "EndTime": "2026-01-02"}

PARAMETERS: dict[str, dict[str, Any]] = {
    "DescribeAppStatList": {},
    "DescribeCloudRecording": {"SdkAppId": MANUAL, "TaskId": "nope"},
    "DescribeRecordingUsage": {**DATES, "MixType": "multi"},
}


def test_two_services_answer_on_one_endpoint(server: ConsoleServer) -> None:
    assert typed(trtc(server.endpoint), "DescribeRecordingUsage", MixType="single", **DATES).UsageKey[0] == "Audio"
    assert typed(vod(server.endpoint), "SearchMedia").TotalCount == 0


def test_each_service_has_versions_and_actions_of_its_own(server: ConsoleServer) -> None:
    assert refused(sdk(server.endpoint, service="vod"), "SearchMedia").code == "NoSuchVersion"
    assert refused(sdk(server.endpoint, version="2018-07-17"), "DescribeAppStatList").code == "NoSuchVersion"
    assert refused(sdk(server.endpoint), "SearchMedia").code == "InvalidAction"
    vod_client = sdk(server.endpoint, service="vod", version="2018-07-17")
    assert refused(vod_client, "DescribeAppStatList").code == "InvalidAction"


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("trtc.tencentcloudapi.com", ""),
        ("trtc.intl.tencentcloudapi.com", ""),
        ("trtc.ap-guangzhou.tencentcloudapi.com:443", ""),
        ("console.example.com", ""),
        ("vod.tencentcloudapi.com", "AuthFailure.InvalidAuthorization"),
    ],
)
def test_a_host_name_of_the_vendors_names_the_service(server: ConsoleServer, host: str, code: str) -> None:
    client = sdk(host)
    request = signed(client, "DescribeAppStatList", {})
    request.headers["Host"] = host
    request.endpoint = server.endpoint
    if code:
        assert request.code() == code
    else:
        assert request.send()[2]["TotalNum"] == 3


@pytest.mark.parametrize(
    ("action", "region", "code"),
    [
        ("DescribeAppStatList", "eu-frankfurt", ""),
        ("DescribeAppStatList", "eu-nowhere", "InvalidParameterValue"),
        ("DescribeAppStatList", "", "MissingParameter"),
        ("DescribeCloudRecording", "ap-mumbai", "FailedOperation.TaskNotExist"),
        ("DescribeCloudRecording", "eu-frankfurt", "UnsupportedRegion"),
        ("DescribeRecordingUsage", "ap-guangzhou", ""),
        ("DescribeRecordingUsage", "ap-beijing", "UnsupportedRegion"),
    ],
)
def test_actions_live_in_regions(server: ConsoleServer, action: str, region: str, code: str) -> None:
    parameters = PARAMETERS[action]
    client = sdk(server.endpoint, region=region)
    if code:
        assert refused(client, action, **parameters).code == code
    else:
        assert call(client, action, **parameters)


def test_vod_needs_no_region(server: ConsoleServer) -> None:
    for region in ("", "anywhere"):
        assert typed(vod(server.endpoint, region=region), "SearchMedia").TotalCount == 0


@pytest.mark.parametrize("site", [CN, INTL])
def test_the_chinese_site_alone_has_statistics(state: ConsoleState, site: Any) -> None:
    with ConsoleState(state.path, clock=state.clock, site=site) as other, ConsoleServer(other, [ACCOUNT]) as server:
        client = sdk(server.endpoint, region="ap-guangzhou")
        if site is CN:
            assert call(client, "DescribeRecordStatistic", **DATES)
            elsewhere = sdk(server.endpoint, region="ap-singapore")
            assert refused(elsewhere, "DescribeRecordStatistic", **DATES).code == "UnsupportedRegion"
        else:
            assert refused(client, "DescribeRecordStatistic", **DATES).code == "InvalidAction"


def test_every_public_action_takes_what_the_sdk_can_send() -> None:
    """A parameter of the SDK that the console does not know would be refused as unknown."""
    public = {
        name: (package, action)
        for package, actions in (
            (trtc_models, SERVICES["trtc"]["2019-07-22"]),
            (vod_models, SERVICES["vod"]["2018-07-17"]),
        )
        for name, action in actions.items()
        if hasattr(package, f"{name}Request")
    }
    assert len(public) == 10
    unknown = {
        name: {field[1:] for field in vars(getattr(package, f"{name}Request")())} - set(action.parameters.members)
        for name, (package, action) in public.items()
    }
    assert {name: fields - {"headers"} for name, fields in unknown.items() if fields - {"headers"}} == {}


def test_every_limit_is_the_actions_own(state: ConsoleState) -> None:
    with ConsoleServer(state, [ACCOUNT]) as server:
        client = sdk(server.endpoint)
        for _ in range(5):
            call(client, "DescribeRecordingUsage", MixType="single", **DATES)
        refusal = refused(client, "DescribeRecordingUsage", MixType="single", **DATES)
        assert refusal.code == "RequestLimitExceeded"
        assert "the frequency limit `5` for a second" in refusal.message
