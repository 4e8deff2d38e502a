"""VOD's SearchMedia, through the SDK's typed client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tencentcloud.vod.v20180717.vod_client import VodClient

from provisioner.recording.file_names import readings
from provisioner.simulator import Call, ConsoleServer, ConsoleState, Room, SeedApplication
from provisioner.simulator.media_rows import StoredFile
from tests.simulator.conftest import MovableClock
from tests.simulator.support import TEMPLATE, refused_typed, typed, vod

APP, SUB = 20000301, 1500000001
DAY = 86_400


@pytest.fixture
def client(server: ConsoleServer) -> VodClient:
    return vod(server.endpoint)


def stored(number: int, created_at: float, **change: Any) -> StoredFile:
    fields: dict[str, Any] = {
        "task_id": f"task-{number}",
        "vendor": "vod",
        "sub_app_id": SUB,
        "sdk_app_id": APP,
        "room_id": str(number),
        "name": f"{APP}_{number}_1.mp4",
        "path": f"{APP}_{number}_1.mp4",
        "extension": "mp4",
        "category": "Video",
        "created_at": created_at,
        "expires_at": None,
    }
    return StoredFile(**{**fields, **change})


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def found(client: VodClient, **criteria: Any) -> list[str]:
    answer = typed(client, "SearchMedia", **{"SubAppId": SUB, "Limit": 100, **criteria})
    names = [media.BasicInfo.Name for media in answer.MediaInfoSet]
    assert answer.TotalCount == len(names)
    return names


def test_a_recorded_file_is_found_with_all_that_is_known(
    client: VodClient, state: ConsoleState, clock: MovableClock
) -> None:
    state.seed([SeedApplication(APP, "calls", "new", True, "auto", TEMPLATE)])
    state.recordings.play(Room(APP, "1234"), Call(people=2, seconds=100, stagger=0).events(), start=clock.now - 200)
    answer = typed(client, "SearchMedia", SubAppId=SUB, NamePrefixes=[f"{APP}_1234"])
    assert answer.TotalCount == 1
    (media,) = answer.MediaInfoSet
    basic, meta = media.BasicInfo, media.MetaData
    assert len(media.FileId) == 19
    assert (basic.Name, basic.Type, basic.Category) == (f"{APP}_1234_1.mp4", "mp4", "Video")
    assert (basic.CreateTime, basic.ExpireTime) == (iso(clock.now - 100), iso(clock.now - 100 + DAY))
    source = basic.SourceInfo
    assert (source.SourceType, source.TrtcRecordInfo.SdkAppId, source.TrtcRecordInfo.RoomId) == (
        "TrtcRecord",
        APP,
        "1234",
    )
    assert source.TrtcRecordInfo.UserIds == ["user-1", "user-2"]
    assert source.TrtcRecordInfo.TaskId == state.recordings.tasks(APP)[0].task_id
    assert (meta.Duration, meta.Size, meta.Width, meta.Height) == (100, 100 * 614_000 // 8, 360, 640)
    assert (meta.VideoStreamSet[0].Bitrate, meta.AudioStreamSet[0].Bitrate) == (550_000, 64_000)
    assert readings(basic.Name)[0].sdk_app_id == APP


def test_a_prefix_of_room_12_finds_room_123_too(client: VodClient, state: ConsoleState, clock: MovableClock) -> None:
    state.media.add(stored(number, clock.now - 200 + number) for number in (1, 12, 13, 123))
    assert found(client, NamePrefixes=[f"{APP}_12"]) == [f"{APP}_123_1.mp4", f"{APP}_12_1.mp4"]
    assert found(client, NamePrefixes=[f"{APP}_12_", f"{APP}_13"]) == [f"{APP}_13_1.mp4", f"{APP}_12_1.mp4"]
    assert found(client, NamePrefixes=["%", "_", f"{APP}_1%"]) == []  # no wildcards
    assert found(client, Names=["_123"]) == [f"{APP}_123_1.mp4"]
    assert len(found(client)) == 4


@pytest.mark.parametrize(
    ("criteria", "rooms"),
    [
        ({"TrtcSdkAppIds": [APP]}, {1, 2, 3}),
        ({"TrtcSdkAppIds": [APP, 20000302]}, {1, 2, 3, 4}),
        ({"TrtcRoomIds": ["1", "4"]}, {1, 4}),
        ({"TrtcSdkAppIds": [APP], "TrtcRoomIds": ["1", "4"]}, {1}),
        ({"Categories": ["Audio"]}, {2}),
        ({"MediaTypes": ["AAC", "HLS"]}, {2, 3}),
        ({"ClassIds": [7]}, {3}),
        ({"StorageRegions": ["ap-singapore"]}, {4}),
        ({"SourceTypes": ["Record", "TrtcRecord"], "Status": ["Normal"], "StorageClasses": ["STANDARD"]}, {1, 2, 3, 4}),
        ({"SourceTypes": ["Upload"]}, set()),
        ({"SourceType": "TrtcRecord"}, {1, 2, 3, 4}),
        ({"Tags": ["lesson"]}, set()),
        ({"StreamIds": ["s"]}, set()),
        ({"Tags": [], "Names": [], "FileIds": []}, {1, 2, 3, 4}),
        ({"Text": "_4_"}, {4}),
        ({"FileIds": ["5285890800000000002", "x", "1"]}, {2}),
        ({"SubAppId": 7}, set()),
    ],
    ids=str,
)
def test_criteria(
    client: VodClient, state: ConsoleState, clock: MovableClock, criteria: dict[str, Any], rooms: set[int]
) -> None:
    state.media.add(
        [
            stored(1, clock.now - 40),
            stored(2, clock.now - 30, extension="aac", category="Audio"),
            stored(3, clock.now - 20, extension="m3u8", class_id=7),
            stored(4, clock.now - 10, sdk_app_id=20000302, region="ap-singapore"),
            stored(5, clock.now - 5, vendor="cos", sub_app_id=None),
            stored(6, clock.now - 5, sub_app_id=None),
            stored(7, clock.now - 5, expires_at=clock.now),
            stored(8, clock.now + 5),
        ]
    )
    assert {int(name.split("_")[1]) for name in found(client, **criteria)} == rooms
    everything = typed(client, "SearchMedia", Limit=100)
    assert [media.BasicInfo.Name for media in everything.MediaInfoSet] == [f"{APP}_6_1.mp4"]  # no sub-application


def test_times_include_both_ends(client: VodClient, state: ConsoleState, clock: MovableClock) -> None:
    state.media.add(stored(number, clock.now - 100 + number) for number in range(5))
    between = {"After": iso(clock.now - 99), "Before": iso(clock.now - 97)}
    assert len(found(client, CreateTime=between)) == 3
    assert len(found(client, CreateTime={"After": iso(clock.now - 97)})) == 2
    assert len(found(client, StartTime=iso(clock.now - 97))) == 2
    assert found(client, ExpireTime=between) == []
    shifted = datetime.fromtimestamp(clock.now - 97).astimezone().isoformat(timespec="seconds")
    assert len(found(client, CreateTime={"After": shifted})) == 2


def test_order_and_pages(client: VodClient, state: ConsoleState, clock: MovableClock) -> None:
    state.media.add(stored(number, clock.now - 100 + number) for number in range(25))
    page = typed(client, "SearchMedia", SubAppId=SUB)
    assert (page.TotalCount, len(page.MediaInfoSet)) == (25, 10)
    assert page.MediaInfoSet[0].BasicInfo.Name == f"{APP}_24_1.mp4"  # the latest first
    rising = {"Field": "CreateTime", "Order": "Asc"}
    page = typed(client, "SearchMedia", SubAppId=SUB, Sort=rising, Offset=20, Limit=10)
    assert [media.BasicInfo.Name for media in page.MediaInfoSet][0::4] == [f"{APP}_20_1.mp4", f"{APP}_24_1.mp4"]


def test_only_what_is_asked_for(client: VodClient, state: ConsoleState, clock: MovableClock) -> None:
    state.media.add([stored(1, clock.now)])
    (media,) = typed(client, "SearchMedia", SubAppId=SUB, Filters=["metaData"]).MediaInfoSet
    assert (media.BasicInfo, media.MetaData.Container) == (None, "mp4")


def test_the_window_of_five_thousand(client: VodClient, state: ConsoleState, clock: MovableClock) -> None:
    state.media.add(stored(number, clock.now - number) for number in range(5010))
    last = typed(client, "SearchMedia", SubAppId=SUB, Offset=4990, Limit=10)
    assert (last.TotalCount, len(last.MediaInfoSet)) == (5000, 10)
    assert refused_typed(client, "SearchMedia", Offset=4991, Limit=10).code == "InvalidParameterValue.Limit"
    assert refused_typed(client, "SearchMedia", Offset=5001, Limit=0).code == "InvalidParameterValue.Offset"
    older = {"Before": iso(clock.now - 4990)}
    assert typed(client, "SearchMedia", SubAppId=SUB, CreateTime=older).TotalCount == 20


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        ({"NamePrefixes": ["x"] * 11}, "InvalidParameterValue"),
        ({"NamePrefixes": ["x" * 101]}, "InvalidParameterValue"),
        ({"TrtcSdkAppIds": list(range(11))}, "InvalidParameterValue"),
        ({"Categories": ["Film"]}, "InvalidParameterValue"),
        ({"CreateTime": {"After": "yesterday"}}, "InvalidParameterValue.CreateTime"),
        ({"CreateTime": {"After": "2026-01-01T00:00:00"}}, "InvalidParameterValue.CreateTime"),
        ({"CreateTime": {"After": "2026-02-30T00:00:00Z"}}, "InvalidParameterValue.CreateTime"),
        ({"Sort": {"Order": "Up"}}, "InvalidParameterValue"),
        ({"Offset": -1}, "InvalidParameterValue"),
    ],
    ids=str,
)
def test_what_cannot_be_asked(client: VodClient, criteria: dict[str, Any], code: str) -> None:
    assert refused_typed(client, "SearchMedia", **criteria).code == code
