"""Recorded files in VOD: SearchMedia (2018-07-17) and what it hides.

It reaches only 5,000 results deep, so a search goes back in time from window to window. It finds names by how they
begin, so that room 12 would also be room 123: prefixes end where the room does. It also knows which SDKAppId a file
was recorded for, and is asked for that too: a recording over REST may carry any user-defined prefix.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.archive.files.storage import FileSearch
from provisioner.console.port import ConsoleError
from provisioner.console.tencent.answer import request_id
from provisioner.foundation.clock import timestamp
from provisioner.recording.application import Application
from provisioner.recording.file_names import RecordedName, name_prefixes, readings
from provisioner.recording.limits import LONGEST_NAME_PREFIX, SEARCH_VALUES, SEARCH_WINDOW

if TYPE_CHECKING:
    from provisioner.console.tencent.client import TencentClient

SERVICE, VERSION = "vod", "2018-07-17"

_PAGE = 500
_LONGEST_ADDRESS = 2083
_SECOND = timedelta(seconds=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Sought = Mapping[int, str | None]
"""SDKAppIds to look for, each with the user-defined prefix that its spec declares."""


@dataclass(frozen=True, slots=True)
class VodStorage:
    """One application of VOD."""

    sub_app_id: int

    simulated = True

    def __str__(self) -> str:
        return f"VOD application {self.sub_app_id}"

    def files(self, wanted: FileSearch) -> Iterator[RecordedFile]:
        """As Storage asks; the console's site, credentials and rate are VOD's too."""
        from provisioner.console.service_client import open_service  # loads the SDK

        sought = {app.sdk_app_id: _user_defined(app) for app in wanted.applications}
        with open_service(wanted.environment, wanted.root, wanted.variables, SERVICE, VERSION) as client:
            yield from search(client, self.sub_app_id, sought, wanted.query)


def storage_of(app: Application) -> VodStorage:
    """The VOD application that an application's effective spec names."""
    return VodStorage(int(str(app.setting("storage/vod/subAppId"))))


def _user_defined(app: Application) -> str | None:
    prefix = app.setting("fileNamePrefix")
    return None if prefix is None else str(prefix)


def search(client: TencentClient, sub_app_id: int, sought: Sought, query: Query) -> Iterator[RecordedFile]:
    """The files of some applications that `query` wants, the latest first within ten applications.

    Raises ConsoleError where nothing could be listed, IncompleteListingError where some was.
    """
    for apps, prefixes in _batches(sought, query.room):
        by_app: dict[str, Any] = {"TrtcSdkAppIds": sorted(apps)}
        if query.room is not None:
            by_app["TrtcRoomIds"] = [query.room]
        criteria = ({"NamePrefixes": prefixes}, by_app)
        found = (_search(client, {"SubAppId": sub_app_id, **wanted}, query, apps) for wanted in criteria)
        for file in _once(heapq.merge(*found, key=_age, reverse=True)):
            if file.sdk_app_id in apps and query.wants(file):
                yield file


def _batches(sought: Sought, room: str | None) -> Iterator[tuple[set[int], list[str]]]:
    """As many applications at once as their prefixes fit into one search."""
    apps: set[int] = set()
    prefixes: list[str] = []
    for app, user_defined in sorted(sought.items()):
        # Cut to what may be asked for, a prefix finds more than it should: the names are read anyway.
        own = sorted({prefix[:LONGEST_NAME_PREFIX] for prefix in name_prefixes(app, room, user_defined)})
        if apps and len(prefixes) + len(own) > SEARCH_VALUES:
            yield apps, prefixes
            apps, prefixes = set(), []
        apps.add(app)
        prefixes += own
    if apps:
        yield apps, prefixes


def _once(files: Iterable[RecordedFile]) -> Iterator[RecordedFile]:
    """Each file once, of a stream in order of creation in which those found twice stand together."""
    moment: datetime | None = None
    seen: set[str] = set()
    for file in files:
        if file.created != moment:
            moment, seen = file.created, set()
        if file.file_id not in seen:
            seen.add(file.file_id)
            yield file


def _age(file: RecordedFile) -> datetime:
    return file.created or _LONG_AGO


def _search(client: TencentClient, criteria: dict[str, Any], query: Query, apps: set[int]) -> Iterator[RecordedFile]:
    """Everything that meets the criteria, the latest first."""
    before, known = query.until, set[str]()
    oldest: datetime | None = None
    while True:
        listed: set[str] = set()
        for offset in range(0, SEARCH_WINDOW, _PAGE):
            try:
                total, page = _page(client, {**criteria, **_between(query.since, before), "Offset": offset}, apps)
            except ConsoleError as error:
                if oldest is None:
                    raise
                raise IncompleteListingError(error, f"files created before {timestamp(oldest)}") from None
            if page and all(file.file_id in listed for file in page):
                raise IncompleteListingError(_stuck(len(listed), total), "files beyond those")
            for file in page:
                if file.file_id not in known and file.file_id not in listed:
                    yield file
                listed.add(file.file_id)
                oldest = file.created or oldest
            if not page or offset + _PAGE >= min(total, SEARCH_WINDOW):
                break
        if total < SEARCH_WINDOW or oldest is None:
            return
        # Times are shown in whole seconds: files of the last one may lie on both sides of the window's end.
        following = oldest + _SECOND
        if before is not None and following >= before:
            raise IncompleteListingError(
                ConsoleError(
                    "TooManyResults",
                    f"more than {SEARCH_WINDOW} files were created at {timestamp(oldest)}; VOD shows no more of them",
                    action="SearchMedia",
                    fix="Ask for one room.",
                ),
                f"files created at {timestamp(oldest)} and before",
            )
        before, known = following, listed


def _stuck(listed: int, total: int) -> ConsoleError:
    return ConsoleError(
        "IncompleteList",
        f"after {listed} of {total} files a page brings nothing new",
        action="SearchMedia",
        fix="Ask for one room, or run it again.",
    )


def _between(since: datetime | None, before: datetime | None) -> dict[str, Any]:
    """Both ends are included, and rounded outwards to whole seconds."""
    bounds = {}
    if since is not None:
        bounds["After"] = timestamp(since)
    if before is not None:
        bounds["Before"] = timestamp(before + _SECOND if before.microsecond else before)
    return {"CreateTime": bounds} if bounds else {}


def _page(client: TencentClient, criteria: dict[str, Any], apps: set[int]) -> tuple[int, list[RecordedFile]]:
    """How many there are, counted up to the window, and one page of them."""
    shape = {"Limit": _PAGE, "Filters": ["basicInfo", "metaData"], "Sort": {"Field": "CreateTime", "Order": "Desc"}}
    answer = client.read("SearchMedia", {**criteria, **shape})
    try:
        return int(answer["TotalCount"]), [_file(media, apps) for media in answer["MediaInfoSet"]]
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise ConsoleError(
            "UnexpectedAnswer",
            f"the answer is not as VOD documents it ({type(error).__name__})",
            request_id(answer),
            action="SearchMedia",
        ) from None


def _file(media: dict[str, Any], apps: set[int]) -> RecordedFile:
    basic, meta = media["BasicInfo"], media.get("MetaData") or {}
    told = (basic.get("SourceInfo") or {}).get("TrtcRecordInfo") or {}
    name, room = str(basic["Name"]), str(told["RoomId"]) if told.get("RoomId") else None
    # Pages do not say whether a name carries its extension.
    found = readings(name) or readings(f"{name}.{_extension(str(basic.get('Type')))}")
    return RecordedFile(
        "vod",
        name,
        _settled(found, room),
        _owner(name, found, told, apps),
        task=str(told["TaskId"]) if told.get("TaskId") else None,
        size=None if meta.get("Size") is None else int(meta["Size"]),
        seconds=None if meta.get("Duration") is None else float(meta["Duration"]),
        created=_moment(basic.get("CreateTime")),
        expires=_moment(basic.get("ExpireTime")),
        room_id=room,
        users=tuple(map(str, told.get("UserIds") or ())),
        file_id=str(media["FileId"]),
        address=str(basic.get("MediaUrl") or "")[:_LONGEST_ADDRESS],
    )


def _extension(media_type: str) -> str:
    return {"hls": "m3u8"}.get(media_type.lower(), media_type.lower())


def _settled(found: tuple[RecordedName, ...], room: str | None) -> tuple[RecordedName, ...]:
    """The readings that agree with the room that VOD tells; all where none does."""
    return tuple(name for name in found if name.room == room) or found


def _owner(name: str, found: tuple[RecordedName, ...], told: dict[str, Any], apps: set[int]) -> int | None:
    """Whose file it is: VOD knows, or the name says it; an unrecognized one belongs to the prefix that found it."""
    if told.get("SdkAppId"):
        return int(told["SdkAppId"])
    if found:
        return found[0].sdk_app_id
    return next((app for app in apps if name.startswith(f"{app}_") or f"_{app}_" in name), None)


def _moment(text: str | None) -> datetime | None:
    """An ISO 8601 time with its zone."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
