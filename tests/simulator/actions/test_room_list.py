"""DescribeRoomInfo, through the SDK."""

from __future__ import annotations

from typing import Any

import pytest
from tencentcloud.common.common_client import CommonClient

from provisioner.simulator import Call, ConsoleState, Room
from provisioner.simulator.calls import Enter, Leave
from tests.simulator.conftest import MovableClock
from tests.simulator.support import MANUAL, call, refused

DAY = 86_400


def listed(client: CommonClient, state: ConsoleState, **more: Any) -> list[dict[str, Any]]:
    now = int(state.now())
    span = {"StartTime": now - DAY, "EndTime": now, "PageNumber": 0, "PageSize": 100}
    answer = call(client, "DescribeRoomInfo", SdkAppId=MANUAL, **{**span, **more})
    assert answer["Total"] == len(answer["RoomList"])
    found: list[dict[str, Any]] = answer["RoomList"]
    return found


def test_rooms_with_their_time_and_their_creator(client: CommonClient, state: ConsoleState) -> None:
    began = state.now() - 3600
    state.recordings.play(Room(MANUAL, "1234"), Call(people=2, seconds=600).events(), start=began)
    state.recordings.play(Room(MANUAL, "lobby", False), [Enter(0, "ann")], start=began + 10)
    first, second = listed(client, state)
    assert first == {
        "CommId": f"{MANUAL}_1234_{int(began)}",
        "RoomString": "1234",
        "CreateTime": int(began),
        "DestroyTime": int(began) + 600,
        "IsFinished": True,
        "UserId": "user-1",
    }
    assert (second["RoomString"], second["IsFinished"], second["DestroyTime"]) == ("lobby", False, 0)
    state.recordings.play(Room(MANUAL, "lobby", False), [Leave(0, "ann")])
    assert listed(client, state, RoomId="lobby")[0]["IsFinished"] is True


def test_a_room_of_the_same_id_is_another_one(client: CommonClient, state: ConsoleState) -> None:
    for hours in (3, 2):
        state.recordings.play(Room(MANUAL, "7"), Call(seconds=60).events(), start=state.now() - hours * 3600)
    assert len({room["CommId"] for room in listed(client, state, RoomId="7")}) == 2


def test_pages(client: CommonClient, state: ConsoleState) -> None:
    for number in range(12):
        start = state.now() - 1000 + number
        state.recordings.play(Room(MANUAL, str(number)), Call(seconds=60).events(), start=start)
    pages = [[room["RoomString"] for room in listed(client, state, PageNumber=page, PageSize=5)] for page in range(3)]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert [*pages[0], *pages[1], *pages[2]] == [str(number) for number in range(12)]
    now = int(state.now())
    usual = call(client, "DescribeRoomInfo", SdkAppId=MANUAL, StartTime=now - DAY, EndTime=now, PageSize=5)
    assert len(usual["RoomList"]) == 10  # one of the two is missing


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"StartTime": -15 * DAY, "EndTime": -14 * DAY - 100}, "InvalidParameter.StartTsOversize"),
        ({"StartTime": -DAY - 1}, "InvalidParameter.QueryScaleOversize"),
        ({"EndTime": -2 * DAY}, "InvalidParameter.EndTs"),
        ({"PageSize": 101}, "InvalidParameterValue"),
    ],
)
def test_what_is_refused(
    client: CommonClient, state: ConsoleState, clock: MovableClock, change: dict[str, int], code: str
) -> None:
    now = int(clock.now)
    span = {"StartTime": now - DAY, "EndTime": now, "PageNumber": 0, "PageSize": 100}
    moved = {key: value + (now if key.endswith("Time") else 0) for key, value in change.items()}
    assert refused(client, "DescribeRoomInfo", SdkAppId=MANUAL, **{**span, **moved}).code.startswith(code)


def test_an_unknown_application(client: CommonClient, state: ConsoleState) -> None:
    now = int(state.now())
    refusal = refused(client, "DescribeRoomInfo", SdkAppId=7, StartTime=now, EndTime=now)
    assert refusal.code == "FailedOperation.SdkAppIdNotExist"
