"""VOD's SearchMedia (2018-07-17), as far as recorded files go.

Every parameter of the reference is taken. A criterion that no recorded file can meet (tags, descriptions, live
streams, …) finds nothing, as it would there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from provisioner.foundation.clock import timestamp
from provisioner.recording.limits import SEARCH_PAGE, SEARCH_VALUES, SEARCH_WINDOW
from provisioner.simulator.actions.action import Actions, ApiCall, SimulatedAction
from provisioner.simulator.errors import ApiError
from provisioner.simulator.media_rows import MediaSearch, StoredFile
from provisioner.simulator.param_schema import IntegerParam, JsonObject, ListParam, ObjectParam, ParamKind, TextParam

_NEVER = "9999-12-31T23:59:59Z"
_SOURCE = "TrtcRecord"


def _texts(longest: int, most: int = 10) -> ParamKind:
    return ListParam(TextParam(rf"(?s:.{{0,{longest}}})"), least=0, most=most)


_TIME_RANGE = ObjectParam({"After": TextParam(), "Before": TextParam()})

_FOREIGN: dict[str, ParamKind] = {
    "Descriptions": _texts(100),
    "Tags": _texts(32, 16),
    "StreamIds": _texts(100),
    "StreamDomains": _texts(100),
    "StreamPaths": _texts(100),
    "KnowledgeBases": _texts(100),
    "StreamId": TextParam(),
}
"""What no recorded file has."""

_PROPERTIES = {
    "SourceTypes": _SOURCE,
    "SourceType": _SOURCE,
    "StorageClasses": "STANDARD",
    "Status": "Normal",
    "ReviewResults": "notModerated",
}
"""What is the same of all recorded files."""

_SEARCH_MEDIA = ObjectParam(
    {
        **_FOREIGN,
        "SubAppId": IntegerParam(),
        "FileIds": _texts(40),
        "Names": _texts(100),
        "NamePrefixes": _texts(100),
        "ClassIds": ListParam(IntegerParam(-1), least=0, most=10),
        "Categories": ListParam(TextParam("Video|Audio|Image"), least=0),
        "SourceTypes": _texts(32),
        "CreateTime": _TIME_RANGE,
        "ExpireTime": _TIME_RANGE,
        "StorageRegions": _texts(20, 20),
        "StorageClasses": _texts(32),
        "MediaTypes": _texts(32),
        "Status": _texts(32),
        "ReviewResults": _texts(32),
        "TrtcSdkAppIds": ListParam(IntegerParam(), least=0, most=SEARCH_VALUES),
        "TrtcRoomIds": _texts(64),
        "Filters": _texts(40, 20),
        "Sort": ObjectParam({"Field": TextParam(), "Order": TextParam("Asc|Desc")}),
        "Offset": IntegerParam(),
        "Limit": IntegerParam(),
        "Text": TextParam(r"(?s:.{0,64})"),
        "SourceType": TextParam(),
        "StartTime": TextParam(),
        "EndTime": TextParam(),
        "Vids": _texts(100),  # without effect, says the reference
        "Vid": TextParam(),
    }
)


def _search_media(call: ApiCall) -> JsonObject:
    parameters = call.parameters
    offset, limit = parameters.get("Offset", 0), parameters.get("Limit", SEARCH_PAGE)
    if offset + limit > SEARCH_WINDOW:
        wrong = "Offset" if offset > SEARCH_WINDOW else "Limit"
        raise ApiError(f"InvalidParameterValue.{wrong}", f"Offset and Limit together are more than {SEARCH_WINDOW}.")
    search = _search(parameters, call.at)
    if search is None:
        return {"TotalCount": 0, "MediaInfoSet": []}
    total, files = call.state.media.search(search, offset, limit)
    wanted = parameters.get("Filters") or ["basicInfo", "metaData"]
    return {"TotalCount": total, "MediaInfoSet": [_media_info(file, wanted) for file in files]}


def _search(parameters: JsonObject, at: float) -> MediaSearch | None:
    """What is asked for; None where no recorded file can meet it. An empty list or text is no criterion."""
    for name, value in _PROPERTIES.items():
        asked = parameters.get(name)
        if asked and value not in ([asked] if isinstance(asked, str) else asked):
            return None
    if any(parameters.get(name) for name in _FOREIGN):
        return None

    def listed(name: str, convert: Callable[[Any], Any] = lambda value: value) -> tuple[Any, ...] | None:
        return tuple(convert(value) for value in parameters[name]) if parameters.get(name) else None

    created = _range(parameters, "CreateTime")
    if created is None and (parameters.get("StartTime") or parameters.get("EndTime")):
        created = _bounds(parameters.get("StartTime"), parameters.get("EndTime"), "StartTime")
    text = parameters.get("Text")
    return MediaSearch(
        at,
        sub_app_id=parameters.get("SubAppId"),
        file_ids=listed("FileIds"),
        prefixes=listed("NamePrefixes"),
        parts=listed("Names") or ((text,) if text else None),
        categories=listed("Categories"),
        extensions=listed("MediaTypes", lambda media: _EXTENSIONS.get(media.lower(), media.lower())),
        class_ids=listed("ClassIds"),
        regions=listed("StorageRegions"),
        sdk_app_ids=listed("TrtcSdkAppIds"),
        room_ids=listed("TrtcRoomIds"),
        created=created,
        expires=_range(parameters, "ExpireTime"),
        ascending=parameters.get("Sort", {}).get("Order") == "Asc",
    )


_EXTENSIONS = {"hls": "m3u8"}
_TYPES = {"m3u8": "hls"}


def _range(parameters: JsonObject, name: str) -> tuple[float, float] | None:
    given = parameters.get(name)
    return _bounds(given.get("After"), given.get("Before"), name) if given else None


def _bounds(after: str | None, before: str | None, name: str) -> tuple[float, float]:
    """Epoch seconds; both ends are included, as the reference says of CreateTime."""
    return _moment(after, name, 0.0), _moment(before, name, float("inf"))


def _moment(text: str | None, name: str, missing: float) -> float:
    """Epoch seconds of an ISO 8601 time with its zone, `2026-01-31T12:00:00+08:00` or `…Z`."""
    if not text:
        return missing
    try:
        if not _ISO.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise ApiError(f"InvalidParameterValue.{name}", f"The {name} is no ISO 8601 time with a zone.") from None


_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _media_info(file: StoredFile, wanted: list[str]) -> JsonObject:
    return {
        "FileId": file.file_id,
        "BasicInfo": _basic_info(file) if "basicInfo" in wanted else None,
        "MetaData": _meta_data(file.extension, file.details) if "metaData" in wanted else None,
    }


def _basic_info(file: StoredFile) -> JsonObject:
    created = _iso(file.created_at)
    trtc = {
        "SdkAppId": file.sdk_app_id,
        "RoomId": file.room_id,
        "TaskId": file.task_id,
        "UserIds": file.details.get("users", []),
    }
    return {
        "Name": file.name,
        "Description": "",
        "CreateTime": created,
        "UpdateTime": created,
        "ExpireTime": _NEVER if file.expires_at is None else _iso(file.expires_at),
        "ClassId": file.class_id,
        "ClassName": "",
        "ClassPath": "",
        "CoverUrl": "",
        "Type": _TYPES.get(file.extension, file.extension),
        "MediaUrl": f"https://media.example.com/{file.file_id}/{file.name}",
        "SourceInfo": {
            "SourceType": _SOURCE,
            "SourceContext": file.details.get("context", ""),
            "LiveRecordInfo": None,
            "TrtcRecordInfo": trtc,
            "WebPageRecordInfo": None,
        },
        "StorageRegion": file.region,
        "StoragePath": "",
        "TagSet": [],
        "Vid": "",
        "Category": file.category,
        "Status": "Normal",
        "StorageClass": "STANDARD",
    }


def _meta_data(extension: str, details: Mapping[str, Any]) -> JsonObject:
    width, height = details.get("width", 0), details.get("height", 0)
    video_bps, audio_bps = details.get("video_bps", 0), details.get("audio_bps", 0)
    seconds = round(details.get("seconds", 0.0), 3)
    video = {"Bitrate": video_bps, "Height": height, "Width": width, "Codec": "h264", "Fps": 15}
    audio = {"Bitrate": audio_bps, "SamplingRate": 48_000, "Codec": "aac"}
    return {
        "Size": details.get("size", 0),
        "Container": _TYPES.get(extension, extension),
        "Bitrate": video_bps + audio_bps,
        "Height": height,
        "Width": width,
        "Duration": seconds,
        "Rotate": 0,
        "VideoStreamSet": [video] if video_bps else [],
        "AudioStreamSet": [audio] if audio_bps else [],
        "VideoDuration": seconds if video_bps else 0.0,
        "AudioDuration": seconds if audio_bps else 0.0,
        "Md5": "",
    }


def _iso(at: float) -> str:
    return timestamp(datetime.fromtimestamp(at, UTC))


MEDIA: Actions = {"SearchMedia": SimulatedAction(_SEARCH_MEDIA, _search_media, per_application=False, regions=None)}
