"""The auto-recording template's wire shape: the settings of the field table, and what else the service asks of them.

Tencent publishes no shape for it. Names and ranges are those of the closest public types, `McuRecordParams`,
`RecordParams`, `MixTranscodeParams`, `MixLayoutParams` and `StorageParams` (2019-07-22); at most 8 mixed
users and three layouts come from the on-cloud recording guide; the callback from the callback guide. So is
the whole table `assumed`: the real console may differ. A setting is named here only where the service takes
more or less than specs do.
"""

from __future__ import annotations

from provisioner.recording.limits import (
    AUTOMATIC_MIX_LIMIT,
    LONGEST_CALLBACK_KEY,
    LONGEST_CALLBACK_URL,
    LONGEST_SIDE,
    MAX_PIXELS,
)
from provisioner.recording.sites import BOTH
from provisioner.recording.storages import BUCKETS, VENDOR_CODES
from provisioner.simulator.errors import ApiError
from provisioner.simulator.field_params import FILE_WORD, members_of
from provisioner.simulator.param_schema import (
    INVALID_VALUE,
    AtLeastOne,
    ChoiceParam,
    ExactlyOne,
    HiddenParam,
    IntegerParam,
    JsonObject,
    ListParam,
    ObjectParam,
    ParamKind,
    ProductAtMost,
    TextParam,
    wrong_value,
)
from provisioner.simulator.sites import SimulatedSite

COLOUR = TextParam(r"#[0-9A-Fa-f]{6}")

VIDEO_PARAMS = ObjectParam(
    {
        **members_of("/mixed/video"),
        "Width": IntegerParam(1, LONGEST_SIDE),
        "Height": IntegerParam(1, LONGEST_SIDE),
        "Gop": IntegerParam(1),  # seconds; no upper limit is published
    },
    complete=True,
    rules=(ProductAtMost(("Width", "Height"), MAX_PIXELS),),
)
"""VideoParams (2019-07-22): complete where it is given."""

AUDIO_PARAMS = ObjectParam(members_of("/mixed/audio"), complete=True)
"""AudioParams (2019-07-22): complete where it is given."""

_MIX = ObjectParam(
    {
        **members_of("/mixed"),
        **{name: kind for name, kind in members_of("/mixed/layout").items() if name != "MaxResolutionUserId"},
        "MaxUsers": IntegerParam(1, AUTOMATIC_MIX_LIMIT),
        "MixLayoutMode": IntegerParam(1, 3),  # 1 floating, 2 screen share, 3 grid; custom layouts are API only
        "MaxResolutionUserPrefix": TextParam(),  # REST takes the whole UserId instead
        "BackGroundColor": COLOUR,
        "VideoParams": VIDEO_PARAMS,
        "AudioParams": AUDIO_PARAMS,
    }
)

VOD_NUMBERS: dict[str, ParamKind] = {
    "SubAppId": IntegerParam(),
    "ExpireTime": IntegerParam(),
    "ClassId": IntegerParam(),
}
"""Those of TencentVod, of which no page states a range; ExpireTime is in seconds, 0 keeps files for ever."""

_VOD = ObjectParam({**members_of("/storage/vod"), **VOD_NUMBERS})

CLOUD_STORAGE = ObjectParam(
    {
        **{name: kind for word in BUCKETS for name, kind in members_of(f"/storage/{word}").items()},
        "Vendor": ChoiceParam(tuple(VENDOR_CODES.values())),
    },
    required=("Vendor", "Region", "Bucket"),
)
"""CloudStorage (2019-07-22)."""

_STORAGE = ObjectParam(
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
    {
        "Url": TextParam(rf"(?=.{{1,{LONGEST_CALLBACK_URL}}}$)https?://[^\s\x00]+"),
        "Key": HiddenParam(TextParam(rf"[A-Za-z0-9]{{0,{LONGEST_CALLBACK_KEY}}}")),
    },
    required=("Url",),
)

TEMPLATE = ObjectParam(
    {
        **members_of(""),
        "RecordFormat": ListParam(TextParam("hls|mp4|aac"), distinct=True, never_together=frozenset({"mp4", "aac"})),
        "UserDefineRecordPrefix": TextParam(rf"{FILE_WORD}{{0,64}}"),
        "MixRecord": _MIX,
        "SingleRecord": ObjectParam(members_of("/single")),
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
