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
from provisioner.simulator.param_schema import AtMostOne, ExactlyOne, Flag, Hidden, Integer, Kind, ListOf, Record, Text
from provisioner.simulator.template import AUDIO_PARAMS, CLOUD_STORAGE, FILE_WORD, VIDEO_PARAMS

SDK_APP_ID = Integer(1, LARGEST_SDK_APP_ID)
MOST_REMOVED = 10
"""UserIds of one RemoveUser (API reference)."""

_NAME = Text(r"[^\x00]+")
_USERS = ListOf(_NAME, least=0, most=MOST_SUBSCRIPTIONS)
_IMAGE = Text(r"[A-Za-z0-9.\-_~:/?#\[\]@!&()*+,%=]*")
_COLOUR = Text(r"#[0-9A-Fa-f]{6}")

_AUDIO_LISTS = ("SubscribeAudioUserIds", "UnSubscribeAudioUserIds")
_VIDEO_LISTS = ("SubscribeVideoUserIds", "UnSubscribeVideoUserIds")
_SUBSCRIBE = Record(
    dict.fromkeys((*_AUDIO_LISTS, *_VIDEO_LISTS), _USERS),
    rules=(AtMostOne(_AUDIO_LISTS), AtMostOne(_VIDEO_LISTS)),
)

_RECORD = Record(
    {
        "RecordMode": Integer(1, 2),  # 1 single streams, 2 mixed
        "MaxIdleTime": Integer(5, 86_400),  # seconds
        "StreamType": Integer(0, 2),  # 0 audio and video, 1 audio, 2 video
        "SubscribeStreamUserIds": _SUBSCRIBE,
        "OutputFormat": Integer(0, 4),  # 0 hls, 1 hls and mp4, 2 hls and aac, 3 mp4, 4 aac; cloud storage only
        "AvMerge": Integer(0, 1),
        "MaxMediaFileDuration": Integer(1, 1440),  # minutes
        "MediaId": Integer(0, 2),  # 0 main and aux, 1 main, 2 aux
        "FillType": Integer(0, 1),
        "SubscribeAbility": Integer(0, 1),
    },
    required=("RecordMode",),
)

_VOD = Record(
    {
        "Procedure": Text(),
        "ExpireTime": Integer(),  # seconds; 0 keeps files for ever
        "StorageRegion": Text(),
        "ClassId": Integer(),
        "SubAppId": Integer(),
        "SessionContext": Text(),
        "SourceContext": Text(),
        "MediaType": Integer(0, 4),  # 0 mp4, 1 hls, 2 aac, 3 hls and mp4, 4 hls and aac
        "UserDefineRecordId": Text(rf"{FILE_WORD}{{0,64}}"),
    }
)

_CLOUD_STORAGE = Record({**CLOUD_STORAGE.members, "EndpointUrl": Text()}, required=CLOUD_STORAGE.required)

_STORAGE = Record(
    {"CloudVod": Record({"TencentVod": _VOD}, complete=True), "CloudStorage": _CLOUD_STORAGE},
    rules=(ExactlyOne(("CloudVod", "CloudStorage")),),
)

_PLACE: dict[str, Kind] = {name: Integer(0, 2560) for name in ("Top", "Left", "Width", "Height")}

_LAYOUT = Record(
    {
        **{name: Integer(0, LONGEST_SIDE) for name in _PLACE},
        "UserId": Text(),
        "Alpha": Integer(0, 255),
        "RenderMode": Integer(0, 3),
        "MediaId": Integer(0, 1),
        "ImageLayer": Integer(),
        "SubBackgroundImage": _IMAGE,
    },
    required=tuple(_PLACE),
)

_MARK_IMAGE = Record({"WaterMarkUrl": _IMAGE, **_PLACE}, complete=True)
_MARK_TEXT = Record(
    {
        **_PLACE,
        "Chars": Text(),
        "FontSize": Integer(),
        "FontColor": Text(),
        "BackGroundColor": Text(),
        "Font": Text(),
    },
    required=(*_PLACE, "Chars"),
)
_MARK_TIME = Record(
    {"Pos": Integer(0, 6), "TimeZone": Integer(min(TIME_ZONES), max(TIME_ZONES)), "Font": Text()}, required=("Pos",)
)
_WATER_MARK = Record(
    {
        "WaterMarkType": Integer(0, 2),
        "WaterMarkImage": _MARK_IMAGE,
        "WaterMarkChar": _MARK_TEXT,
        "WaterMarkTimestamp": _MARK_TIME,
    }
)

_MIX_LAYOUT = Record(
    {
        "MixLayoutMode": Integer(1, 4),  # 1 floating, 2 screen share, 3 grid, 4 custom
        "MixLayoutList": ListOf(_LAYOUT, least=0, most=MANUAL_MIX_LIMIT),
        "BackGroundColor": _COLOUR,
        "MaxResolutionUserId": Text(),
        "MediaId": Integer(0, 1),
        "BackgroundImageUrl": _IMAGE,
        "PlaceHolderMode": Integer(0, 1),
        "BackgroundImageRenderMode": Integer(0, 3),
        "DefaultSubBackgroundImage": _IMAGE,
        "WaterMarkList": ListOf(_WATER_MARK, least=0, most=MOST_WATERMARKS),
        "RenderMode": Integer(0, 3),
        "MaxResolutionUserAlign": Integer(0, 1),
        "PureAudioDisableLayout": Flag(),
    },
    required=("MixLayoutMode",),
)

CREATE = Record(
    {
        "SdkAppId": SDK_APP_ID,
        "RoomId": _NAME,
        "UserId": _NAME,
        "UserSig": Hidden(_NAME),
        "RecordParams": _RECORD,
        "StorageParams": _STORAGE,
        "RoomIdType": Integer(0, 1),  # 0 string, 1 number (default)
        "MixTranscodeParams": Record({"VideoParams": VIDEO_PARAMS, "AudioParams": AUDIO_PARAMS}),
        "MixLayoutParams": _MIX_LAYOUT,
        "ResourceExpiredHour": Integer(TASK_HOURS[0], TASK_HOURS[-1]),
        "PrivateMapKey": Hidden(Text()),
    },
    required=("SdkAppId", "RoomId", "UserId", "UserSig", "RecordParams", "StorageParams"),
)
"""CreateCloudRecording."""

DESCRIBE = Record(
    {"SdkAppId": SDK_APP_ID, "TaskId": _NAME, "RecorderKey": Text()},
    required=("SdkAppId", "TaskId"),
)
"""DescribeCloudRecording, and without RecorderKey DeleteCloudRecording."""

MODIFY = Record(
    {
        "SdkAppId": SDK_APP_ID,
        "TaskId": _NAME,
        "MixLayoutParams": _MIX_LAYOUT,
        "SubscribeStreamUserIds": _SUBSCRIBE,
    },
    required=("SdkAppId", "TaskId"),
)
"""ModifyCloudRecording."""

_USERS_TO_REMOVE = ListOf(_NAME, most=MOST_REMOVED)
REMOVE_USER = Record(
    {"SdkAppId": SDK_APP_ID, "RoomId": Integer(0, LARGEST_ROOM_NUMBER), "UserIds": _USERS_TO_REMOVE}, complete=True
)
"""RemoveUser: the room has a number."""

REMOVE_USER_BY_NAME = Record({"SdkAppId": SDK_APP_ID, "RoomId": _NAME, "UserIds": _USERS_TO_REMOVE}, complete=True)
"""RemoveUserByStrRoomId: the room has a name."""
