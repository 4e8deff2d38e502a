"""Which templates the console takes: the vendor's ranges and its codes, through the SDK."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tencentcloud.common.common_client import CommonClient

from provisioner.simulator import CN, INTL, ConsoleServer, ConsoleState, SeedApplication, SimulatedSite
from tests.simulator.support import ACCOUNT, MANUAL, TEMPLATE, call, recording, refused, sdk

VIDEO = {"Width": 1280, "Height": 720, "Fps": 15, "BitRate": 1_200_000, "Gop": 10}
AUDIO = {"SampleRate": 1, "Channel": 2, "BitRate": 64_000}
CLOUD = {"Vendor": 1, "Region": "us-east-1", "Bucket": "b"}


def mix(**members: Any) -> dict[str, Any]:
    return {"MixRecord": members}


def video(**members: Any) -> dict[str, Any]:
    return mix(VideoParams={**VIDEO, **members})


def audio(**members: Any) -> dict[str, Any]:
    return mix(AudioParams={**AUDIO, **members})


def storage(**members: Any) -> dict[str, Any]:
    return {"StorageParams": members}


def vod(**members: Any) -> dict[str, Any]:
    return storage(CloudVod={"TencentVod": members})


def cloud(**members: Any) -> dict[str, Any]:
    return storage(CloudStorage={**CLOUD, **members})


def callback(**members: Any) -> dict[str, Any]:
    return {"Callback": {"Url": "https://example.com", **members}}


LEGAL: list[dict[str, Any]] = [
    {},
    {"StreamType": 0},
    {"StreamType": 2},
    {"RecordFormat": ["mp4", "hls"]},
    {"RecordFormat": ["hls", "aac"]},
    {"MaxIdleTime": 86_400},
    {"MaxMediaFileDuration": 1},
    {"MaxMediaFileDuration": 1440},
    {"UserDefineRecordPrefix": "Lesson_1-" + "x" * 55},
    mix(),
    mix(MaxUsers=1, MixLayoutMode=3, MaxResolutionUserPrefix="teacher", BackGroundColor="#00ffAA"),
    video(),
    video(Width=1920, Height=1080, Fps=60, BitRate=8_192_000),
    video(Width=1080, Height=1920, Fps=1, BitRate=64_000),
    audio(),
    audio(SampleRate=3, Channel=1, BitRate=128_000),
    vod(),
    vod(
        SubAppId=9_999_999_999,
        ExpireTime=0,
        Procedure="LongVideoPreset",
        ClassId=7,
        StorageRegion="ap-singapore",
    ),
    cloud(FileNamePrefix=["prod", "prod"]),
    callback(Key="k" * 32),
]

INVALID: list[dict[str, Any]] = [
    {"StreamType": 3},
    {"StreamType": "0"},
    {"StreamType": False},
    {"RecordFormat": ["mp4", "aac"]},
    {"RecordFormat": ["mp4", "mp4"]},
    {"RecordFormat": ["flv"]},
    {"RecordFormat": []},
    {"RecordFormat": "mp4"},
    {"RecordFormat": [["mp4"]]},
    {"MaxIdleTime": 4},
    {"MaxIdleTime": 86_401},
    {"MaxIdleTime": 5.0},
    {"MaxIdleTime": None},
    {"MaxMediaFileDuration": 0},
    {"MaxMediaFileDuration": 1441},
    {"UserDefineRecordPrefix": "x" * 65},
    {"UserDefineRecordPrefix": "a b"},
    {"UserDefineRecordPrefix": "课"},
    {"SingleRecord": {"AvMerge": 2}},
    {"SingleRecord": {"MediaId": 3}},
    {"SingleRecord": {"FillType": -1}},
    {"SingleRecord": []},
    mix(MaxUsers=0),
    mix(MaxUsers=9),
    mix(MixLayoutMode=4),
    mix(MaxResolutionUserPrefix=1),
    mix(BackGroundColor="#12345"),
    mix(BackGroundColor="black"),
    video(Width=1921),
    video(Width=1920, Height=1081),
    video(Fps=61),
    video(BitRate=63_999),
    video(BitRate=8_192_001),
    video(Gop=0),
    audio(SampleRate=4),
    audio(Channel=3),
    audio(BitRate=31_999),
    audio(BitRate=128_001),
    vod(SubAppId=-1),
    vod(SubAppId=2**63),
    vod(ExpireTime=-1),
    cloud(Vendor=2),
    cloud(FileNamePrefix=["a/b"]),
    cloud(FileNamePrefix=[1]),
    storage(CloudVod={"TencentVod": {}}, CloudStorage=CLOUD),
    callback(Url="ftp://example.com"),
    callback(Url="https://example.com/" + "x" * 2083),
    callback(Key="k" * 33),
    callback(Key="a-b"),
]


@pytest.mark.parametrize("change", LEGAL, ids=str)
def test_a_legal_template_is_kept_as_it_was_sent(client: CommonClient, change: dict[str, Any]) -> None:
    template = {**TEMPLATE, **change}
    call(client, "AlterRecording", SdkAppId=MANUAL, Template=template)
    answered = recording(client, MANUAL)["Template"]
    if "Callback" in template:  # its key is a secret
        template["Callback"] = {"Url": template["Callback"]["Url"]}
    assert answered == template


SINGLE = {"SingleRecord": {"AvMerge": 1, "MediaId": 2, "FillType": 1}}
BOTH = {**TEMPLATE, **SINGLE}
ALONE = {name: value for name, value in BOTH.items() if name != "MixRecord"}


@pytest.mark.parametrize(
    ("site", "template", "code"),
    [
        (INTL, ALONE, ""),
        (INTL, BOTH, "InvalidParameterValue"),
        (INTL, {**TEMPLATE, **cloud(Vendor=1)}, ""),
        (CN, ALONE, ""),
        (CN, BOTH, ""),
        (CN, {**TEMPLATE, **cloud(Vendor=0)}, ""),
        (CN, {**TEMPLATE, **cloud(Vendor=1)}, "InvalidParameterValue"),
    ],
)
def test_the_site_decides(tmp_path: Path, site: SimulatedSite, template: dict[str, Any], code: str) -> None:
    with ConsoleState(tmp_path / "site.sqlite", site=site) as state:
        state.seed([SeedApplication(MANUAL, "calls", "new", enabled=True)])
        with ConsoleServer(state, [ACCOUNT]) as server:
            client = sdk(server.endpoint)
            if code:
                assert refused(client, "AlterRecording", SdkAppId=MANUAL, Template=template).code == code
            else:
                call(client, "AlterRecording", SdkAppId=MANUAL, Template=template)
                assert recording(client, MANUAL)["Template"] == template


def test_an_illegal_value(client: CommonClient) -> None:
    codes = {
        str(change): refused(client, "AlterRecording", SdkAppId=MANUAL, Template={**TEMPLATE, **change}).code
        for change in INVALID
    }
    assert {change: code for change, code in codes.items() if code != "InvalidParameterValue"} == {}
    assert recording(client, MANUAL)["Template"] is None


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"MaxIdleTime": ...}, "`Template.MaxIdleTime`"),
        ({"StorageParams": ...}, "`Template.StorageParams`"),
        ({"MixRecord": ...}, "`Template.MixRecord` or `Template.SingleRecord`"),
        (storage(), "`Template.StorageParams.CloudVod` or `Template.StorageParams.CloudStorage`"),
        (storage(CloudVod={}), "`Template.StorageParams.CloudVod.TencentVod`"),
        (mix(VideoParams={**VIDEO, "Gop": ...}), "`Template.MixRecord.VideoParams.Gop`"),
        (mix(AudioParams={"SampleRate": 1}), "`Template.MixRecord.AudioParams.Channel`"),
        ({"Callback": {"Key": "k"}}, "`Template.Callback.Url`"),
    ],
)
def test_a_missing_member(client: CommonClient, change: dict[str, Any], missing: str) -> None:
    template = _without_ellipsis({**TEMPLATE, **change})
    refusal = refused(client, "AlterRecording", SdkAppId=MANUAL, Template=template)
    assert (refusal.code, refusal.message) == (
        "MissingParameter",
        f"The request is missing a required parameter {missing}.",
    )


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        ({"RecordMode": 1}, "Template.RecordMode"),
        (mix(maxUsers=8), "Template.MixRecord.maxUsers"),
        (video(Codec="h265"), "Template.MixRecord.VideoParams.Codec"),
        (vod(MediaType=0), "Template.StorageParams.CloudVod.TencentVod.MediaType"),
        ({"x" * 500: 1}, "Template." + "x" * 71),
    ],
)
def test_an_unknown_member(client: CommonClient, change: dict[str, Any], unknown: str) -> None:
    refusal = refused(client, "AlterRecording", SdkAppId=MANUAL, Template={**TEMPLATE, **change})
    assert (refusal.code, refusal.message) == (
        "UnknownParameter",
        f"The parameter `{unknown}` is not recognized.",
    )


def test_a_message_names_the_place_and_the_value(client: CommonClient) -> None:
    refusal = refused(client, "AlterRecording", SdkAppId=MANUAL, Template={**TEMPLATE, **mix(MaxUsers=9)})
    assert refusal.message == "The value `9` specified in the parameter `Template.MixRecord.MaxUsers` is not valid."


@pytest.mark.parametrize("change", [cloud(SecretKey=["hush-hush"]), callback(Key="hush-hush")])
def test_a_message_never_names_a_secret(client: CommonClient, change: dict[str, Any]) -> None:
    refusal = refused(client, "AlterRecording", SdkAppId=MANUAL, Template={**TEMPLATE, **change})
    assert refusal.code == "InvalidParameterValue"
    assert "hush" not in refusal.message
    assert "Key" in refusal.message


def _without_ellipsis(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _without_ellipsis(member) for name, member in value.items() if member is not ...}
