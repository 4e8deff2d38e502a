"""The list of rooms, at a scripted endpoint: pages, days, and answers that are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tencentcloud.common.credential import Credential

from provisioner.archive.coverage.room_info import ListedRoom, RoomGap, RoomList
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.limiter import Limiter
from tests.console.endpoint import answers, endpoint, refuses

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def row(number: int, **change: Any) -> dict[str, Any]:
    created = int(NOW.timestamp()) - 3600 + number
    values = {"CommId": f"c{number}", "RoomString": str(number), "CreateTime": created, "DestroyTime": created + 60}
    return {**values, "IsFinished": True, "UserId": "ann", **change}


def listed(*replies: Any, days: float = 1) -> tuple[list[ListedRoom | RoomGap], list[dict[str, Any]]]:
    """What is found of the last days, and what was asked."""
    with endpoint(*replies) as served:
        place = Endpoint(served.host, "http", direct=True)
        client = TencentClient("trtc", "2019-07-22", "ap-singapore", place, Credential("a", "b"), limiter=Limiter(1000))
        found = list(RoomList(client).rooms(7, NOW - timedelta(days=days), NOW, NOW))
        client.close()
    return found, [body for _, _, body in served.seen]


def test_pages_until_a_short_one() -> None:
    full = answers(Total=100, RoomList=[row(number) for number in range(100)])
    found, asked = listed(full, answers(Total=1, RoomList=[row(100)]))
    assert len(found) == 101
    assert found[0] == ListedRoom("c0", "0", NOW - timedelta(hours=1), NOW - timedelta(minutes=59))
    assert [query["PageNumber"] for query in asked] == [0, 1]
    assert (asked[0]["PageSize"], asked[0]["EndTime"] - asked[0]["StartTime"]) == (100, 86_400)


def test_a_call_for_each_day() -> None:
    _, asked = listed(*[answers(Total=0, RoomList=[])] * 3, days=2.5)
    assert [query["EndTime"] - query["StartTime"] for query in asked] == [86_400, 86_400, 43_200]


def test_what_is_longer_ago_than_the_service_knows_is_a_gap() -> None:
    found, asked = listed(*[answers(Total=0, RoomList=None)] * 14, days=16)
    (gap,) = found
    assert isinstance(gap, RoomGap)
    assert (gap.since, gap.why.cause.value) == (NOW - timedelta(days=16), "no-data")
    assert gap.until == NOW - timedelta(days=14) + timedelta(minutes=1)
    assert len(asked) == 14


def test_a_refusal_is_told_and_asked_once() -> None:
    found, asked = listed(refuses("UnauthorizedOperation", "buy a plan"), days=3)
    assert [isinstance(gap, RoomGap) and gap.why.cause.value for gap in found] == ["refused"] * 3
    assert len(asked) == 1


@pytest.mark.parametrize(
    "rows",
    [
        [row(0, CreateTime="soon")],
        [row(0, RoomString=7)],
        [row(0, CommId="")],
        ["room"],
        [row(number) for number in range(101)],
        [row(0, CreateTime=2**62)],
    ],
    ids=["time", "name", "id", "text", "many", "far"],
)
def test_an_answer_that_is_none_is_a_gap(rows: list[Any]) -> None:
    (gap,) = listed(answers(Total=1, RoomList=rows))[0]
    assert isinstance(gap, RoomGap)
    assert gap.why.cause.value == "unreadable"


def test_pages_that_never_end_are_told() -> None:
    full = answers(Total=100, RoomList=[row(number) for number in range(100)])
    found, asked = listed(full, full)
    assert len(asked) == 2
    assert isinstance(found[-1], RoomGap)
    assert found[-1].why.reason == "DescribeRoomInfo: page 1 repeats the one before"


def test_a_room_that_goes_on_has_no_end() -> None:
    (room,) = listed(answers(Total=1, RoomList=[row(0, IsFinished=False, DestroyTime=0)]))[0]
    assert isinstance(room, ListedRoom)
    assert room.ended is None
