"""Every leaf there is: one entry a field, with its range, default and the public page it comes from.

`TEMPLATE` and `ENVIRONMENT` are relative to `/recording/settings`, `BUCKET`'s to one cloud storage's block. Where pages
disagree the entry says so.
"""

from __future__ import annotations

from provisioner.recording.field import Field, Moves
from provisioner.recording.kinds import Amount, Flag, Reference, Text, Whole, Word, Words
from provisioner.recording.quantities import Dimension, Quantity


def _time(minimum: str, maximum: str, step: int = 1, forever: bool = False) -> Amount:
    return Amount(Dimension.TIME, minimum, maximum, step, forever)


def _seconds(amount: int | None) -> Quantity:
    return Quantity(Dimension.TIME, amount)


_NAME = Text(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "lower-case letters, digits and inner hyphens", 63)
_FILE_WORD = Text(r"^[A-Za-z0-9_-]+$", "letters, digits, _ and -", 64)
_LOCATION = Text(r"^[a-z0-9][a-z0-9-]*$", "a region such as ap-singapore", 64)
_SECRET = Reference()

_PRODUCT = "This tool"
_RECORD = "API reference: RecordParams"
_MCU = "API reference: McuRecordParams, which names the console template's fields"
_CONSOLE = "Console guide: function configuration; TUICallKit cloud recording"
_VIDEO = "API reference: VideoParams"
_AUDIO = "API reference: AudioParams"
_LAYOUT = "API reference: MixLayoutParams; on-cloud recording guide"
_VOD = "API reference: TencentVod"
_CLOUD = "API reference: CloudStorage"
_CALLBACK = "Callback guide"

APPLICATION = (
    Field(
        "/name",
        _NAME,
        "Pairs the application across environments; the file's name.",
        _PRODUCT,
        Moves.NEVER,
        required=True,
    ),
    Field(
        "/sdkAppId",
        Whole(1, 9_999_999_999),
        "The application's SDKAppId in this environment.",
        _CONSOLE,
        Moves.NEVER,
        required=True,
    ),
    Field(
        "/owner",
        Text(r"\S", "a team or person such as @acme/live-platform"),
        "Who is asked about this application.",
        _PRODUCT,
        Moves.NEVER,
        required=True,
    ),
    Field(
        "/onRemove",
        Word(("retain", "stop-auto")),
        "What removing this file does to the console.",
        _PRODUCT,
        Moves.NEVER,
        default="retain",
    ),
    Field(
        "/recording/enabled",
        Flag(),
        "Whether cloud recording is on. Once new-type recording is on, the console cannot switch it off.",
        _CONSOLE,
        required=True,
    ),
    Field(
        "/recording/mode",
        Word(("auto", "manual")),
        "auto: every room records by the console's template. manual: the backend starts recordings over REST.",
        _CONSOLE,
        required=True,
    ),
    Field(
        "/recording/backendRecords",
        Flag(),
        "Whether the business backend also calls CreateCloudRecording. With auto that is two files and two fees.",
        _CONSOLE,
        default=False,
    ),
    Field(
        "/recording/expectedParticipants",
        Whole(1, 10_000),
        "The most people who publish in one room; checked against mixed.maxUsers.",
        _PRODUCT,
    ),
    Field(
        "/recording/template",
        Text(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?@v[1-9][0-9]*$", "a pinned template such as call@v1", 80),
        "The template that the settings start from, with its version.",
        _PRODUCT,
    ),
)

TEMPLATE = (
    Field("/media", Word(("audio-video", "audio", "video")), "Which media are recorded.", _MCU, default="audio-video"),
    Field(
        "/formats",
        Words(("mp4", "hls", "aac")),
        "File formats. mp4 and aac exclude each other; each format is charged separately.",
        _MCU,
        default=("mp4",),
    ),
    Field(
        "/maxIdleTime",
        _time("5s", "24h"),
        "How long every anchor must be gone before an automatic recording ends. Pages disagree on the default (5 s or "
        "30 s) and on the lower bound (1 s or 5 s), so it is always written out.",
        _MCU,
        required=True,
    ),
    Field(
        "/maxFileDuration",
        _time("1m", "24h", 60),
        "After how long a file is split, in whole minutes; mp4 and aac only. Files also split at 2 GB.",
        _MCU,
        default=_seconds(86_400),
    ),
    Field("/fileNamePrefix", _FILE_WORD, "Prefix of every recorded file's name; VOD storage only.", _MCU),
    Field(
        "/mixed/maxUsers",
        Whole(1, 25),
        "How many users' streams one mixed file shows: at most 8 by the automatic template, 25 by REST. The last "
        "user's stream beyond it is not recorded.",
        _CONSOLE,
        default=8,
    ),
    Field(
        "/mixed/layout/kind",
        Word(("grid", "screen-share", "floating", "custom")),
        "How the mixed picture is laid out. custom is for manual mode only.",
        _LAYOUT,
        default="grid",
    ),
    Field(
        "/mixed/layout/bigPicture",
        _FILE_WORD,
        "UserId prefix of whoever fills the large tile; screen-share and floating only.",
        _LAYOUT,
    ),
    Field(
        "/mixed/layout/background",
        Text(r"^#[0-9A-Fa-f]{6}$", "a colour such as #000000", 7),
        "Background colour.",
        _LAYOUT,
        default="#000000",
    ),
    Field("/mixed/video/width", Whole(16, 1920), "Picture width in pixels.", _VIDEO, default=360),
    Field("/mixed/video/height", Whole(16, 1920), "Picture height in pixels.", _VIDEO, default=640),
    Field("/mixed/video/fps", Whole(1, 60), "Frames a second.", _VIDEO, default=15),
    Field(
        "/mixed/video/bitrate",
        Amount(Dimension.BITRATE, "64kbps", "8192kbps"),
        "Video bit rate.",
        _VIDEO,
        default=Quantity(Dimension.BITRATE, 550_000),
    ),
    Field("/mixed/video/gop", _time("1s", "60s"), "Time between key frames.", _VIDEO, default=_seconds(10)),
    Field(
        "/mixed/audio/sampleRate",
        Amount(Dimension.FREQUENCY, "16kHz", "48kHz"),
        "48kHz, 44.1kHz or 16kHz.",
        _AUDIO,
        default=Quantity(Dimension.FREQUENCY, 48_000),
    ),
    Field("/mixed/audio/channels", Whole(1, 2), "1 mono, 2 stereo.", _AUDIO, default=2),
    Field(
        "/mixed/audio/bitrate",
        Amount(Dimension.BITRATE, "32kbps", "128kbps"),
        "Audio bit rate.",
        _AUDIO,
        default=Quantity(Dimension.BITRATE, 64_000),
    ),
    Field("/single/merge", Flag(), "Whether one user's audio and video share a file.", _RECORD, default=False),
    Field(
        "/single/streams",
        Word(("main-and-aux", "main", "aux")),
        "Which of a user's streams are recorded.",
        _RECORD,
        default="main-and-aux",
    ),
    Field(
        "/single/fill",
        Word(("last-frame", "black")),
        "What fills the picture while a user's video is off.",
        _RECORD,
        default="last-frame",
    ),
)

ENVIRONMENT = (
    Field(
        "/storage/vendor",
        Word(("vod", "cos", "s3")),
        "Where files go: VOD, Tencent COS or AWS S3. Only the block it names counts.",
        _RECORD,
    ),
    Field("/storage/vod/subAppId", Whole(1, 9_999_999_999), "VOD application (standard type).", _VOD),
    Field(
        "/storage/vod/retention",
        _time("1d", "3650d", 86_400, forever=True),
        "How long VOD keeps a file.",
        _VOD,
        default=_seconds(None),
    ),
    Field(
        "/storage/vod/procedure", Text(r"^\S+$", "a task-flow template's name"), "VOD task flow run on each file.", _VOD
    ),
    Field("/storage/vod/classId", Whole(0, 2_147_483_647), "VOD category.", _VOD, default=0),
    Field("/storage/vod/region", _LOCATION, "VOD storage region.", _VOD),
    Field(
        "/callback/url",
        Text(r"^https?://\S+$", "an http or https address", 2083),
        "Receives recording events.",
        _CALLBACK,
    ),
    Field("/callback/keyRef", _SECRET, "Key that signs recording events, by reference.", _CALLBACK, secret=True),
)

BUCKET = (
    Field("/region", _LOCATION, "Bucket region.", _CLOUD),
    Field("/bucket", Text(r"^[a-z0-9][a-z0-9.-]{1,62}$", "a bucket name", 63), "Bucket name.", _CLOUD),
    Field(
        "/prefix",
        Text(r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", "folders of letters, digits, _ and -"),
        "Folder that files are written to.",
        _CLOUD,
    ),
    Field("/accessKeyRef", _SECRET, "Access key, by reference.", _CLOUD, secret=True),
    Field("/secretKeyRef", _SECRET, "Secret key, by reference.", _CLOUD, secret=True),
)
