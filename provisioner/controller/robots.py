"""The UserId under which a recorder enters a room: derived, so that it is known again without a TaskId.

Every Create of one session uses the same UserId: a second one replaces the first instead of recording twice, and the
callback 301, which names the UserId, says whose task it tells of. Only where somebody else turned out to use it, the
session takes a next one.
"""

from __future__ import annotations

import re

LAST_TURN = 9
_TURNED = re.compile(r"(.+)_([1-9])", re.ASCII)


def robot_id(first: str, turn: int) -> str:
    """The UserId of a session's `turn`; `first` is that of turn 0. Two bytes longer at most."""
    return first if turn == 0 else f"{first}_{turn}"


def robot_of(user: str) -> tuple[str, int]:
    """The UserId of turn 0, and the turn, behind a UserId; any other than ours is its own."""
    match = _TURNED.fullmatch(user)
    return (user, 0) if match is None else (match[1], int(match[2]))
