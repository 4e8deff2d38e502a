from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.manual import Manual, manual, robot_user
from tests.recording.test_cloud_recording import IDLE, MANUAL, VOD, application

USER_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""What TRTC takes for a UserId (UserSig guide)."""


def test_the_block_as_values() -> None:
    told = application({**IDLE, **VOD}, {**MANUAL, "callbackKeyRefs": ("env:A", "env:B"), "privateMapKey": True})
    assert manual(told) == Manual("backend", "dismissed", True, "env:SDK", ("env:A", "env:B"), True)


def test_without_a_block_the_backend_records() -> None:
    assert manual(application({**IDLE, **VOD})) is None


@given(st.text(), st.text(), st.booleans())
def test_a_robot_has_a_user_id_whatever_the_room_is_called(room: str, session: str, numbered: bool) -> None:
    user = robot_user(20001003, room, numbered, session)
    assert USER_ID.fullmatch(user)
    assert user == robot_user(20001003, room, numbered, session)


@pytest.mark.parametrize(
    "other",
    [
        (20001004, "1234", True, "s"),
        (20001003, "1235", True, "s"),
        (20001003, "1234", False, "s"),
        (20001003, "1234", True, "t"),
    ],
)
def test_robots_of_two_calls_differ(other: tuple[int, str, bool, str]) -> None:
    assert robot_user(*other) != robot_user(20001003, "1234", True, "s")
