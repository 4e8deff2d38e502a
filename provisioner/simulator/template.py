"""The auto-recording template's wire shape: one table.

Tencent publishes no shape for it. Names and ranges are those of the closest public types, `McuRecordParams`,
`RecordParams`, `MixTranscodeParams`, `MixLayoutParams` and `StorageParams` (2019-07-22); at most 8 mixed
users and three layouts come from the on-cloud recording guide; the callback from the callback guide. So is
the whole table `assumed`: the real console may differ.
"""

from __future__ import annotations

from provisioner.recording.limits import AUTOMATIC_MIX_LIMIT, LONGEST_SIDE, MAX_PIXELS
from provisioner.recording.sites import BOTH
from provisioner.recording.storages import VENDOR_CODES
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import (
    INVALID_VALUE,
    AtLeastOne,
    ExactlyOne,
    Hidden,
    Integer,
    JsonObject,
    ListOf,
    ProductAtMost,
    Record,
    Text,
    wrong_value,
)
from provisioner.simulator.sites import Site

FILE_WORD = r"[A-Za-z0-9_-]"
"""One character of what may stand in a file's name."""

_FORMATS = ListOf(Text("hls|mp4|aac"), distinct=True, never_together=frozenset({"mp4", "aac"}))

VIDEO_PARAMS = Record(
    {
        "Width": Integer(1, LONGEST_SIDE),
        "Height": Integer(1, LONGEST_SIDE),
        "Fps": Integer(1, 60),
        "BitRate": Integer(64_000, 8_192_000),  # bit/s
        "Gop": Integer(1),  # seconds; no upper limit is published
    },
    complete=True,
    rules=(ProductAtMost(("Width", "Height"), MAX_PIXELS),),
)
"""VideoParams (2019-07-22): complete where it is given."""

AUDIO_PARAMS = Record(
    {
        "SampleRate": Integer(1, 3),  # 1 = 48 kHz, 2 = 44.1 kHz, 3 = 16 kHz
        "Channel": Integer(1, 2),
        "BitRate": Integer(32_000, 128_000),  # bit/s
    },
    complete=True,
)
"""AudioParams (2019-07-22): complete where it is given."""

_MIX = Record(
    {
        "MaxUsers": Integer(1, AUTOMATIC_MIX_LIMIT),
        "MixLayoutMode": Integer(1, 3),  # 1 floating, 2 screen share, 3 grid; custom layouts are API only
        "MaxResolutionUserPrefix": Text(),
        "BackGroundColor": Text(r"#[0-9A-Fa-f]{6}"),
        "VideoParams": VIDEO_PARAMS,
        "AudioParams": AUDIO_PARAMS,
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

CLOUD_STORAGE = Record(
    {
        "Vendor": Integer(min(VENDOR_CODES.values()), max(VENDOR_CODES.values())),
        "Region": Text(),
        "Bucket": Text(),
        "AccessKey": Hidden(Text()),
        "SecretKey": Hidden(Text()),
        "FileNamePrefix": ListOf(Text(rf"{FILE_WORD}+")),
    },
    required=("Vendor", "Region", "Bucket"),
)
"""CloudStorage (2019-07-22)."""

_STORAGE = Record(
    {"CloudVod": Record({"TencentVod": _VOD}, complete=True), "CloudStorage": CLOUD_STORAGE},
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
        "UserDefineRecordPrefix": Text(rf"{FILE_WORD}{{0,64}}"),
        "MixRecord": _MIX,
        "SingleRecord": _SINGLE,
        "StorageParams": _STORAGE,
        "Callback": _CALLBACK,
    },
    required=("MaxIdleTime", "StorageParams"),
    rules=(AtLeastOne(("MixRecord", "SingleRecord")),),
)
"""The `Template` of AlterRecording and DescribeSdkAppInfo."""


def check_site(template: JsonObject, site: Site) -> None:
    """Whether `site` takes this template, whose shape is right. Raises ApiError."""
    options = site.profile
    if "MixRecord" in template and "SingleRecord" in template and not options.streams[BOTH].legal:
        both = "`Template.MixRecord` and `Template.SingleRecord`"
        raise ApiError(INVALID_VALUE, f"The parameters {both} exclude each other.")
    formats = template.get("RecordFormat", ())
    if not all(options.formats[name].legal for name in formats):
        raise wrong_value(",".join(formats), "Template.RecordFormat")
    vendor = template["StorageParams"].get("CloudStorage", {}).get("Vendor")
    if vendor is not None and not options.storage[str(_VENDORS[vendor])].legal:
        raise wrong_value(vendor, "Template.StorageParams.CloudStorage.Vendor")


_VENDORS = {code: word for word, code in VENDOR_CODES.items()}
