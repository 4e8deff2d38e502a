"""The parameters of recording over REST, by the data types of the API reference (2019-07-22): the settings of the field
table, and what else the service asks of them.
"""

from __future__ import annotations

from provisioner.recording.limits import (
    LARGEST_ROOM_NUMBER,
    MANUAL_MIX_LIMIT,
    MOST_WATERMARKS,
    TIME_ZONES,
)
from provisioner.simulator.applications import LARGEST_SDK_APP_ID
from provisioner.simulator.field_params import FILE_WORD, members_named
from provisioner.simulator.param_schema import (
    AtMostOne,
    ExactlyOne,
    HiddenParam,
    IntegerParam,
    ListParam,
    ObjectParam,
    ParamKind,
    TextParam,
)
from provisioner.simulator.template import AUDIO_PARAMS, CLOUD_STORAGE, COLOUR, VIDEO_PARAMS, VOD_NUMBERS

SDK_APP_ID = IntegerParam(1, LARGEST_SDK_APP_ID)
MOST_REMOVED = 10
"""UserIds of one RemoveUser (API reference)."""

_NAME = TextParam(r"[^\x00]+")
_IMAGE = TextParam(r"[A-Za-z0-9.\-_~:/?#\[\]@!&()*+,%=]*")

_AUDIO_LISTS = ("SubscribeAudioUserIds", "UnSubscribeAudioUserIds")
_VIDEO_LISTS = ("SubscribeVideoUserIds", "UnSubscribeVideoUserIds")
_SUBSCRIBE = ObjectParam(
    members_named("SubscribeStreamUserIds"), rules=(AtMostOne(_AUDIO_LISTS), AtMostOne(_VIDEO_LISTS))
)

_RECORD = ObjectParam(
    {
        **members_named("RecordParams"),
        "RecordMode": IntegerParam(1, 2),  # 1 single streams, 2 mixed
        "SubscribeStreamUserIds": _SUBSCRIBE,
    },
    required=("RecordMode",),
)

_VOD = ObjectParam(
    {**members_named("TencentVod"), **VOD_NUMBERS, "UserDefineRecordId": TextParam(rf"{FILE_WORD}{{0,64}}")}
)

_CLOUD_STORAGE = ObjectParam(members_named("CloudStorage"), required=CLOUD_STORAGE.required)

_STORAGE = ObjectParam({**CLOUD_STORAGE.members, "EndpointUrl": TextParam()}, required=CLOUD_STORAGE.required)

_STORAGE = ObjectParam(
    {"CloudVod": ObjectParam({"TencentVod": _VOD}, complete=True), "CloudStorage": _CLOUD_STORAGE},
    rules=(ExactlyOne(("CloudVod", "CloudStorage")),),
)

_PLACE: dict[str, ParamKind] = {name: IntegerParam(0, 2560) for name in ("Top", "Left", "Width", "Height")}

_LAYOUT = ObjectParam(
    {**members_named("MixLayout"), "ImageLayer": IntegerParam(), "SubBackgroundImage": _IMAGE}, required=tuple(_PLACE)
)

_MARK_IMAGE = ObjectParam({"WaterMarkUrl": _IMAGE, **_PLACE}, complete=True)
_MARK_TEXT = ObjectParam(
    {
        **_PLACE,
        "Chars": TextParam(),
        "FontSize": IntegerParam(),
        "FontColor": TextParam(),
        "BackGroundColor": TextParam(),
        "Font": TextParam(),
    },
    required=(*_PLACE, "Chars"),
)
_MARK_TIME = ObjectParam(
    {"Pos": IntegerParam(0, 6), "TimeZone": IntegerParam(min(TIME_ZONES), max(TIME_ZONES)), "Font": TextParam()},
    required=("Pos",),
)
_WATER_MARK = ObjectParam(
    {
        "WaterMarkType": IntegerParam(0, 2),
        "WaterMarkImage": _MARK_IMAGE,
        "WaterMarkChar": _MARK_TEXT,
        "WaterMarkTimestamp": _MARK_TIME,
    }
)

_MIX_LAYOUT = ObjectParam(
    {
        **members_named("MixLayoutParams"),
        "MixLayoutList": ListParam(_LAYOUT, least=0, most=MANUAL_MIX_LIMIT),
        "BackGroundColor": COLOUR,
        "BackgroundImageUrl": _IMAGE,
        "DefaultSubBackgroundImage": _IMAGE,
        "WaterMarkList": ListParam(_WATER_MARK, least=0, most=MOST_WATERMARKS),
    },
    required=("MixLayoutMode",),
)

CREATE = ObjectParam(
    {
        **members_named("CreateCloudRecordingRequest"),
        "SdkAppId": SDK_APP_ID,
        "RoomId": _NAME,
        "UserId": _NAME,
        "UserSig": HiddenParam(_NAME),
        "RecordParams": _RECORD,
        "StorageParams": _STORAGE,
        "RoomIdType": IntegerParam(0, 1),  # 0 string, 1 number (default)
        "MixTranscodeParams": ObjectParam({"VideoParams": VIDEO_PARAMS, "AudioParams": AUDIO_PARAMS}),
        "MixLayoutParams": _MIX_LAYOUT,
        "PrivateMapKey": HiddenParam(TextParam()),
    },
    required=("SdkAppId", "RoomId", "UserId", "UserSig", "RecordParams", "StorageParams"),
)
"""CreateCloudRecording."""

DESCRIBE = ObjectParam(
    {"SdkAppId": SDK_APP_ID, "TaskId": _NAME, "RecorderKey": TextParam()},
    required=("SdkAppId", "TaskId"),
)
"""DescribeCloudRecording, and without RecorderKey DeleteCloudRecording."""

MODIFY = ObjectParam(
    {
        "SdkAppId": SDK_APP_ID,
        "TaskId": _NAME,
        "MixLayoutParams": _MIX_LAYOUT,
        "SubscribeStreamUserIds": _SUBSCRIBE,
    },
    required=("SdkAppId", "TaskId"),
)
"""ModifyCloudRecording."""

_USERS_TO_REMOVE = ListParam(_NAME, most=MOST_REMOVED)
REMOVE_USER = ObjectParam(
    {"SdkAppId": SDK_APP_ID, "RoomId": IntegerParam(0, LARGEST_ROOM_NUMBER), "UserIds": _USERS_TO_REMOVE}, complete=True
)
"""RemoveUser: the room has a number."""

REMOVE_USER_BY_NAME = ObjectParam({"SdkAppId": SDK_APP_ID, "RoomId": _NAME, "UserIds": _USERS_TO_REMOVE}, complete=True)
"""RemoveUserByStrRoomId: the room has a name."""
