"""DescribeRoomInfo (2019-07-22): which rooms an application had, and when. Who was in them is another action's.

The page does not say whether a room is listed by its creation or by its life; here it is by its creation [inferred].
`Total` is how many this page holds, as the page says.
"""

from __future__ import annotations

from provisioner.recording.limits import LONGEST_ROOM_ID, ROOMS_BACK, ROOMS_PAGE, ROOMS_SPAN
from provisioner.simulator import regions
from provisioner.simulator.actions.action import Actions, ApiCall, SimulatedAction
from provisioner.simulator.actions.parameters import SDK_APP_ID
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import IntegerParam, JsonObject, ObjectParam, TextParam
from provisioner.simulator.rooms import RoomSpan

_USUAL_PAGE = 10
_MOMENT = IntegerParam(0, 2**40)


def _describe_room_info(call: ApiCall) -> JsonObject:
    parameters = call.parameters
    start, end = parameters["StartTime"], parameters["EndTime"]
    if start < call.at - ROOMS_BACK.total_seconds():
        raise ApiError("InvalidParameter.StartTsOversize", "The StartTime is more than 14 days ago.")
    if end < start:
        raise ApiError("InvalidParameter.EndTs", "The EndTime is before the StartTime.")
    if end - start > ROOMS_SPAN.total_seconds():
        raise ApiError("InvalidParameter.QueryScaleOversize", "The range is longer than 24 hours.")
    call.state.application(parameters["SdkAppId"])
    both = "PageNumber" in parameters and "PageSize" in parameters
    number, size = (parameters["PageNumber"], parameters["PageSize"]) if both else (0, _USUAL_PAGE)
    found = call.state.recordings.rooms(
        parameters["SdkAppId"], (start, min(end, call.at)), parameters.get("RoomId"), (number * size, size)
    )
    rooms = [_room(parameters["SdkAppId"], room, call.at) for room in found]
    return {"Total": len(rooms), "RoomList": rooms}


def _room(sdk_app_id: int, room: RoomSpan, now: float) -> JsonObject:
    over = room.ended_at is not None and room.ended_at <= now
    created = int(room.created_at)
    return {
        "CommId": f"{sdk_app_id}_{room.room_id}_{created}",
        "RoomString": room.room_id,
        "CreateTime": created,
        "DestroyTime": int(room.ended_at) if over and room.ended_at is not None else 0,
        "IsFinished": over,
        "UserId": room.creator,
    }


ROOMS: Actions = {
    "DescribeRoomInfo": SimulatedAction(
        ObjectParam(
            {
                "SdkAppId": SDK_APP_ID,
                "StartTime": _MOMENT,
                "EndTime": _MOMENT,
                "RoomId": TextParam(rf"[^\x00]{{1,{LONGEST_ROOM_ID}}}"),
                "PageNumber": IntegerParam(0, 1_000_000),
                "PageSize": IntegerParam(1, ROOMS_PAGE),
            },
            required=("SdkAppId", "StartTime", "EndTime"),
        ),
        _describe_room_info,
        regions=regions.ROOMS,
    ),
}
