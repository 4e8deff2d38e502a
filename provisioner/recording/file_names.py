"""The names of recorded files: built from what was recorded, and read back.

    name = [prefix "__UserDefine_u_" | "ha" (1|2|3) "_"] app "_" room [user] ["_" media] ["_" (utc | index)] "." ext
    user = S "UserId_s_" b64 S "UserId_e_" ("main" | "aux")

`S` is one underscore (TUICallKit cloud recording, Chinese guide) or two (English guide), and `ha` marks a file
recovered after a failover. A UserId, and a RoomId that is a string, stand in standard base64 with `/` as `-` and
`=` as `.`.

A room that reads `1234` may be the number 1234 or base64 of something else, so whoever reads a name says which
kind of room it is, or asks for every reading.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from provisioner.recording.limits import LARGEST_ROOM_NUMBER

Track = Literal["main", "aux"]
"""A user's camera and microphone, or the substream (screen sharing)."""

Media = Literal["audio", "video", "audiovideo"]
"""What a single-stream HLS file holds; the other files do not say it."""

Extension = Literal["mp4", "aac", "m3u8", "ts"]
Separator = Literal["_", "__"]

_USER_DEFINED = "__UserDefine_u_"

_NAME = re.compile(
    rf"(?:(?P<prefix>[A-Za-z0-9_-]{{1,64}}){_USER_DEFINED}|ha(?P<failover>[1-3])_)?"
    r"(?P<app>[1-9][0-9]{0,9})_(?P<room>[A-Za-z0-9+.-]+)"
    r"(?:(?P<separator>__?)UserId_s_(?P<user>[A-Za-z0-9+.-]+)(?P=separator)UserId_e_(?P<track>main|aux))?"
    r"(?:_(?P<media>audiovideo|audio|video))?"
    r"(?:_(?P<utc>[0-9]{17})(?=\.ts)|_(?P<index>[1-9][0-9]{0,8})(?!\.ts))?"
    r"\.(?P<extension>mp4|aac|m3u8|ts)"
)


@dataclass(frozen=True, slots=True)
class RecordedName:
    """One file's name. Only legal names exist: every other combination raises ValueError.

    `numbered` says that the room id is a number; `user` and `track` are None for a mixed file; `media` is for
    single-stream `m3u8` and `ts`, `started` (UTC, to the millisecond) for `ts`, `index` for parts of a split file.
    `prefix` is user-defined (VOD only), `failover` how often the recording had moved to another server (COS, S3).
    """

    sdk_app_id: int
    room: str
    numbered: bool
    extension: Extension
    user: str | None = None
    track: Track | None = None
    media: Media | None = None
    started: datetime | None = None
    index: int | None = None
    prefix: str | None = None
    failover: int | None = None
    separator: Separator = "_"

    def __post_init__(self) -> None:
        if (self.user is None) != (self.track is None):
            raise ValueError("a single-stream file has a user and a track, a mixed one neither")
        single_hls = self.user is not None and self.extension in ("m3u8", "ts")
        if (self.media is not None) != single_hls:
            raise ValueError("single-stream HLS files say their media, all others do not")
        if (self.started is not None) != (self.extension == "ts"):
            raise ValueError("segments carry the time they started at, all others do not")
        if self.user is None and self.separator != "_":
            raise ValueError("only a single-stream file has a separator of its own")
        if self.prefix is not None and self.failover is not None:
            raise ValueError("user-defined prefixes are VOD's, failovers are told in cloud storage only")
        _check_room(self.room, self.numbered)
        if not _NAME.fullmatch(str(self)):
            raise _foreign(str(self))

    def __str__(self) -> str:
        parts = [str(self.sdk_app_id), self.room if self.numbered else _encode(self.room)]
        text = "_".join(parts)
        if self.user is not None:
            text += f"{self.separator}UserId_s_{_encode(self.user)}{self.separator}UserId_e_{self.track}"
        tail = (self.media, None if self.started is None else _utc(self.started), self.index)
        text += "".join(f"_{part}" for part in tail if part is not None)
        head = f"{self.prefix}{_USER_DEFINED}" if self.prefix else f"ha{self.failover}_" if self.failover else ""
        return f"{head}{text}.{self.extension}"


@dataclass(frozen=True, slots=True)
class RecordedPath:
    """Where a file stands in cloud storage: `[folders "/"] task "/" name`."""

    task: str
    name: RecordedName
    folders: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "/".join((*self.folders, self.task, str(self.name)))


def parse(text: str, *, numbered: bool) -> RecordedName:
    """The name's fields, its room read as a number or as a string. Raises ValueError for an unrecognized name."""
    match = _NAME.fullmatch(text)
    if match is None:
        raise _foreign(text)
    try:
        read = _read(match, numbered)
    except ValueError as error:
        raise _foreign(text) from error
    if str(read) != text:  # base64 with stray bits
        raise _foreign(text)
    return read


def readings(text: str) -> tuple[RecordedName, ...]:
    """Every way to read a name, room numbers first: none for an unrecognized name, two where the room is ambiguous."""
    found = []
    for numbered in (True, False):
        try:
            found.append(parse(text, numbered=numbered))
        except ValueError:
            continue
    return tuple(found)


def name_prefixes(sdk_app_id: int, room: str | None = None, prefix: str | None = None) -> tuple[str, ...]:
    """How the names of an application's files begin in VOD, or those of one room.

    A room's number and its base64 are both given, as is the user-defined `prefix` where there is one. Few other
    rooms' names begin so, too (`12.` is also how padded base64 may end): whoever finds them reads them.
    """
    starts = [f"{sdk_app_id}_"]
    if room is not None:
        spelt = {room, _encode(room)} if is_room_number(room) else {_encode(room)}
        # After the room comes a separator or the extension: `_12` alone would find room 123 too.
        starts = [f"{sdk_app_id}_{spelling}{end}" for spelling in sorted(spelt) for end in "_."]
    return tuple(head + start for head in ("", f"{prefix}{_USER_DEFINED}")[: 2 if prefix else 1] for start in starts)


def parse_path(text: str, *, numbered: bool) -> RecordedPath:
    """A path in cloud storage. Raises ValueError for one that no recorder wrote."""
    folders, task, name = _split(text)
    return RecordedPath(task, parse(name, numbered=numbered), folders)


def path_readings(text: str) -> tuple[RecordedPath, ...]:
    """Every way to read a path in cloud storage, as `readings` does it for a name."""
    try:
        folders, task, name = _split(text)
    except ValueError:
        return ()
    return tuple(RecordedPath(task, read, folders) for read in readings(name))


def _split(path: str) -> tuple[tuple[str, ...], str, str]:
    """Folders, task and name. Raises ValueError where a part is missing."""
    *folders, task, name = path.split("/") if path.count("/") else ("", path)
    if not task or not all(folders):
        raise ValueError(f"no recorder writes to {path!r}")
    return tuple(folders), task, name


def _read(match: re.Match[str], numbered: bool) -> RecordedName:
    parts: dict[str, Any] = match.groupdict()
    user, utc, index, failover = parts["user"], parts["utc"], parts["index"], parts["failover"]
    return RecordedName(
        sdk_app_id=int(parts["app"]),
        room=parts["room"] if numbered else _decode(parts["room"]),
        numbered=numbered,
        extension=parts["extension"],
        user=None if user is None else _decode(user),
        track=parts["track"],
        media=parts["media"],
        started=None if utc is None else _moment(utc),
        index=None if index is None else int(index),
        prefix=parts["prefix"],
        failover=None if failover is None else int(failover),
        separator=parts["separator"] or "_",
    )


def _foreign(text: str) -> ValueError:
    return ValueError(f"no recorder names a file {text!r}")


def _check_room(room: str, numbered: bool) -> None:
    if numbered and not is_room_number(room):
        raise ValueError(f"a room number is 0 to {LARGEST_ROOM_NUMBER}, not {room!r}")


def is_room_number(room: str) -> bool:
    """Whether `room` is how a numbered room is written."""
    return bool(re.fullmatch(r"0|[1-9][0-9]{0,9}", room)) and int(room) <= LARGEST_ROOM_NUMBER


def _encode(text: str) -> str:
    encoded = base64.b64encode(text.encode()).decode()
    return encoded.replace("/", "-").replace("=", ".")


def _decode(text: str) -> str:
    return base64.b64decode(text.replace("-", "/").replace(".", "="), validate=True).decode()


def _utc(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"


def _moment(digits: str) -> datetime:
    return datetime.strptime(f"{digits}000", "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
