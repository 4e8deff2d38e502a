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
    HiddenParam,
    IntegerParam,
    JsonObject,
    ListParam,
    ObjectParam,
    ProductAtMost,
    TextParam,
    wrong_value,
)
from provisioner.simulator.sites import SimulatedSite

FILE_WORD = r"[A-Za-z0-9_-]"
"""One character of what may stand in a file's name."""

_FORMATS = ListParam(TextParam("hls|mp4|aac"), distinct=True, never_together=frozenset({"mp4", "aac"}))

VIDEO_PARAMS = ObjectParam(
    {
        "Width": IntegerParam(1, LONGEST_SIDE),
        "Height": IntegerParam(1, LONGEST_SIDE),
        "Fps": IntegerParam(1, 60),
        "BitRate": IntegerParam(64_000, 8_192_000),  # bit/s
        "Gop": IntegerParam(1),  # seconds; no upper limit is published
    },
    complete=True,
    rules=(ProductAtMost(("Width", "Height"), MAX_PIXELS),),
)
"""VideoParams (2019-07-22): complete where it is given."""

AUDIO_PARAMS = ObjectParam(
    {
        "SampleRate": IntegerParam(1, 3),  # 1 = 48 kHz, 2 = 44.1 kHz, 3 = 16 kHz
        "Channel": IntegerParam(1, 2),
        "BitRate": IntegerParam(32_000, 128_000),  # bit/s
    },
    complete=True,
)
"""AudioParams (2019-07-22): complete where it is given."""

_MIX = ObjectParam(
    {
        "MaxUsers": IntegerParam(1, AUTOMATIC_MIX_LIMIT),
        "MixLayoutMode": IntegerParam(1, 3),  # 1 floating, 2 screen share, 3 grid; custom layouts are API only
        "MaxResolutionUserPrefix": TextParam(),
        "BackGroundColor": TextParam(r"#[0-9A-Fa-f]{6}"),
        "VideoParams": VIDEO_PARAMS,
        "AudioParams": AUDIO_PARAMS,
    }
)

_SINGLE = ObjectParam(
    {
        "AvMerge": IntegerParam(0, 1),
        "MediaId": IntegerParam(0, 2),  # 0 main and aux, 1 main, 2 aux
        "FillType": IntegerParam(0, 1),  # 0 last frame, 1 black
    }
)

_VOD = ObjectParam(
    {
        "SubAppId": IntegerParam(),
        "ExpireTime": IntegerParam(),  # seconds; 0 keeps files for ever
        "Procedure": TextParam(),
        "ClassId": IntegerParam(),
        "StorageRegion": TextParam(),
        "SessionContext": TextParam(),
        "SourceContext": TextParam(),
    }
)

CLOUD_STORAGE = ObjectParam(
    {
        "Vendor": IntegerParam(min(VENDOR_CODES.values()), max(VENDOR_CODES.values())),
        "Region": TextParam(),
        "Bucket": TextParam(),
        "AccessKey": HiddenParam(TextParam()),
        "SecretKey": HiddenParam(TextParam()),
        "FileNamePrefix": ListParam(TextParam(rf"{FILE_WORD}+")),
    },
    required=("Vendor", "Region", "Bucket"),
)
"""CloudStorage (2019-07-22)."""

_STORAGE = ObjectParam(
    {"CloudVod": ObjectParam({"TencentVod": _VOD}, complete=True), "CloudStorage": CLOUD_STORAGE},
    rules=(ExactlyOne(("CloudVod", "CloudStorage")),),
)

_CALLBACK = ObjectParam(
    {"Url": TextParam(r"(?=.{1,2083}$)https?://[^\s\x00]+"), "Key": HiddenParam(TextParam(r"[A-Za-z0-9]{0,32}"))},
    required=("Url",),
)

TEMPLATE = ObjectParam(
    {
        "StreamType": IntegerParam(0, 2),  # 0 audio and video, 1 audio, 2 video
        "RecordFormat": _FORMATS,
        "MaxIdleTime": IntegerParam(5, 86_400),  # seconds
        "MaxMediaFileDuration": IntegerParam(1, 1440),  # minutes
        "UserDefineRecordPrefix": TextParam(rf"{FILE_WORD}{{0,64}}"),
        "MixRecord": _MIX,
        "SingleRecord": _SINGLE,
        "StorageParams": _STORAGE,
        "Callback": _CALLBACK,
    },
    required=("MaxIdleTime", "StorageParams"),
    rules=(AtLeastOne(("MixRecord", "SingleRecord")),),
)
"""The `Template` of AlterRecording and DescribeSdkAppInfo."""


def check_site(template: JsonObject, site: SimulatedSite) -> None:
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
