"""Which rooms existed: DescribeRoomInfo, 14 days back, a day a call, a hundred rooms a page (trtc.io/document/36754).

It needs a paid monitoring plan, and answers for statistics only. The answer is a stranger's: bounded and checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.archive.api_action import ApiAction
from provisioner.archive.minutes.usage import SERVICE, VERSION
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.recording.limits import ROOMS_BACK, ROOMS_PAGE, ROOMS_SPAN
from provisioner.recording.sites import SITES
from provisioner.specs.documents.environment import Environment

if TYPE_CHECKING:
    from provisioner.console.tencent.client import TencentClient

ACTION = "DescribeRoomInfo"
PERMISSION = f"name/{SERVICE}:{ACTION}"

_MOST_PAGES = 2_000
"""Of one day and application; an answer that never ends is none."""

_LONGEST_ID = 128
_MARGIN = timedelta(minutes=1)
"""Kept from the end of what the service remembers: its clock may differ."""


@dataclass(frozen=True, slots=True)
class ListedRoom:
    """One room of the list; `ended` is None where it goes on."""

    call: str
    room: str
    created: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class RoomGap:
    """A time of which the list of rooms is not known, or not whole."""

    sdk_app_id: int
    since: datetime
    until: datetime
    why: Unknown


@contextmanager
def open_rooms(environment: Environment, root: Path, variables: Mapping[str, str]) -> Iterator[RoomList]:
    """The list of rooms, asked with the environment's credentials. Raises ProvisionerError where there are none."""
    from provisioner.console.service_client import open_service  # loads the SDK

    where = SITES[environment.site].region
    with open_service(environment, root, variables, SERVICE, VERSION, region=where) as client:
        yield RoomList(client)


class RoomList:
    """Answers rooms of one account's applications."""

    def __init__(self, client: TencentClient) -> None:
        self._action = ApiAction(client, ACTION)

    def rooms(
        self, sdk_app_id: int, since: datetime, until: datetime, now: datetime, room: str | None = None
    ) -> Iterator[ListedRoom | RoomGap]:
        """Rooms of a time, some of them perhaps twice, and gaps where they are not known. Never raises ConsoleError."""
        earliest = now - ROOMS_BACK + _MARGIN
        if since < earliest:
            why = Unknown(UnknownCause.NO_DATA, f"{ACTION} knows rooms of the last {ROOMS_BACK.days} days")
            yield RoomGap(sdk_app_id, since, min(earliest, until), why)
            since = earliest
        while since < until:
            end = min(since + ROOMS_SPAN, until)
            for page in self._pages(sdk_app_id, since, end, room):
                if isinstance(page, Unknown):
                    yield RoomGap(sdk_app_id, since, end, page)
                else:
                    yield from page
            since = end

    def _pages(
        self, sdk_app_id: int, since: datetime, until: datetime, room: str | None
    ) -> Iterator[list[ListedRoom] | Unknown]:
        query: dict[str, Any] = {
            "SdkAppId": sdk_app_id,
            "StartTime": int(since.timestamp()),
            "EndTime": int(until.timestamp()),
            "PageSize": ROOMS_PAGE,
        } | ({} if room is None else {"RoomId": room})
        before: list[ListedRoom] = []
        for number in range(_MOST_PAGES):
            page = self._action.ask({**query, "PageNumber": number}, _rooms)
            if isinstance(page, Unknown):
                yield page
                return
            if page and page == before:
                yield Unknown(UnknownCause.UNREADABLE, f"{ACTION}: page {number} repeats the one before")
                return
            yield page
            # `Total` counts the page on one site's page and everything on the other's: only a short page is the last.
            if len(page) < ROOMS_PAGE:
                return
            before = page
        yield Unknown(UnknownCause.FAILED, f"{ACTION}: more than {_MOST_PAGES * ROOMS_PAGE:,} rooms of one day")


def _rooms(answer: Mapping[str, Any]) -> list[ListedRoom]:
    rows = answer.get("RoomList") or []
    if len(rows) > ROOMS_PAGE:
        raise ValueError(f"{len(rows)} rooms on one page")
    return [_room(row) for row in rows]


def _room(row: Mapping[str, Any]) -> ListedRoom:
    created = _moment(row["CreateTime"])
    ended = _moment(row["DestroyTime"]) if row["IsFinished"] is True and row["DestroyTime"] else None
    call, room = row["CommId"], row["RoomString"]
    for text in (call, room):
        if not isinstance(text, str) or not 0 < len(text) <= 2 * _LONGEST_ID:
            raise ValueError("no id of a room")
    return ListedRoom(call, room[:_LONGEST_ID], created, ended if ended is None else max(ended, created))


def _moment(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("no time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except OSError:
        raise ValueError("no time") from None
