"""What an application's spec comes to on the wire: accepted by both sites' API descriptions and by the simulator."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tencentcloud.trtc.v20190722 import models

from provisioner.foundation.errors import Location
from provisioner.recording.application import Application, Layer, Leaf, Leaves
from provisioner.recording.cloud_recording import RecordingContract, RobotPass, recording_contract
from provisioner.recording.field import Mode
from provisioner.recording.fields import FIELDS, SETTINGS, reading_order, with_defaults
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.sites import SITES
from provisioner.recording.value_types import Value
from provisioner.simulator.actions.parameters import CREATE, MODIFY
from tests.profiles import examples
from tests.values import values

INTL = json.loads((Path(__file__).parent / "sdk_intl_3.1.193.json").read_text())
"""Members and types of the international SDK's classes. It brings modules of the same names as the Chinese one's, so
that no environment can hold both."""

ROBOT = RobotPass("rec-1", "the-user-sig")
VOD: dict[str, Value] = {"storage/vendor": "vod", "storage/vod/subAppId": 1500000010}
IDLE: dict[str, Value] = {"maxIdleTime": Quantity(Dimension.TIME, 5)}


class _Plain(Leaves):
    """Leaves of which nobody asks where they stand."""

    def __getitem__(self, path: str) -> Leaf:
        return Leaf(self.plain[path], Layer.APPLICATION, None)


def application(told: Mapping[str, Value], manual: Mapping[str, Value] = MappingProxyType({})) -> Application:
    """A manual application with these settings and this `manual:` block, and defaults where they say nothing."""
    head: dict[str, Value] = {
        "/name": "desk",
        "/sdkAppId": 20001003,
        "/owner": "me",
        "/recording/enabled": True,
        "/recording/mode": "manual",
    }
    own = {f"/recording/manual/{name}": value for name, value in manual.items()}
    known = head | own | {f"{SETTINGS}/{name}": value for name, value in told.items()}
    whole = known | with_defaults(known, mode=Mode.MANUAL)
    leaves = _Plain({path: whole[path] for path in sorted(whole, key=reading_order)})
    return Application("dev", Location("desk.yaml"), leaves, {})


def contract(
    told: Mapping[str, Value], manual: Mapping[str, Value] = MappingProxyType({}), site: str = "cn"
) -> RecordingContract:
    return recording_contract(application({**IDLE, **VOD, **told}, manual), SITES[site])


@st.composite
def manual_settings(draw: st.DrawFn) -> dict[str, Value]:
    """Settings of a manual application between which no rule has anything to say."""
    told: dict[str, Value] = {"maxIdleTime": draw(values(FIELDS[f"{SETTINGS}/maxIdleTime"].kind))}

    def some(block: str, *needed: str, under: str | None = None) -> None:
        """Any of a block's leaves, and all that it needs."""
        for path in [path for path in FIELDS if path.rpartition("/")[0] == f"{SETTINGS}{block}"]:
            name = path.removeprefix(f"{SETTINGS}/")
            if name.rpartition("/")[2] in needed or FIELDS[path].required or draw(st.booleans()):
                told[name if under is None else f"{under}/{path.rpartition('/')[2]}"] = draw(values(FIELDS[path].kind))

    some("")
    told["formats"] = draw(st.sampled_from([("mp4",), ("hls",), ("mp4", "hls")]))
    if told.get("media") == "audio" and draw(st.booleans()):
        told["formats"] = draw(st.sampled_from([("aac",), ("hls", "aac")]))
    for medium in ("audio", "video"):
        if draw(st.booleans()):
            path = f"subscribe/{medium}/{draw(st.sampled_from(['allow', 'block']))}"
            told[path] = draw(values(FIELDS[f"{SETTINGS}/{path}"].kind))
    if draw(st.booleans()):
        some("/single", "streams")
    else:
        some("/mixed", "maxUsers")
        some("/mixed/layout", "kind")
        some("/mixed/audio")
        some("/mixed/video")
        told["mixed/video/width"], told["mixed/video/height"] = draw(st.sampled_from([(1280, 720), (360, 640)]))
        if told["mixed/layout/kind"] == "custom":
            for name in draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True)):
                some("/mixed/layout/panes/*", under=f"mixed/layout/panes/{name}")
        for name in draw(st.lists(st.sampled_from(["a", "b"]), unique=True)):
            what = draw(st.sampled_from(["image", "text", "timestamp"]))
            some(f"/mixed/layout/watermarks/*/{what}", under=f"mixed/layout/watermarks/{name}/{what}")
    vendor = draw(st.sampled_from(["vod", "cos", "s3"]))
    told["storage/vendor"] = vendor
    some(f"/storage/{vendor}", "subAppId", "region", "bucket", "accessKeyRef", "secretKeyRef")
    return told


def accepted_by_the_chinese_sdk(request: type[Any], body: dict[str, Any]) -> None:
    """Its class warns of every member that it does not have."""
    typed = request()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        typed._deserialize(body)
    assert _told(json.loads(typed.to_json_string())) == body


def _told(answer: Any) -> Any:
    """What was left out is null in the SDK's own rendering."""
    if isinstance(answer, dict):
        return {name: _told(value) for name, value in answer.items() if value is not None}
    return [_told(item) for item in answer] if isinstance(answer, list) else answer


def accepted_by_the_international_sdk(name: str, body: dict[str, Any]) -> None:
    members = INTL[name]
    for member, value in body.items():
        assert member in members, f"{name}.{member}"
        _is_of(members[member], value)


def _is_of(kind: str, value: Any) -> None:
    simple = {"int": int, "str": str, "bool": bool}
    if kind.startswith("list of "):
        for item in value:
            _is_of(kind.removeprefix("list of "), item)
    elif kind in simple:
        assert type(value) is simple[kind]
    else:
        accepted_by_the_international_sdk(kind.rpartition(".")[2].strip("`"), value)


@settings(max_examples=examples(60), deadline=None)
@given(manual_settings(), st.booleans())
def test_every_manual_application_makes_a_request_that_sdks_and_simulator_take(
    told: dict[str, Value], numbered: bool
) -> None:
    room = "4711" if numbered else "room-4711"
    for site in SITES:
        if site == "cn" and "storage/s3/endpoint" in told:
            continue  # a rule refuses it: the site does not know it
        made = recording_contract(application(told), SITES[site])
        create, modify = made.create(room, numbered, ROBOT), made.modify("task-1")
        CREATE.check(create, "")
        MODIFY.check(modify, "")
        if site == "cn":
            accepted_by_the_chinese_sdk(models.CreateCloudRecordingRequest, create)
            accepted_by_the_chinese_sdk(models.ModifyCloudRecordingRequest, modify)
        else:
            accepted_by_the_international_sdk("CreateCloudRecordingRequest", create)
            accepted_by_the_international_sdk("ModifyCloudRecordingRequest", modify)


def test_a_mixed_call_into_vod() -> None:
    told: dict[str, Value] = {
        "formats": ("mp4", "hls"),
        "fileNamePrefix": "desk",
        "resourceExpiry": Quantity(Dimension.TIME, 24 * 3600),
        "mixed/maxUsers": 8,
        "mixed/layout/kind": "screen-share",
        "mixed/layout/bigPicture": "teacher",
        "subscribe/audio/block": ("class-.*$",),
    }
    assert contract(told).create("4711", True, RobotPass("rec-1", "sig", "map")) == {
        "SdkAppId": 20001003,
        "RoomId": "4711",
        "RoomIdType": 1,
        "UserId": "rec-1",
        "UserSig": "sig",
        "PrivateMapKey": "map",
        "RecordParams": {
            "RecordMode": 2,
            "StreamType": 0,
            "MaxIdleTime": 5,
            "MaxMediaFileDuration": 1440,
            "MediaId": 0,
            "FillType": 0,
            "SubscribeAbility": 0,
            "SubscribeStreamUserIds": {"UnSubscribeAudioUserIds": ["class-.*$"]},
        },
        "StorageParams": {
            "CloudVod": {
                "TencentVod": {
                    "SubAppId": 1500000010,
                    "MediaType": 3,
                    "UserDefineRecordId": "desk",
                    "ExpireTime": 0,
                    "ClassId": 0,
                }
            }
        },
        "ResourceExpiredHour": 24,
        "MixLayoutParams": {
            "MixLayoutMode": 2,
            "MaxResolutionUserId": "teacher",
            "BackGroundColor": "#000000",
            "MediaId": 0,
            "MaxResolutionUserAlign": 0,
            "PureAudioDisableLayout": False,
            "PlaceHolderMode": 0,
        },
        "MixTranscodeParams": {
            "VideoParams": {"Width": 360, "Height": 640, "Fps": 15, "BitRate": 550_000, "Gop": 10},
            "AudioParams": {"SampleRate": 1, "Channel": 2, "BitRate": 64_000},
        },
    }


BUCKET: dict[str, Value] = {
    "single/streams": "main",
    "formats": ("hls", "aac"),
    "media": "audio",
    "storage/vendor": "s3",
    "storage/s3/region": "auto",
    "storage/s3/bucket": "recordings",
    "storage/s3/prefix": "calls/live",
    "storage/s3/accessKeyRef": "env:ACCESS",
    "storage/s3/secretKeyRef": "env:SECRET",
    "storage/s3/endpoint": "account.r2.cloudflarestorage.com",
}


def test_single_streams_into_a_store_that_speaks_s3() -> None:
    made = recording_contract(application({**IDLE, **BUCKET}), SITES["intl"])
    body = made.create("room", False, ROBOT)
    assert body["RoomIdType"] == 0
    assert body["RecordParams"] | {"RecordMode": 1, "MediaId": 1, "OutputFormat": 2} == body["RecordParams"]
    assert "MixLayoutParams" not in body
    assert "MixTranscodeParams" not in body
    assert body["StorageParams"] == {
        "CloudStorage": {
            "Vendor": 1,
            "Region": "auto",
            "Bucket": "recordings",
            "FileNamePrefix": ["calls", "live"],
            "AccessKey": "env:ACCESS",
            "SecretKey": "env:SECRET",
            "EndpointUrl": "account.r2.cloudflarestorage.com",
        }
    }
    assert made.modify("task-1") == {"SdkAppId": 20001003, "TaskId": "task-1"}


def test_secrets_are_resolved_in_the_request_alone() -> None:
    made = recording_contract(application({**IDLE, **BUCKET}), SITES["intl"])
    body = made.create("room", False, ROBOT, secret=lambda reference: f"<{reference}>")
    keys = body["StorageParams"]["CloudStorage"]
    assert (keys["AccessKey"], keys["SecretKey"]) == ("<env:ACCESS>", "<env:SECRET>")
    assert "<env:" not in json.dumps(made.parameters)
    assert made.create("room", False, ROBOT)["StorageParams"]["CloudStorage"]["AccessKey"] == "env:ACCESS"


def test_panes_and_watermarks_stand_in_the_order_of_their_names() -> None:
    told: dict[str, Value] = {"mixed/layout/kind": "custom"}
    for left, pane in enumerate(("tile-10", "tile-2", "tile-1")):
        told |= {f"mixed/layout/panes/{pane}/{side}": left for side in ("top", "left", "width", "height")}
    told |= {"mixed/layout/watermarks/clock/timestamp/position": "top-right"}
    told |= {"mixed/layout/watermarks/note/text/content": "Recorded"}
    told |= {f"mixed/layout/watermarks/note/text/{side}": 0 for side in ("top", "left", "width", "height")}
    layout = contract(told).parameters["MixLayoutParams"]
    assert [pane["Left"] for pane in layout["MixLayoutList"]] == [2, 1, 0]
    assert layout["WaterMarkList"] == [
        {"WaterMarkType": 2, "WaterMarkTimestamp": {"Pos": 1, "TimeZone": 8, "Font": "Tencent"}},
        {
            "WaterMarkType": 1,
            "WaterMarkChar": {
                "Chars": "Recorded",
                "Top": 0,
                "Left": 0,
                "Width": 0,
                "Height": 0,
                "FontSize": 14,
                "FontColor": "#FFFFFF",
                "Font": "Tencent",
            },
        },
    ]
    marks = contract(told, site="intl").parameters["MixLayoutParams"]["WaterMarkList"]
    assert "Font" not in marks[0]["WaterMarkTimestamp"]
    assert "Font" not in marks[1]["WaterMarkChar"]


MIXED: dict[str, Value] = {"mixed/maxUsers": 8}
MANUAL: dict[str, Value] = {"start": "backend", "stop": "dismissed", "roomIds": "number", "sdkSecretKeyRef": "env:SDK"}


@pytest.mark.parametrize(
    ("told", "outside"),
    [
        ({"maxIdleTime": Quantity(Dimension.TIME, 6)}, {}),
        ({"mixed/video/fps": 30}, {}),
        ({"storage/vod/subAppId": 1500000011}, {}),
        ({}, {"start": "first-stream"}),
        ({}, {"stop": "idle"}),
        ({}, {"roomIds": "string"}),
        ({}, {"sdkSecretKeyRef": "env:OTHER"}),
        ({}, {"callbackKeyRefs": ("env:KEY",)}),
        ({}, {"privateMapKey": True}),
    ],
)
def test_whatever_a_controller_does_otherwise_has_another_digest(
    told: dict[str, Value], outside: dict[str, Value]
) -> None:
    before = contract(MIXED, MANUAL).digest
    assert contract(MIXED, MANUAL).digest == before
    assert contract({**MIXED, **told}, {**MANUAL, **outside}).digest != before


def test_a_template_of_another_name_that_says_the_same_is_the_same_contract() -> None:
    made = contract(MIXED, MANUAL)
    assert replace(made, templates=("call@v2",)).digest == made.digest


def test_the_backend_records_by_the_same_parameters_as_the_controller() -> None:
    alone, controlled = contract(MIXED), contract(MIXED, MANUAL)
    assert alone.carried_out is None
    assert alone.parameters == controlled.parameters
    assert alone.digest != controlled.digest
