from __future__ import annotations

import pytest

from provisioner.simulator.callbacks.bodies import body, of_room
from provisioner.simulator.calls import Call, CallEvent, Dismiss, Drop, Enter, Leave, Publish, Room, Unpublish

NUMBERED, NAMED = Room(20001003, "4711"), Room(20001003, "4711", numbered=False)


def told(*events: CallEvent, before: tuple[CallEvent, ...] = (), room: Room = NUMBERED) -> list[tuple[float, int]]:
    return [(one.at, one.event) for one in of_room(room, before, events)]


def test_a_room_from_its_first_to_its_last() -> None:
    call = (
        Enter(0, "ann"),
        Publish(1, "ann", "audio"),
        Publish(2, "ann", "video"),
        Enter(3, "ben", anchor=False),
        Unpublish(4, "ann", "video"),
        Publish(5, "ann", "screen"),
        Leave(6, "ann"),
        Dismiss(7),
    )
    assert told(*call) == [
        (0, 101),
        (0, 103),
        (1, 203),
        (2, 201),
        (3, 103),
        (4, 202),
        (5, 205),
        (6, 204),
        (6, 206),
        (6, 104),
        (7, 104),
        (7, 102),
    ]


def test_a_room_that_everybody_left_is_dismissed_and_may_come_back() -> None:
    assert told(Enter(0, "ann"), Leave(5, "ann"), Enter(6, "ben")) == [
        (0, 101),
        (0, 103),
        (5, 104),
        (5, 102),
        (6, 101),
        (6, 103),
    ]
    assert told(Leave(5, "ann"), before=(Enter(0, "ann"), Enter(1, "ben"))) == [(5, 104)]


@pytest.mark.parametrize(("seconds", "left"), [(89, 0), (91, 1)])
def test_a_short_loss_of_the_network_is_not_noticed(seconds: float, left: int) -> None:
    call = Call(people=1, seconds=600, drops=(Drop(at=300, seconds=seconds),), dismissed=False).events()
    kinds = [kind for _, kind in told(*call)]
    assert (kinds.count(101), kinds.count(102), kinds.count(104)) == (1 + left, 1 + left, 1 + left)
    assert kinds.count(203) == 1 + left


def test_a_room_is_told_as_the_number_or_the_name_that_it_has() -> None:
    numbered, named = (of_room(room, (), [Enter(0, "ann")])[0].info for room in (NUMBERED, NAMED))
    assert (numbered["RoomId"], named["RoomId"]) == (4711, "4711")


def test_the_body_tells_when_it_happened_and_when_it_is_sent() -> None:
    assert body(102, {"RoomId": 4711, "UserId": "ann"}, 1_800_000_000.25, 1_800_000_001.5) == {
        "EventGroupId": 1,
        "EventType": 102,
        "CallbackTs": 1_800_000_001_500,
        "EventInfo": {
            "RoomId": 4711,
            "UserId": "ann",
            "EventTs": 1_800_000_000,
            "EventMsTs": 1_800_000_000_250,
        },
    }
