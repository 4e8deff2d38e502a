"""Which rooms stand behind one id: one after the other, each with what was heard of it and with its own files."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from provisioner.archive.coverage.room_store import RoomRecords
from provisioner.archive.evidence.callbacks import (
    ROOM_CREATED,
    ROOM_DISMISSED,
    STREAM_STARTED,
    CallRecord,
    RecordingCallback,
)
from provisioner.archive.files.recorded import RecordedFile

_SAME = timedelta(minutes=1)
"""How far two sources may be apart when they tell of one room's creation [inferred]."""

_LATE = timedelta(seconds=2)
"""Sources tell times in whole seconds, and of one moment in any order."""

_MOST_USERS = 1_000
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class RoomSession:
    """One room. `over`: it has ended, though nobody may say when. `told`: the callback of its creation came.

    `senders` are users who sent something, by when they first did; `media` are its callbacks of streams. `called`:
    TUICallKit says that people spoke.
    """

    created: datetime
    ended: datetime | None
    over: bool
    source: str
    told: bool = False
    called: bool = False
    dismissed: datetime | None = None
    recorder: list[RecordingCallback] = field(default_factory=list)
    files: list[RecordedFile] = field(default_factory=list)
    senders: dict[str, datetime] = field(default_factory=dict)
    media: list[RecordingCallback] = field(default_factory=list)

    @property
    def until(self) -> datetime | None:
        """When it ended, by whichever source says so."""
        return self.ended or self.dismissed


@dataclass(slots=True)
class SessionsOfRoom:
    """The rooms of one id, and how many files and recorders there are of rooms that nobody lists."""

    sessions: list[RoomSession] = field(default_factory=list)
    unlisted: int = 0


def sessions(records: RoomRecords) -> SessionsOfRoom:
    """Rooms that existed, by the list, callbacks and call records: never by a file or a recorder alone.

    To count rooms only because they were recorded would make every percentage a hundred.
    """
    found = _existing(records)
    starts = [session.created for session in found]
    result = SessionsOfRoom(found)
    tasks: dict[str, RoomSession | None] = {}
    for heard in records.heard:
        if isinstance(heard, CallRecord):
            continue
        if heard.of_recorder:
            began = min(filter(None, (heard.at, heard.began)))
            if not heard.task or heard.task not in tasks:
                tasks[heard.task] = _at(found, starts, began)
                result.unlisted += tasks[heard.task] is None
            if session := tasks[heard.task]:
                session.recorder.append(heard)
        elif (session := _at(found, starts, heard.at)) is not None:
            _happened(session, heard)
    for file in records.files:
        session = _of_file(found, starts, file)
        if session is None:
            result.unlisted += 1
        else:
            session.files.append(file)
    return result


def _existing(records: RoomRecords) -> list[RoomSession]:
    found = [RoomSession(room.created, room.ended, room.ended is not None, "list") for room in records.listed]
    created = sorted(room.created for room in records.listed)
    for heard in records.heard:
        if isinstance(heard, CallRecord):
            if (same := _of_call(found, heard)) is None:
                found.append(RoomSession(heard.began, heard.ended, True, "call record", called=True))
                insort(created, heard.began)
            else:
                same.called = True
        elif heard.event == ROOM_CREATED and _near(created, heard.at) is None:
            found.append(RoomSession(heard.at, None, False, "callbacks", told=True))
            insort(created, heard.at)
        elif heard.event == ROOM_DISMISSED:
            there = (one for one in found if one.created <= heard.at + _LATE)
            if last := max(there, key=lambda one: one.created, default=None):
                last.dismissed = heard.at
    found.sort(key=lambda session: session.created)
    for earlier, later in pairwise(found):
        if not earlier.over:
            earlier.over, earlier.ended = True, None
        if earlier.ended is not None and earlier.ended > later.created:
            earlier.ended = later.created
    return found


def _near(created: list[datetime], at: datetime) -> datetime | None:
    place = bisect_right(created, at + _SAME)
    return created[place - 1] if place and created[place - 1] >= at - _SAME else None


def _of_call(found: Iterable[RoomSession], call: CallRecord) -> RoomSession | None:
    """The room in which a call took place, which may have been accepted some time after its room's creation."""
    there = (one for one in found if one.created - _SAME <= call.began and (one.until or _NEVER) >= call.began - _LATE)
    return max(there, key=lambda one: one.created, default=None)


def _at(found: list[RoomSession], starts: list[datetime], at: datetime) -> RoomSession | None:
    """The room that was there at a moment: the last one created by then."""
    place = bisect_right(starts, at + _LATE)
    return found[place - 1] if place else None


def _happened(session: RoomSession, heard: RecordingCallback) -> None:
    if heard.event == ROOM_CREATED:
        session.told = True
    elif heard.event == ROOM_DISMISSED:
        session.dismissed, session.over = heard.at, True
    elif heard.event // 100 == 2:
        session.media.append(heard)
        if heard.event in STREAM_STARTED and len(session.senders) < _MOST_USERS:
            session.senders.setdefault(heard.user, heard.at)


def _of_file(found: list[RoomSession], starts: list[datetime], file: RecordedFile) -> RoomSession | None:
    """Whose file it is: of the room that was there when its recording began, or when it was stored."""
    if file.created is None:
        return found[0] if len(found) == 1 else None
    began = file.created - timedelta(seconds=file.seconds or 0)
    session = _at(found, starts, began) or _at(found, starts, file.created)
    if session is not None and session.until is not None and began > session.until + _SAME:
        return None
    return session


def sending(session: RoomSession) -> float:
    """Seconds in which anybody sent anything, by the room's media callbacks; 0 where they do not say."""
    open_: set[tuple[str, int]] = set()
    total, since = 0.0, session.created
    for heard in session.media:
        stream = (heard.user, (heard.event - 201) // 2)
        if open_ and heard.at > since:
            total += (heard.at - since).total_seconds()
        since = heard.at
        if heard.event in STREAM_STARTED:
            open_.add(stream)
        else:
            open_.discard(stream)
    end = session.until
    return total + ((end - since).total_seconds() if open_ and end and end > since else 0)
