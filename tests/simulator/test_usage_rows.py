"""Recorded time, through the SDK's typed client: minutes here, seconds there, days of Beijing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tencentcloud.trtc.v20190722.trtc_client import TrtcClient

from provisioner.simulator import CN, Call, ConsoleServer, ConsoleState, Room, SeedApplication
from tests.simulator.support import ACCOUNT, MANUAL, TEMPLATE, VOD, refused_typed, trtc, typed

OTHER = 20000202
NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC).timestamp()
"""Twelve o'clock in Beijing."""

MIXED: dict[str, Any] = {"StartTime": "2026-03-01", "EndTime": "2026-03-02", "MixType": "multi"}


@pytest.fixture
def recorded(state: ConsoleState) -> ConsoleState:
    """Two applications that record by themselves, with four calls on the first of March and one on the second."""
    single = {"MaxIdleTime": 5, "SingleRecord": {}, "StorageParams": VOD}
    state.seed(
        [
            SeedApplication(20000201, "mixed", "new", True, "auto", TEMPLATE),
            SeedApplication(OTHER, "single", "new", True, "auto", single),
        ]
    )
    play(state, 20000201, NOON, Call(people=2, seconds=600, stagger=0))
    play(state, 20000201, NOON + 3600, Call(people=2, seconds=60, stagger=0, size=(1280, 720)))
    play(state, 20000201, NOON + 12 * 3600 - 60, Call(people=1, seconds=90, video=False))  # over midnight
    play(state, OTHER, NOON, Call(people=3, seconds=120, stagger=0))
    return state


def play(state: ConsoleState, sdk_app_id: int, start: float, call: Call) -> None:
    state.recordings.play(Room(sdk_app_id, str(int(start))), call.events(), start=start)


@pytest.fixture
def client(recorded: ConsoleState) -> Iterator[TrtcClient]:
    with ConsoleServer(recorded, [ACCOUNT], calls_per_second=None) as server:
        yield trtc(server.endpoint)


def minutes(answer: Any) -> dict[str, dict[str, float]]:
    """Minutes by tier and time; what is 0 is left out."""
    return {
        entry.TimeKey: {tier: value for tier, value in zip(answer.UsageKey, entry.UsageValue, strict=True) if value}
        for entry in answer.UsageList
    }


def test_minutes_by_day(client: TrtcClient) -> None:
    answer = typed(client, "DescribeRecordingUsage", **MIXED)
    assert answer.UsageKey == ["Audio", "SD", "HD", "FullHD", "2K", "4K"]
    assert minutes(answer) == {
        "2026-03-01 00:00:00": {"HD": 10, "FullHD": 1, "Audio": 1},  # two pictures of 720p are more than one
        "2026-03-02 00:00:00": {"Audio": 0.5},
    }
    assert [entry.TimeStampKey for entry in answer.UsageList] == [NOON - 43_200, NOON + 43_200]


def test_one_application_and_one_kind(client: TrtcClient) -> None:
    assert minutes(typed(client, "DescribeRecordingUsage", **MIXED, SdkAppId=OTHER))["2026-03-01 00:00:00"] == {}
    single = {**MIXED, "MixType": "single"}
    assert minutes(typed(client, "DescribeRecordingUsage", **single))["2026-03-01 00:00:00"] == {"HD": 2}
    assert minutes(typed(client, "DescribeRecordingUsage", **single, SdkAppId=MANUAL))["2026-03-01 00:00:00"] == {}


def test_a_single_day_is_told_by_five_minutes(client: TrtcClient) -> None:
    answer = typed(client, "DescribeRecordingUsage", **{**MIXED, "EndTime": "2026-03-01"})
    assert len(answer.UsageList) == 288
    assert {time: row for time, row in minutes(answer).items() if row} == {
        "2026-03-01 12:00:00": {"HD": 5},
        "2026-03-01 12:05:00": {"HD": 5},
        "2026-03-01 13:00:00": {"FullHD": 1},
        "2026-03-01 23:55:00": {"Audio": 1},
    }


def test_what_still_goes_on_is_not_counted_yet(client: TrtcClient, recorded: ConsoleState) -> None:
    play(recorded, OTHER, recorded.now() - 60, Call(people=1, seconds=600))
    day = datetime.fromtimestamp(recorded.now(), CN_TIME).strftime("%Y-%m-%d")
    now = {"StartTime": day, "EndTime": day, "MixType": "single"}
    assert sum(sum(row.values()) for row in minutes(typed(client, "DescribeRecordingUsage", **now)).values()) == 0


CN_TIME = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"EndTime": "2026-03-31"}, ""),
        ({"EndTime": "2026-04-01"}, "InvalidParameter.QueryScaleOversize"),
        ({"EndTime": "2026-02-28"}, "InvalidParameter.EndTs"),
        ({"StartTime": "2026-02-30"}, "InvalidParameter.StartTs"),
        ({"EndTime": "2026-13-01"}, "InvalidParameter.EndTs"),
        ({"EndTime": "today"}, "InvalidParameterValue"),
        ({"MixType": "both"}, "InvalidParameterValue"),
        ({"MixType": None}, "MissingParameter"),
        ({"SdkAppId": 999}, "FailedOperation.SdkAppIdNotExist"),
    ],
)
def test_what_can_be_asked(client: TrtcClient, change: dict[str, Any], code: str) -> None:
    query = {**MIXED, **change}
    if code:
        assert refused_typed(client, "DescribeRecordingUsage", **query).code == code
    else:
        assert len(typed(client, "DescribeRecordingUsage", **query).UsageList) == 31


def test_statistics_are_seconds_of_every_input_stream(state: ConsoleState) -> None:
    with (
        ConsoleState(state.path.with_name("cn.sqlite"), clock=state.clock, site=CN) as chinese,
        ConsoleServer(chinese, [ACCOUNT], calls_per_second=None) as server,
    ):
        chinese.seed([SeedApplication(OTHER, "mixed", "new", True, "auto", TEMPLATE)])
        play(chinese, OTHER, NOON, Call(people=2, seconds=600, stagger=0))
        play(chinese, OTHER, NOON + 3600, Call(people=1, seconds=60, size=(1920, 1080), dismissed=False))
        client = trtc(server.endpoint, region="ap-guangzhou")
        dates = {"StartTime": "2026-03-01", "EndTime": "2026-03-02"}
        (usages,) = typed(client, "DescribeRecordStatistic", **dates, SdkAppId=OTHER).SdkAppIdUsages
        assert usages.SdkAppId == str(OTHER)
        assert [vars(entry) for entry in usages.Usages] == [
            {
                "_TimeKey": "2026-03-01",
                "_Class1VideoTime": 1200,
                "_Class2VideoTime": 0,
                "_Class3VideoTime": 60,
                "_AudioTime": 5,  # waiting for somebody to return
            },
            {
                "_TimeKey": "2026-03-02",
                "_Class1VideoTime": 0,
                "_Class2VideoTime": 0,
                "_Class3VideoTime": 0,
                "_AudioTime": 0,
            },
        ]
        (summed,) = typed(client, "DescribeRecordStatistic", **{**dates, "EndTime": "2026-03-01"}).SdkAppIdUsages
        assert (summed.SdkAppId, len(summed.Usages), summed.Usages[144].TimeKey) == ("", 288, "2026-03-01 12:00:00")
