"""What recorders tell in callbacks (group 3), by storage, by who started them, and by what went wrong.

trtc.io/document/54914 as corrected: 303 and 305 come with buckets only; 304, 307 and 310 only with buckets over REST; a
bucket that the template records into is told by 311, as VOD is; 312 comes with VOD only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from provisioner.simulator.callbacks.bodies import Told
from provisioner.simulator.fault_kinds import Conditions
from provisioner.simulator.media_rows import StoredFile
from provisioner.simulator.tasks import RecordingTask

UPLOAD_SECONDS = 2.0
"""From a task's end to the word of its files [inferred]."""

SLICE_SECONDS = 10.0
"""From a task's start to its first index file [inferred]."""

AUTOMATIC_ROBOT = "auto-recorder"
"""The UserId of a recorder that a room started by itself [inferred]."""

_STUCK, _FAILED = 1, 2
"""311's Status of a file that has not arrived, and of one that never will."""


def of_start(task: RecordingTask) -> list[Told]:
    """301: a recorder is at work, or could not begin; then what befalls it."""
    trouble = task.conditions
    if trouble.recorder_failed:
        return [_told(task, task.started_at, 301, {"Status": 1})]
    told = [_told(task, task.started_at, 301, {"Status": 0})]
    if trouble.failover:
        told.append(_told(task, task.started_at + SLICE_SECONDS, 306, {"Status": 0}))
    if trouble.image_error:
        missing = {"Url": "https://media.example.com/watermark.png"}
        told.append(_told(task, task.started_at + SLICE_SECONDS, 309, missing))
    return told


def of_end(task: RecordingTask, at: float, code: int, files: Iterable[StoredFile]) -> list[Told]:
    """302, and what comes of the files, which the storage has taken or, in trouble, has not."""
    ended = [_told(task, at, 302, {"LeaveCode": code})]
    made = list(files)
    if not made:
        return ended
    uploaded = at + UPLOAD_SECONDS
    of_storage = _of_vod if made[0].vendor == "vod" else _of_bucket
    return ended + [_told(task, uploaded + late, *one) for late, one in of_storage(task, made, task.conditions)]


_Event = tuple[float, tuple[int, dict[str, Any]]]
"""How many seconds after the upload, and the event with its Payload."""


def _of_vod(_task: RecordingTask, files: Sequence[StoredFile], trouble: Conditions) -> Iterator[_Event]:
    yield from _committed(files, trouble)
    yield trouble.stored_late, (312, {"Status": 1 if trouble.unstored else 0})


def _of_bucket(task: RecordingTask, files: Sequence[StoredFile], trouble: Conditions) -> Iterator[_Event]:
    yield 0, (303, {"Status": 0})
    if trouble.unstored:
        yield 0, (308, {"Status": 1})
    if task.robot is None:
        yield from _committed(files, trouble)
    elif not trouble.unstored:
        for file in files:
            yield from _uploaded(file, trouble)
    if trouble.unstored or trouble.stored_late:
        yield 0, (305, {"Status": 1})
    if not trouble.unstored:
        yield trouble.stored_late, (305, {"Status": 2 if trouble.stored_late else 0})


def _committed(files: Sequence[StoredFile], trouble: Conditions) -> Iterator[_Event]:
    """311 for each file: with an index in VOD, for a bucket that the template records into too."""
    for file in files:
        told = {**_who(file), "MediaId": "main", "CacheFile": file.name, **_times(file)}
        stored = {**told, "FileId": file.file_id, "VideoUrl": f"https://media.example.com/{file.file_id}/{file.name}"}
        if trouble.unstored:
            yield 0, (311, {"Status": _FAILED, "Errmsg": "the upload failed", "TencentVod": told})
            continue
        if trouble.stored_late:
            yield 0, (311, {"Status": _STUCK, "TencentVod": told})
        yield trouble.stored_late, (311, {"Status": 0, "TencentVod": stored})


def _uploaded(file: StoredFile, trouble: Conditions) -> Iterator[_Event]:
    """310 for an mp4 file; 307 and 304 for an index, which is there early."""
    if file.extension == "m3u8":
        early = -UPLOAD_SECONDS
        yield early, (307, {"FileList": file.path})
        yield early, (304, {"FileList": file.path})
        return
    message = {"FileName": file.path, **_who(file), "MediaId": "main", **_times(file)}
    told = {"FileList": [file.path], "FileMessage": [message]}
    if trouble.stored_late:
        yield 0, (310, {"Status": 1, **told})
    yield trouble.stored_late, (310, {"Status": 2 if trouble.stored_late else 0, **told})


def _times(file: StoredFile) -> dict[str, Any]:
    began = round(file.details["began_at"] * 1000)
    return {"StartTimeStamp": began, "EndTimeStamp": began + round(file.details["seconds"] * 1000)}


def _who(file: StoredFile) -> dict[str, Any]:
    users = file.details["users"]
    track = "audio" if file.category == "Audio" else "audio_video"
    return {"UserId": users[0] if len(users) == 1 else "", "TrackType": track}


def _told(task: RecordingTask, at: float, kind: int, payload: Mapping[str, Any]) -> Told:
    info = {"RoomId": task.room.room_id, "UserId": task.robot or AUTOMATIC_ROBOT, "TaskId": task.task_id}
    return Told(at, kind, {**info, "Payload": payload})
