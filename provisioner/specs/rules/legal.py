"""What the service refuses, or silently does not record."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Severity
from provisioner.recording.kinds import text
from provisioner.recording.limits import AUTOMATIC_MIX_LIMIT, MAX_PIXELS, SAMPLE_RATES
from provisioner.specs.layers import required_but_missing
from provisioner.specs.rules.rule import Rule, Specs, Violation, each

Reasons = Iterator[tuple[str, str]]

_NEEDED_BY_STORAGE = {"vod": ("subAppId",), "cos": ("region", "bucket"), "s3": ("region", "bucket")}


def _settings_are_complete(app: Application) -> Reasons:
    if app.records:
        for field in required_but_missing(app.leaves, SETTINGS):
            name = field.path.rpartition("/")[2]
            yield field.path, f"{app.name} needs recording.settings.{name}, here or in its template. {field.about}"


def _mixed_or_single(app: Application) -> Reasons:
    neither = app.setting("mixed/maxUsers") is None and app.setting("single/streams") is None
    if app.records and neither:
        yield SETTINGS, "records neither mixed nor single streams; add mixed or single"


def _automatic_mix_limit(app: Application) -> Reasons:
    users = app.setting("mixed/maxUsers")
    if app.automatic and isinstance(users, int) and users > AUTOMATIC_MIX_LIMIT:
        yield (
            f"{SETTINGS}/mixed/maxUsers",
            f"mixed.maxUsers is {users}, and an automatic recording mixes at most {AUTOMATIC_MIX_LIMIT} users: "
            "the last user's stream would not be recorded; lower it, or record in manual mode",
        )


def _participants_fit(app: Application) -> Reasons:
    expected, users = app.value("/recording/expectedParticipants"), app.setting("mixed/maxUsers")
    if app.records and isinstance(expected, int) and isinstance(users, int) and expected > users:
        message = f"{expected} participants, but mixed.maxUsers is {users}: the last user's stream is not recorded"
        yield "/recording/expectedParticipants", message


def _formats_go_together(app: Application) -> Reasons:
    formats = app.setting("formats")
    if isinstance(formats, tuple) and {"mp4", "aac"} <= set(formats):
        yield f"{SETTINGS}/formats", f"formats {text(formats)}: mp4 and aac exclude each other; choose one"
    elif isinstance(formats, tuple) and "aac" in formats and app.setting("media") != "audio":
        yield f"{SETTINGS}/formats", f"formats {text(formats)}: aac holds audio only; set media: audio or choose mp4"


def _layout_is_a_preset(app: Application) -> Reasons:
    if app.automatic and app.setting("mixed/layout/kind") == "custom":
        message = "mixed.layout.kind custom exists in manual mode only; take grid, screen-share or floating"
        yield f"{SETTINGS}/mixed/layout/kind", message


def _big_picture_has_a_tile(app: Application) -> Reasons:
    kind = app.setting("mixed/layout/kind")
    if app.setting("mixed/layout/bigPicture") is not None and kind not in ("screen-share", "floating"):
        message = f"mixed.layout.bigPicture has no large tile to fill in the layout {kind}"
        yield f"{SETTINGS}/mixed/layout/bigPicture", message


def _picture_fits(app: Application) -> Reasons:
    width, height = app.setting("mixed/video/width"), app.setting("mixed/video/height")
    if isinstance(width, int) and isinstance(height, int) and width * height > MAX_PIXELS:
        message = f"mixed.video is {width} by {height}; width times height is at most 1920 by 1080"
        yield f"{SETTINGS}/mixed/video/width", message


def _sample_rate_exists(app: Application) -> Reasons:
    rate = app.setting("mixed/audio/sampleRate")
    if rate is not None and str(rate) not in SAMPLE_RATES:
        message = f"mixed.audio.sampleRate {rate} does not exist; take {', '.join(SAMPLE_RATES)}"
        yield f"{SETTINGS}/mixed/audio/sampleRate", message


def _storage_is_named(app: Application) -> Reasons:
    path = f"{SETTINGS}/storage/vendor"
    vendor = app.value(path)
    if app.records and vendor is None:
        yield path, "names no storage.vendor; set it in environment.yaml or here (vod, cos or s3)"
    for key in _NEEDED_BY_STORAGE.get(str(vendor), ()):
        if app.setting(f"storage/{vendor}/{key}") is None:
            yield path, f"storage.vendor {vendor} needs storage.{vendor}.{key}"


def _ids_are_unique(specs: Specs) -> Iterator[Violation]:
    for environment in specs.environments:
        first: dict[int, Application] = {}
        for app in environment.applications:
            other = first.setdefault(app.sdk_app_id, app)
            if other is not app:
                message = f"sdkAppId {app.sdk_app_id} is {other.name}'s already ({other.origin('/sdkAppId')})"
                yield Violation(app, "/sdkAppId", message)


_ERROR = Severity.ERROR

RULES = (
    Rule(
        "REC012",
        "Everything without a safe default is written out",
        _ERROR,
        "Sources disagree on the default idle time: 5 s (TUICallKit cloud recording) or 30 s (API reference).",
        each(_settings_are_complete),
    ),
    Rule(
        "REC030",
        "A recording is mixed, single, or both",
        _ERROR,
        "The template holds mixed and single streams as independent blocks (on-cloud recording guide).",
        each(_mixed_or_single),
    ),
    Rule(
        "REC031",
        "An automatic recording mixes at most 8 users",
        _ERROR,
        "In a call of more than 8 the last user's stream is not recorded (TUICallKit cloud recording).",
        each(_automatic_mix_limit),
    ),
    Rule(
        "REC032",
        "The mix shows everybody who is expected",
        _ERROR,
        "Streams beyond the mix's limit are not recorded (TUICallKit cloud recording).",
        each(_participants_fit),
    ),
    Rule(
        "REC033",
        "Formats go together",
        _ERROR,
        "mp4 and aac cannot both be given; aac needs audio only (McuRecordParams, TencentVod).",
        each(_formats_go_together),
    ),
    Rule(
        "REC034",
        "An automatic recording takes a preset layout",
        _ERROR,
        "The template has three presets; custom exists over REST only (on-cloud recording guide).",
        each(_layout_is_a_preset),
    ),
    Rule(
        "REC035",
        "A big picture needs a layout with a large tile",
        _ERROR,
        "Only screen share and floating have one (MixLayoutParams).",
        each(_big_picture_has_a_tile),
    ),
    Rule(
        "REC036",
        "The picture fits",
        _ERROR,
        "Width times height is at most 1920 by 1080 (VideoParams).",
        each(_picture_fits),
    ),
    Rule(
        "REC037",
        "The sample rate exists",
        _ERROR,
        "48, 44.1 and 16 kHz are the codes there are (AudioParams).",
        each(_sample_rate_exists),
    ),
    Rule(
        "REC038",
        "Files have somewhere to go",
        _ERROR,
        "StorageParams takes VOD or cloud storage, and exactly one of them.",
        each(_storage_is_named),
    ),
    Rule(
        "REC039",
        "One SDKAppId has one file",
        _ERROR,
        "Two files would undo each other's settings at every apply.",
        _ids_are_unique,
    ),
)
