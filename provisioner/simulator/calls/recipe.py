"""What one recording task does, whether the console's template or CreateCloudRecording ordered it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provisioner.recording.file_names import Track
from provisioner.recording.limits import AUTOMATIC_MIX_LIMIT, MANUAL_MIX_LIMIT
from provisioner.recording.storages import VENDOR_CODES
from provisioner.simulator.calls.scenes import SceneStream

Format = Literal["mp4", "hls", "aac"]

DEFAULT_IDLE_SECONDS = 30
"""MaxIdleTime where CreateCloudRecording names none (RecordParams; the console's template always names it)."""

_DAY_MINUTES = 1440
_OUTPUT_FORMATS: tuple[tuple[Format, ...], ...] = (("hls",), ("hls", "mp4"), ("hls", "aac"), ("mp4",), ("aac",))
_MEDIA_TYPES: tuple[tuple[Format, ...], ...] = (("mp4",), ("hls",), ("aac",), ("hls", "mp4"), ("hls", "aac"))


@dataclass(frozen=True, slots=True)
class Mix:
    """All users in one file. Picture in pixels, bit rates in bit/s; at most `users` users' streams are mixed."""

    users: int = AUTOMATIC_MIX_LIMIT
    width: int = 360
    height: int = 640
    video_bps: int = 550_000
    audio_bps: int = 64_000


@dataclass(frozen=True, slots=True)
class SingleRecipe:
    """Files of its own for each user. `merge` puts a user's sound and picture into one HLS file."""

    merge: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whose streams are taken: per medium an allow list or a block list, None for neither.

    An entry is a UserId or `PREFIX.*$` (SubscribeStreamUserIds).
    """

    hear: tuple[str, ...] | None = None
    mute: tuple[str, ...] | None = None
    see: tuple[str, ...] | None = None
    hide: tuple[str, ...] | None = None

    def hears(self, user: str) -> bool:
        """Whether the user's sound is recorded."""
        return _listed(user, self.hear, True) and not _listed(user, self.mute, False)

    def sees(self, user: str) -> bool:
        """Whether the user's picture is recorded."""
        return _listed(user, self.see, True) and not _listed(user, self.hide, False)


@dataclass(frozen=True, slots=True)
class RecipeStorage:
    """Where files go. For `vod`: sub-application, seconds until they expire (0: never), category and region;
    for a bucket: the folders."""

    vendor: str = "vod"
    sub_app_id: int | None = None
    expires: int = 0
    class_id: int = 0
    region: str = ""
    context: str = ""
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """One recording task: one mixed recording, or single-stream recordings of everybody."""

    kind: Mix | SingleRecipe
    idle_seconds: int
    storage: RecipeStorage
    formats: tuple[Format, ...] = ("mp4",)
    audio: bool = True
    video: bool = True
    tracks: frozenset[Track] = frozenset({"main", "aux"})
    file_seconds: int = _DAY_MINUTES * 60
    prefix: str | None = None
    subscription: Subscription = Subscription()

    def taken(self, stream: SceneStream) -> SceneStream | None:
        """What of `stream` this task records; None for nothing."""
        if stream.track not in self.tracks:
            return None
        audio = self.audio and stream.audio and self.subscription.hears(stream.user)
        size = stream.size if self.video and self.subscription.sees(stream.user) else None
        return SceneStream(stream.user, stream.track, audio, size) if audio or size else None


def template_recipes(template: Mapping[str, Any]) -> tuple[Recipe, ...]:
    """The tasks that a room records by under the console's `template` (`template.TEMPLATE`): one or two."""
    audio, video = _media(template)
    mix, single = template.get("MixRecord"), template.get("SingleRecord")
    common: dict[str, Any] = {
        "idle_seconds": template["MaxIdleTime"],
        "storage": _storage(template["StorageParams"]),
        "formats": tuple(template.get("RecordFormat", ("mp4",))),
        "audio": audio,
        "video": video,
        "file_seconds": template.get("MaxMediaFileDuration", _DAY_MINUTES) * 60,
        "prefix": template.get("UserDefineRecordPrefix") or None,
    }
    recipes = []
    if mix is not None:
        recipes.append(Recipe(_mix(mix, mix.get("MaxUsers", AUTOMATIC_MIX_LIMIT)), **common))
    if single is not None:
        kind = SingleRecipe(merge=single.get("AvMerge") == 1)
        recipes.append(Recipe(kind, tracks=_tracks(single.get("MediaId", 0)), **common))
    return tuple(recipes)


def task_recipe(parameters: Mapping[str, Any]) -> Recipe:
    """The task that CreateCloudRecording's `parameters` order."""
    record = parameters["RecordParams"]
    audio, video = _media(record)
    storage = parameters["StorageParams"]
    vod = storage.get("CloudVod", {}).get("TencentVod", {})
    formats = _OUTPUT_FORMATS[record.get("OutputFormat", 0)]
    if "CloudVod" in storage:
        formats = _MEDIA_TYPES[vod.get("MediaType", 0)]
    mixed = record["RecordMode"] == 2
    return Recipe(
        _mix(parameters.get("MixTranscodeParams", {}), MANUAL_MIX_LIMIT)
        if mixed
        else SingleRecipe(merge=record.get("AvMerge") == 1),
        idle_seconds=record.get("MaxIdleTime", DEFAULT_IDLE_SECONDS),
        storage=_storage(storage),
        formats=formats,
        audio=audio,
        video=video,
        tracks=_tracks(record.get("MediaId", 0)),
        file_seconds=record.get("MaxMediaFileDuration", _DAY_MINUTES) * 60,
        prefix=vod.get("UserDefineRecordId") or None,
        subscription=subscription(record.get("SubscribeStreamUserIds", {})),
    )


def subscription(lists: Mapping[str, list[str]]) -> Subscription:
    """A SubscribeStreamUserIds; a list that is absent or empty is none."""
    names = ("SubscribeAudioUserIds", "UnSubscribeAudioUserIds", "SubscribeVideoUserIds", "UnSubscribeVideoUserIds")
    return Subscription(*(tuple(lists[name]) if lists.get(name) else None for name in names))


def _media(parameters: Mapping[str, Any]) -> tuple[bool, bool]:
    stream_type = parameters.get("StreamType", 0)  # 0 audio and video, 1 audio, 2 video
    return stream_type != 2, stream_type != 1


def _tracks(media_id: int) -> frozenset[Track]:
    both: tuple[frozenset[Track], ...] = (frozenset({"main", "aux"}), frozenset({"main"}), frozenset({"aux"}))
    return both[media_id]


def _mix(parameters: Mapping[str, Any], users: int) -> Mix:
    video, audio = parameters.get("VideoParams"), parameters.get("AudioParams")
    default = Mix()
    return Mix(
        users,
        video["Width"] if video else default.width,
        video["Height"] if video else default.height,
        video["BitRate"] if video else default.video_bps,
        audio["BitRate"] if audio else default.audio_bps,
    )


def _storage(parameters: Mapping[str, Any]) -> RecipeStorage:
    if "CloudStorage" in parameters:
        cloud = parameters["CloudStorage"]
        vendor = next(str(word) for word, code in VENDOR_CODES.items() if code == cloud["Vendor"])
        return RecipeStorage(vendor, region=cloud.get("Region", ""), folders=tuple(cloud.get("FileNamePrefix", ())))
    vod = parameters["CloudVod"]["TencentVod"]
    return RecipeStorage(
        "vod",
        vod.get("SubAppId"),
        vod.get("ExpireTime", 0),
        vod.get("ClassId", 0),
        vod.get("StorageRegion", ""),
        vod.get("SourceContext", ""),
    )


def _listed(user: str, entries: tuple[str, ...] | None, unless_given: bool) -> bool:
    if entries is None:
        return unless_given
    return any(user.startswith(entry[:-3]) if entry.endswith(".*$") else user == entry for entry in entries)
