"""What is recorded, of whom, into which files: settings that move on promotion."""

from __future__ import annotations

from provisioner.recording.catalogue.codecs import COS_FORMATS, FLAG_CODE, HOURS, MINUTES, SECONDS, VOD_FORMATS
from provisioner.recording.catalogue.vocabulary import FILE_WORD, USER_OR_PREFIX, seconds, time
from provisioner.recording.field import EVERY_MODE, MANUAL_ONLY, Field, Mode
from provisioner.recording.limits import MANUAL_MIX_LIMIT, MOST_SUBSCRIPTIONS, TASK_HOURS, USUAL_TASK_HOURS
from provisioner.recording.sources import API, GUIDE, ON_CLOUD, TEMPLATE_PROXY
from provisioner.recording.value_types import Flag, Texts, Word, Words
from provisioner.recording.wire_codecs import String, TextList, Wire, WordList, numbered

_RECORD = f"{API}: RecordParams"
_SUBSCRIBED = f"{API}: SubscribeStreamUserIds"
_USERS = Texts(USER_OR_PREFIX, MOST_SUBSCRIPTIONS)


def video_of_a_user(block: str, modes: frozenset[Mode], disputed: str = "") -> tuple[Field, ...]:
    """What single and mixed recordings take of each user."""
    return (
        Field(
            f"{block}/streams",
            Word(("main-and-aux", "main", "aux")),
            "Which of a user's streams are recorded.",
            _RECORD,
            default="main-and-aux",
            modes=modes,
            disputed=disputed,
            wire=Wire("RecordParams.MediaId", numbered("main-and-aux", "main", "aux")),
        ),
        Field(
            f"{block}/fill",
            Word(("last-frame", "black")),
            "What fills the picture while a user's video is off.",
            _RECORD,
            default="last-frame",
            modes=modes,
            disputed=disputed,
            wire=Wire("RecordParams.FillType", numbered("last-frame", "black")),
        ),
    )


RECORDED = (
    Field(
        "/media",
        Word(("audio-video", "audio", "video")),
        "Which media are recorded.",
        TEMPLATE_PROXY,
        default="audio-video",
        wire=Wire("RecordParams.StreamType", numbered("audio-video", "audio", "video")),
    ),
    Field(
        "/formats",
        Words(("mp4", "hls", "aac")),
        "File formats. mp4 and aac exclude each other; each format is charged separately.",
        TEMPLATE_PROXY,
        default=("mp4",),
        disputed=f"The default is mp4 ({TEMPLATE_PROXY}, TencentVod), or hls over REST to COS and S3 (RecordParams). "
        "Here it is mp4 everywhere.",
        wire=Wire(
            "McuRecordParams.RecordFormat",
            WordList(("mp4", "hls", "aac")),
            rest=(Wire("RecordParams.OutputFormat", COS_FORMATS), Wire("TencentVod.MediaType", VOD_FORMATS)),
        ),
    ),
    Field(
        "/maxIdleTime",
        time("5s", "24h"),
        "How long every anchor must be gone before a recording ends. The waiting is charged as audio.",
        f"{_RECORD}; {ON_CLOUD}",
        required=True,
        disputed=f"The default is 5s ({GUIDE}) or 30s ({API}), the lower bound 1s ({ON_CLOUD}) or 5s ({API}), "
        "so it is always written out, and at least 5s.",
        wire=Wire("RecordParams.MaxIdleTime", SECONDS),
    ),
    Field(
        "/maxFileDuration",
        time("1m", "24h", 60),
        "After how long a file is split, in whole minutes; mp4 and aac only. Files also split at 2 GB.",
        TEMPLATE_PROXY,
        default=seconds(86_400),
        wire=Wire("RecordParams.MaxMediaFileDuration", MINUTES),
    ),
    Field(
        "/fileNamePrefix",
        FILE_WORD,
        "Prefix of every recorded file's name; VOD storage only.",
        TEMPLATE_PROXY,
        disputed="TencentVod knows it for recordings over REST only, McuRecordParams for relayed streams. Here it is a "
        "part of the template too.",
        wire=Wire(
            "McuRecordParams.UserDefineRecordPrefix", String(), rest=(Wire("TencentVod.UserDefineRecordId", String()),)
        ),
    ),
    Field(
        "/resourceExpiry",
        time(f"{TASK_HOURS[0]}h", f"{TASK_HOURS[-1]}h", 3600),
        "How long a task over REST can be queried, updated and stopped, in whole hours. After that it cannot be "
        "stopped any more, but goes on recording.",
        f"{API}: CreateCloudRecording",
        default=seconds(USUAL_TASK_HOURS * 3600),
        modes=MANUAL_ONLY,
        wire=Wire("CreateCloudRecordingRequest.ResourceExpiredHour", HOURS),
    ),
    Field(
        "/subscribe/mixRobot",
        Flag(),
        "Whether the robot that sends mixed streams back into the room is recorded too. With anchors recorded as "
        "well, every voice is heard twice: name in subscribe.audio whom to record.",
        _RECORD,
        default=False,
        modes=MANUAL_ONLY,
        disputed="No page shows it in the console's template; here it is for recordings over REST only.",
        wire=Wire("RecordParams.SubscribeAbility", FLAG_CODE),
    ),
    *(
        Field(
            f"/subscribe/{medium}/{rule}",
            _USERS,
            f"Whose {medium} is {what}: UserIds, or prefixes such as class-.*$. Without any list it is everybody's; a "
            f"task records at most {MANUAL_MIX_LIMIT} streams.",
            _SUBSCRIBED,
            modes=MANUAL_ONLY,
            wire=Wire(f"SubscribeStreamUserIds.{prefix}Subscribe{medium.capitalize()}UserIds", TextList()),
        )
        for medium in ("audio", "video")
        for rule, what, prefix in (("allow", "recorded", ""), ("block", "not recorded", "Un"))
    ),
    Field(
        "/single/merge",
        Flag(),
        "Whether one user's audio and video share a file.",
        _RECORD,
        default=False,
        wire=Wire("RecordParams.AvMerge", FLAG_CODE),
    ),
    *video_of_a_user("/single", EVERY_MODE),
)
