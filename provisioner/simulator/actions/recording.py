"""Recording over REST: CreateCloudRecording and its companions, by the API reference (2019-07-22)."""

from __future__ import annotations

from typing import Any

from provisioner.recording.limits import LARGEST_ROOM_NUMBER, LONGEST_ROOM_ID
from provisioner.simulator import regions
from provisioner.simulator.actions.action import Actions, ApiCall, SimulatedAction
from provisioner.simulator.actions.parameters import CREATE, DESCRIBE, MODIFY, REMOVE_USER, REMOVE_USER_BY_NAME
from provisioner.simulator.calls.events import Room
from provisioner.simulator.calls.files import SimulatedFile
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import JsonObject, wrong_value
from provisioner.simulator.recordings import Progress

DEFAULT_EXPIRED_HOUR = 72


def _create(call: ApiCall) -> JsonObject:
    parameters = call.parameters
    room = _room(parameters)
    _check_audio_only(parameters)
    kept = CREATE.without_hidden(parameters)  # nothing here needs the keys and signatures again
    hours = parameters.get("ResourceExpiredHour", DEFAULT_EXPIRED_HOUR)
    start = call.state.recordings.start
    return {"TaskId": start(room, parameters["UserId"], kept, hours, exclusive=call.exclusive_tasks)}


def _describe(call: ApiCall) -> JsonObject:
    sdk_app_id, task_id = call.parameters["SdkAppId"], call.parameters["TaskId"]
    progress = call.state.recordings.progress(sdk_app_id, task_id, call.at)
    return {
        "TaskId": task_id,
        "Status": _status(progress),
        "StorageFileList": _storage_files(progress),
        "RecorderKey": "",
    }


def _modify(call: ApiCall) -> JsonObject:
    parameters = call.parameters
    # What a request leaves out is gone: layout and subscription are replaced in full.
    lists: dict[str, Any] = parameters.get("SubscribeStreamUserIds", {})
    call.state.recordings.revise(parameters["SdkAppId"], parameters["TaskId"], lists)
    return {"TaskId": parameters["TaskId"]}


def _delete(call: ApiCall) -> JsonObject:
    call.state.recordings.stop(call.parameters["SdkAppId"], call.parameters["TaskId"])
    return {"TaskId": call.parameters["TaskId"]}


def _remove_user(call: ApiCall) -> JsonObject:
    room = Room(call.parameters["SdkAppId"], str(call.parameters["RoomId"]))
    call.state.recordings.remove(room, call.parameters["UserIds"])
    return {}


def _remove_user_by_name(call: ApiCall) -> JsonObject:
    room = Room(call.parameters["SdkAppId"], call.parameters["RoomId"], numbered=False)
    call.state.recordings.remove(room, call.parameters["UserIds"])
    return {}


def _room(parameters: JsonObject) -> Room:
    """The room to record. The id's type must be the room's: number 1234 and string "1234" are two rooms."""
    room_id, numbered = parameters["RoomId"], parameters.get("RoomIdType", 1) == 1
    if numbered and not (room_id.isdecimal() and room_id.isascii() and int(room_id) <= LARGEST_ROOM_NUMBER):
        raise ApiError("InvalidParameter.RoomId", "The RoomId of a numbered room is an unsigned 32-bit number.")
    if len(room_id.encode()) > LONGEST_ROOM_ID:
        raise ApiError("InvalidParameter.RoomId", f"The RoomId is longer than {LONGEST_ROOM_ID} bytes.")
    return Room(parameters["SdkAppId"], str(int(room_id)) if numbered else room_id, numbered)


def _check_audio_only(parameters: JsonObject) -> None:
    vod = parameters["StorageParams"].get("CloudVod", {}).get("TencentVod", {})
    if vod.get("MediaType") in (2, 4) and parameters["RecordParams"].get("StreamType", 0) != 1:
        raise wrong_value(vod["MediaType"], "StorageParams.CloudVod.TencentVod.MediaType")


def _status(progress: Progress) -> str:
    if progress.take.ended_at is not None:
        return "Exited"
    return "InProgress" if progress.sending else "Idle"


def _storage_files(progress: Progress) -> list[JsonObject]:
    """The index files so far: those of HLS where there are any. Recording to VOD tells none."""
    if progress.task.recipe().storage.vendor == "vod":
        return []
    index = [file for file in progress.files if file.name.extension == "m3u8"]
    return [
        {
            "UserId": file.name.user or "",
            "FileName": str(file.name),
            "TrackType": _track_type(file),
            "BeginTimeStamp": round(file.began_at * 1000),
        }
        for file in index or progress.files
    ]


def _track_type(file: SimulatedFile) -> str:
    if file.picture is None:
        return "audio"
    return "audio_video" if file.sound else "video"


RECORDING: Actions = {
    "CreateCloudRecording": SimulatedAction(CREATE, _create, writes=True, regions=regions.RECORDING),
    "DescribeCloudRecording": SimulatedAction(DESCRIBE, _describe, regions=regions.RECORDING),
    "ModifyCloudRecording": SimulatedAction(MODIFY, _modify, writes=True, regions=regions.RECORDING),
    "DeleteCloudRecording": SimulatedAction(DESCRIBE, _delete, writes=True, regions=regions.RECORDING),
    "RemoveUser": SimulatedAction(REMOVE_USER, _remove_user, writes=True),
    "RemoveUserByStrRoomId": SimulatedAction(REMOVE_USER_BY_NAME, _remove_user_by_name, writes=True),
}
