"""One recorded file as its storage lists it, and what somebody looks for among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from provisioner.foundation.errors import UsageError
from provisioner.recording.file_names import RecordedName

FileKind = Literal["mixed", "single"]
RoomType = Literal["number", "string", "either"]

LONGEST_ID = 64
"""Characters of a room's id (SearchMedia: TrtcRoomIds), and of a user's."""


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """One file; `vendor` is its storage's word in specs. What its storage does not tell is None, or empty.

    `key` is the media's name in VOD, the object's key in a bucket. `readings` is what the name grammar makes of it:
    nothing for an unrecognized name, two where a room may be a number or base64. `sdk_app_id` is None where neither
    name nor storage says whose it is. `room_id`, `users` (whose streams it holds), `file_id` and `expires` (year 9999:
    never) are told by VOD only; `task` stands in a bucket's key. `size` is in bytes, `seconds` plays, times are UTC;
    `created` is when the storage got it, which is after the recording ended.
    """

    vendor: str
    key: str
    readings: tuple[RecordedName, ...]
    sdk_app_id: int | None
    task: str | None = None
    size: int | None = None
    seconds: float | None = None
    created: datetime | None = None
    expires: datetime | None = None
    room_id: str | None = None
    users: tuple[str, ...] = ()
    file_id: str = ""
    address: str = ""
    """Where it can be fetched, with whatever the storage asks for: a URL, or `s3://BUCKET/KEY`."""

    @property
    def unrecognized(self) -> bool:
        """Whether no recorder names files like this."""
        return not self.readings

    @property
    def name(self) -> RecordedName | None:
        """The name's fields, by the likelier reading; None where it is unrecognized."""
        return self.readings[0] if self.readings else None

    @property
    def kind(self) -> FileKind | None:
        """Everybody in one file, or one user's stream; None where the name is unrecognized."""
        name = self.name
        return None if name is None else "mixed" if name.user is None else "single"

    @property
    def room(self) -> str | None:
        """The room's id, a number's digits included."""
        return self.readings[0].room if self.readings else self.room_id

    @property
    def room_type(self) -> RoomType | None:
        """What kind of id `room` is; `either` where name and storage leave it open."""
        if not self.readings:
            return None
        return "either" if len(self.readings) > 1 else "number" if self.readings[0].numbered else "string"


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for; None is anything. Times (UTC, both ends included) are those of creation.

    `user` finds the user's own streams, and mixed files of which the storage tells that they hold them. An unrecognized
    name has neither kind nor user, and a room only where the storage tells it. Raises UsageError for ids that no
    room or user has.
    """

    since: datetime | None = None
    until: datetime | None = None
    room: str | None = None
    user: str | None = None
    kind: FileKind | None = None

    def __post_init__(self) -> None:
        for what, word in (("room", self.room), ("user", self.user)):
            if word is not None and not 1 <= len(word) <= LONGEST_ID:
                raise UsageError(f"no {what}'s id has {len(word)} characters", fix=f"Name one of 1 to {LONGEST_ID}.")

    def wants(self, file: RecordedFile) -> bool:
        """Whether the file is one of those."""
        if self.kind is not None and file.kind != self.kind:
            return False
        if self.room is not None and self.room not in {file.room_id, *(name.room for name in file.readings)}:
            return False
        if self.user is not None and self.user not in {*file.users, *(name.user for name in file.readings)}:
            return False
        if file.created is None:
            return True
        return not (self.since and file.created < self.since) and not (self.until and file.created > self.until)
