"""The parameters of recording over REST: one table, by the data types of the API reference (2019-07-22)."""

from __future__ import annotations

from provisioner.recording.limits import (
    LARGEST_ROOM_NUMBER,
    LONGEST_SIDE,
    MANUAL_MIX_LIMIT,
    MOST_SUBSCRIPTIONS,
    MOST_WATERMARKS,
    TASK_HOURS,
    TIME_ZONES,
)
from provisioner.simulator.applications import LARGEST_SDK_APP_ID
from provisioner.simulator.param_schema import (
    AtMostOne,
    ExactlyOne,
    FlagParam,
    HiddenParam,
    IntegerParam,
    ListParam,
    ObjectParam,
    ParamKind,
    TextParam,
)
from provisioner.simulator.template import AUDIO_PARAMS, CLOUD_STORAGE, FILE_WORD, VIDEO_PARAMS

SDK_APP_ID = IntegerParam(1, LARGEST_SDK_APP_ID)
MOST_REMOVED = 10
"""UserIds of one RemoveUser (API reference)."""

_NAME = TextParam(r"[^\x00]+")
_USERS = ListParam(_NAME, least=0, most=MOST_SUBSCRIPTIONS)
_IMAGE = TextParam(r"[A-Za-z0-9.\-_~:/?#\[\]@!&()*+,%=]*")
_COLOUR = TextParam(r"#[0-9A-Fa-f]{6}")

_AUDIO_LISTS = ("SubscribeAudioUserIds", "UnSubscribeAudioUserIds")
_VIDEO_LISTS = ("SubscribeVideoUserIds", "UnSubscribeVideoUserIds")
_SUBSCRIBE = ObjectParam(
    dict.fromkeys((*_AUDIO_LISTS, *_VIDEO_LISTS), _USERS),
    rules=(AtMostOne(_AUDIO_LISTS), AtMostOne(_VIDEO_LISTS)),
)

_RECORD = ObjectParam(
    {
        "RecordMode": IntegerParam(1, 2),  # 1 single streams, 2 mixed
        "MaxIdleTime": IntegerParam(5, 86_400),  # seconds
        "StreamType": IntegerParam(0, 2),  # 0 audio and video, 1 audio, 2 video
        "SubscribeStreamUserIds": _SUBSCRIBE,
        "OutputFormat": IntegerParam(0, 4),  # 0 hls, 1 hls and mp4, 2 hls and aac, 3 mp4, 4 aac; cloud storage only
        "AvMerge": IntegerParam(0, 1),
        "MaxMediaFileDuration": IntegerParam(1, 1440),  # minutes
        "MediaId": IntegerParam(0, 2),  # 0 main and aux, 1 main, 2 aux
        "FillType": IntegerParam(0, 1),
        "SubscribeAbility": IntegerParam(0, 1),
    },
    required=("RecordMode",),
)

_VOD = ObjectParam(
    {
        "Procedure": TextParam(),
        "ExpireTime": IntegerParam(),  # seconds; 0 keeps files for ever
        "StorageRegion": TextParam(),
        "ClassId": IntegerParam(),
        "SubAppId": IntegerParam(),
        "SessionContext": TextParam(),
        "SourceContext": TextParam(),
        "MediaType": IntegerParam(0, 4),  # 0 mp4, 1 hls, 2 aac, 3 hls and mp4, 4 hls and aac
        "UserDefineRecordId": TextParam(rf"{FILE_WORD}{{0,64}}"),
    }
)

_CLOUD_STORAGE = ObjectParam({**CLOUD_STORAGE.members, "EndpointUrl": TextParam()}, required=CLOUD_STORAGE.required)

_STORAGE = ObjectParam(
    {"CloudVod": ObjectParam({"TencentVod": _VOD}, complete=True), "CloudStorage": _CLOUD_STORAGE},
    rules=(ExactlyOne(("CloudVod", "CloudStorage")),),
)

_PLACE: dict[str, ParamKind] = {name: IntegerParam(0, 2560) for name in ("Top", "Left", "Width", "Height")}

_LAYOUT = ObjectParam(
    {
        **{name: IntegerParam(0, LONGEST_SIDE) for name in _PLACE},
        "UserId": TextParam(),
        "Alpha": IntegerParam(0, 255),
        "RenderMode": IntegerParam(0, 3),
        "MediaId": IntegerParam(0, 1),
        "ImageLayer": IntegerParam(),
        "SubBackgroundImage": _IMAGE,
    },
    required=tuple(_PLACE),
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
        "MixLayoutMode": IntegerParam(1, 4),  # 1 floating, 2 screen share, 3 grid, 4 custom
        "MixLayoutList": ListParam(_LAYOUT, least=0, most=MANUAL_MIX_LIMIT),
        "BackGroundColor": _COLOUR,
        "MaxResolutionUserId": TextParam(),
        "MediaId": IntegerParam(0, 1),
        "BackgroundImageUrl": _IMAGE,
        "PlaceHolderMode": IntegerParam(0, 1),
        "BackgroundImageRenderMode": IntegerParam(0, 3),
        "DefaultSubBackgroundImage": _IMAGE,
        "WaterMarkList": ListParam(_WATER_MARK, least=0, most=MOST_WATERMARKS),
        "RenderMode": IntegerParam(0, 3),
        "MaxResolutionUserAlign": IntegerParam(0, 1),
        "PureAudioDisableLayout": FlagParam(),
    },
    required=("MixLayoutMode",),
)

CREATE = ObjectParam(
    {
        "SdkAppId": SDK_APP_ID,
        "RoomId": _NAME,
        "UserId": _NAME,
        "UserSig": HiddenParam(_NAME),
        "RecordParams": _RECORD,
        "StorageParams": _STORAGE,
        "RoomIdType": IntegerParam(0, 1),  # 0 string, 1 number (default)
        "MixTranscodeParams": ObjectParam({"VideoParams": VIDEO_PARAMS, "AudioParams": AUDIO_PARAMS}),
        "MixLayoutParams": _MIX_LAYOUT,
        "ResourceExpiredHour": IntegerParam(TASK_HOURS[0], TASK_HOURS[-1]),
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
