"""What happens, as callbacks tell it: event types and `EventInfo` by the callback guides.

Rooms and media (groups 1 and 2): trtc.io/document/39558. Recorders (group 3): trtc.io/document/54914 and 45169.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provisioner.simulator.calls.events import CallEvent, Dismiss, Enter, Leave, Medium, Publish, Room, Unpublish
from provisioner.simulator.media_rows import StoredFile
from provisioner.simulator.tasks import RecordingTask

OFFLINE_SECONDS = 90.0
"""How long a lost network goes unnoticed: whoever is back by then has not left (exit reasons of the callback guide)."""

UPLOAD_SECONDS = 2.0
"""From a task's end to the word of its files [inferred]."""

AUTOMATIC_ROBOT = "auto-recorder"
"""The UserId of a recorder that a room started by itself [inferred]."""

_STARTS: Final[Mapping[Medium, int]] = {"video": 201, "audio": 203, "screen": 205}
_ANCHOR, _AUDIENCE = 20, 21


@dataclass(frozen=True, slots=True)
class Told:
    """One callback: when it is told (epoch seconds of the console), its EventType and EventInfo without the times."""

    at: float
    event: int
    info: Mapping[str, Any]


@dataclass(slots=True)
class _Presence:
    """Who is in a room as callbacks tell it, with what they send."""

    people: dict[str, set[Medium]] = field(default_factory=dict)

    def tell(self, event: CallEvent) -> Iterator[tuple[int, dict[str, Any]]]:
        match event:
            case Enter(_, user, anchor):
                if not self.people:
                    yield 101, {"UserId": user}
                self.people[user] = set()
                yield 103, {"UserId": user, "Role": _ANCHOR if anchor else _AUDIENCE, "Reason": 1}
            case Leave(_, user):
                yield from self._left(user)
                if not self.people:
                    yield 102, {"UserId": user}
            case Publish(_, user, medium):
                if medium not in self.people.get(user, set()):
                    self.people.setdefault(user, set()).add(medium)
                    yield _STARTS[medium], {"UserId": user}
            case Unpublish(_, user, medium):
                self.people[user].discard(medium)
                yield _STARTS[medium] + 1, {"UserId": user, "Reason": 0}
            case Dismiss():
                for user in list(self.people):
                    yield from self._left(user)
                yield 102, {}

    def _left(self, user: str) -> Iterator[tuple[int, dict[str, Any]]]:
        for medium in sorted(self.people.pop(user, set())):
            yield _STARTS[medium] + 1, {"UserId": user, "Reason": 0}
        yield 104, {"UserId": user, "Reason": 1}


def of_room(room: Room, before: Iterable[CallEvent], happening: Iterable[CallEvent]) -> list[Told]:
    """What is told of `happening` in a room that has seen `before`.

    A room that everybody has left is dismissed too, and comes into being again with the next to enter [inferred].
    """
    presence = _Presence()
    for event in _noticed(before):
        list(presence.tell(event))
    name = {"RoomId": int(room.room_id) if room.numbered else room.room_id}
    return [
        Told(event.at, kind, {**name, **info}) for event in _noticed(happening) for kind, info in presence.tell(event)
    ]


def _noticed(happening: Iterable[CallEvent]) -> list[CallEvent]:
    """Events but for networks that were lost and came back before the service noticed."""
    kept: list[CallEvent] = []
    for event in happening:
        if isinstance(event, Enter):
            lost = next((old for old in reversed(kept) if isinstance(old, Leave) and old.user == event.user), None)
            if lost is not None and lost.dropped and event.at - lost.at < OFFLINE_SECONDS:
                kept = [old for old in kept if old is not lost]
                continue
        kept.append(event)
    return kept


def of_start(task: RecordingTask) -> Told:
    """301: a recorder is at work."""
    return _of_recorder(task, task.started_at, 301, {"Status": 0})


def of_end(task: RecordingTask, at: float, code: int, files: Iterable[StoredFile]) -> list[Told]:
    """302, and what comes of the files: 311 in VOD; 310 and 304 in a bucket, and 305 when all are there."""
    told = [_of_recorder(task, at, 302, {"LeaveCode": code})]
    uploaded = at + UPLOAD_SECONDS
    stored = list(files)
    told += [_of_recorder(task, uploaded, *_of_file(file)) for file in stored]
    if any(file.vendor != "vod" for file in stored):
        told.append(_of_recorder(task, uploaded, 305, {"Status": 0}))
    return told


def _of_file(file: StoredFile) -> tuple[int, dict[str, Any]]:
    began = round(file.details["began_at"] * 1000)
    times = {"StartTimeStamp": began, "EndTimeStamp": began + round(file.details["seconds"] * 1000)}
    users = file.details["users"]
    who = {
        "UserId": users[0] if len(users) == 1 else "",
        "TrackType": "audio" if file.category == "Audio" else "audio_video",
    }
    if file.vendor == "vod":
        video = {"FileId": file.file_id, "VideoUrl": f"https://media.example.com/{file.file_id}/{file.name}"}
        return 311, {"Status": 0, "TencentVod": {**who, "MediaId": "main", **video, "CacheFile": file.name, **times}}
    if file.extension == "m3u8":
        return 304, {"FileList": file.path}
    message = {"FileName": file.path, **who, "MediaId": "main", **times}
    return 310, {"FileList": [file.path], "FileMessage": [message]}


def _of_recorder(task: RecordingTask, at: float, kind: int, payload: Mapping[str, Any]) -> Told:
    info = {"RoomId": task.room.room_id, "UserId": task.robot or AUTOMATIC_ROBOT, "TaskId": task.task_id}
    return Told(at, kind, {**info, "Payload": payload})


def body(told_event: int, info: Mapping[str, Any], at: float, now: float) -> dict[str, Any]:
    """The callback's JSON as it is sent at `now`."""
    times = {"EventTs": int(at), "EventMsTs": round(at * 1000)}
    return {
        "EventGroupId": told_event // 100,
        "EventType": told_event,
        "CallbackTs": round(now * 1000),
        "EventInfo": {**info, **times},
    }
