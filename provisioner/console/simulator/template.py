"""The auto-recording template's wire shape: one table.

Tencent publishes no shape for it. Names and ranges are those of the closest public types, `McuRecordParams`,
`RecordParams`, `MixTranscodeParams`, `MixLayoutParams` and `StorageParams` (2019-07-22); at most 8 mixed
users and three layouts come from the on-cloud recording guide; the callback from the callback guide. So is
the whole table `assumed`: the real console may differ.
"""

from __future__ import annotations

from provisioner.console.simulator.shape import (
    AtLeastOne,
    ExactlyOne,
    Hidden,
    Integer,
    ListOf,
    ProductAtMost,
    Record,
    Text,
)

_FILE_WORD = r"[A-Za-z0-9_-]"

_FORMATS = ListOf(Text("hls|mp4|aac"), distinct=True, never_together=frozenset({"mp4", "aac"}))

_VIDEO = Record(
    {
        "Width": Integer(1, 1920),
        "Height": Integer(1, 1920),
        "Fps": Integer(1, 60),
        "BitRate": Integer(64_000, 8_192_000),  # bit/s
        "Gop": Integer(1),  # seconds; no upper limit is published
    },
    complete=True,
    rules=(ProductAtMost(("Width", "Height"), 1920 * 1080),),
)

_AUDIO = Record(
    {
        "SampleRate": Integer(1, 3),  # 1 = 48 kHz, 2 = 44.1 kHz, 3 = 16 kHz
        "Channel": Integer(1, 2),
        "BitRate": Integer(32_000, 128_000),  # bit/s
    },
    complete=True,
)

_MIX = Record(
    {
        "MaxUsers": Integer(1, 8),
        "MixLayoutMode": Integer(1, 3),  # 1 floating, 2 screen share, 3 grid; custom layouts are API only
        "MaxResolutionUserPrefix": Text(),
        "BackGroundColor": Text(r"#[0-9A-Fa-f]{6}"),
        "VideoParams": _VIDEO,
        "AudioParams": _AUDIO,
    }
)

_SINGLE = Record(
    {
        "AvMerge": Integer(0, 1),
        "MediaId": Integer(0, 2),  # 0 main and aux, 1 main, 2 aux
        "FillType": Integer(0, 1),  # 0 last frame, 1 black
    }
)

_VOD = Record(
    {
        "SubAppId": Integer(),
        "ExpireTime": Integer(),  # seconds; 0 keeps files for ever
        "Procedure": Text(),
        "ClassId": Integer(),
        "StorageRegion": Text(),
        "SessionContext": Text(),
        "SourceContext": Text(),
    }
)

_CLOUD = Record(
    {
        "Vendor": Integer(0, 1),  # 0 COS, 1 AWS
        "Region": Text(),
        "Bucket": Text(),
        "AccessKey": Hidden(Text()),
        "SecretKey": Hidden(Text()),
        "FileNamePrefix": ListOf(Text(rf"{_FILE_WORD}+")),
    }
)

_STORAGE = Record(
    {"CloudVod": Record({"TencentVod": _VOD}, complete=True), "CloudStorage": _CLOUD},
    rules=(ExactlyOne(("CloudVod", "CloudStorage")),),
)

_CALLBACK = Record(
    {"Url": Text(r"(?=.{1,2083}$)https?://[^\s\x00]+"), "Key": Hidden(Text(r"[A-Za-z0-9]{0,32}"))},
    required=("Url",),
)

TEMPLATE = Record(
    {
        "StreamType": Integer(0, 2),  # 0 audio and video, 1 audio, 2 video
        "RecordFormat": _FORMATS,
        "MaxIdleTime": Integer(5, 86_400),  # seconds
        "MaxMediaFileDuration": Integer(1, 1440),  # minutes
        "UserDefineRecordPrefix": Text(rf"{_FILE_WORD}{{0,64}}"),
        "MixRecord": _MIX,
        "SingleRecord": _SINGLE,
        "StorageParams": _STORAGE,
        "Callback": _CALLBACK,
    },
    required=("MaxIdleTime", "StorageParams"),
    rules=(AtLeastOne(("MixRecord", "SingleRecord")),),
)
"""The `Template` of AlterRecording and DescribeSdkAppInfo."""
