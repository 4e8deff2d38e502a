"""What is legal beyond shape. Each rule has a stable id and rests on a fact of the service.

A rule is a function from a whole environment to findings; the registry below is all there is to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.kinds import text
from provisioner.recording.limits import AUTOMATIC_MIX_LIMIT, MAX_PIXELS, SAMPLE_RATES
from provisioner.specs.environment import Environment
from provisioner.specs.layers import required_but_missing

Rule = Callable[[Environment], Iterator[Finding]]


def check(environment: Environment) -> list[Finding]:
    """Findings of every rule, in file order."""
    return sorted((finding for rule in RULES for finding in rule(environment)), key=Finding.sort_key)


def _error(rule: str, application: Application, path: str, message: str) -> Finding:
    return Finding(rule, Severity.ERROR, message, application.origin(path), application.name, path)


def _settings_are_complete(environment: Environment) -> Iterator[Finding]:
    """REC012: everything without a safe default is written out somewhere."""
    for application in environment.applications:
        if application.records:
            for field in required_but_missing(application.leaves, SETTINGS):
                name = field.path.rpartition("/")[2]
                message = f"{application.name} needs recording.settings.{name}, here or in its template. {field.about}"
                yield _error("REC012", application, field.path, message)


def _file_is_mixed_or_single(environment: Environment) -> Iterator[Finding]:
    """REC030: a recording is mixed, single, or both."""
    for application in environment.applications:
        neither = application.setting("mixed/maxUsers") is None and application.setting("single/streams") is None
        if application.records and neither:
            message = "records neither mixed nor single streams; add mixed or single"
            yield _error("REC030", application, SETTINGS, message)


def _automatic_mix_shows_eight(environment: Environment) -> Iterator[Finding]:
    """REC031: the automatic template mixes at most 8 users; the last user's stream beyond is not recorded."""
    path = f"{SETTINGS}/mixed/maxUsers"
    for application in environment.applications:
        users = application.value(path)
        if application.automatic and isinstance(users, int) and users > AUTOMATIC_MIX_LIMIT:
            message = (
                f"mixed.maxUsers is {users}, and an automatic recording mixes at most {AUTOMATIC_MIX_LIMIT} users: "
                "the last user's stream would not be recorded; lower it, or record in manual mode"
            )
            yield _error("REC031", application, path, message)


def _expected_participants_fit(environment: Environment) -> Iterator[Finding]:
    """REC032: more people than the mix shows means that somebody is not recorded."""
    path = "/recording/expectedParticipants"
    for application in environment.applications:
        expected, users = application.value(path), application.setting("mixed/maxUsers")
        if application.records and isinstance(expected, int) and isinstance(users, int) and expected > users:
            message = f"{expected} participants, but mixed.maxUsers is {users}: the last user's stream is not recorded"
            yield _error("REC032", application, path, message)


def _formats_go_together(environment: Environment) -> Iterator[Finding]:
    """REC033: mp4 and aac exclude each other; aac alone needs audio."""
    path = f"{SETTINGS}/formats"
    for application in environment.applications:
        formats = application.value(path)
        if isinstance(formats, tuple) and {"mp4", "aac"} <= set(formats):
            yield _error(
                "REC033",
                application,
                path,
                f"formats {text(formats)}: mp4 and aac exclude each other; choose one",
            )
        elif isinstance(formats, tuple) and "aac" in formats and application.setting("media") != "audio":
            message = f"formats {text(formats)}: aac holds audio only; set media: audio or choose mp4"
            yield _error("REC033", application, path, message)


def _automatic_layout_is_a_preset(environment: Environment) -> Iterator[Finding]:
    """REC034: the template knows three presets; custom is for manual mode, a big picture for two of them."""
    path = f"{SETTINGS}/mixed/layout/kind"
    for application in environment.applications:
        kind = application.value(path)
        if application.automatic and kind == "custom":
            message = "mixed.layout.kind custom exists in manual mode only; take grid, screen-share or floating"
            yield _error("REC034", application, path, message)
        big = f"{SETTINGS}/mixed/layout/bigPicture"
        if application.value(big) is not None and kind not in ("screen-share", "floating"):
            message = f"mixed.layout.bigPicture has no large tile to fill in the layout {kind}"
            yield _error("REC034", application, big, message)


def _picture_fits(environment: Environment) -> Iterator[Finding]:
    """REC035: width by height stays within 1920 by 1080."""
    for application in environment.applications:
        width, height = application.setting("mixed/video/width"), application.setting("mixed/video/height")
        if isinstance(width, int) and isinstance(height, int) and width * height > MAX_PIXELS:
            message = f"mixed.video is {width} by {height}; width times height is at most 1920 by 1080"
            yield _error("REC035", application, f"{SETTINGS}/mixed/video/width", message)


def _sample_rate_exists(environment: Environment) -> Iterator[Finding]:
    """REC036: three sample rates exist."""
    path = f"{SETTINGS}/mixed/audio/sampleRate"
    for application in environment.applications:
        rate = application.value(path)
        if rate is not None and str(rate) not in SAMPLE_RATES:
            message = f"mixed.audio.sampleRate {rate} does not exist; take {', '.join(SAMPLE_RATES)}"
            yield _error("REC036", application, path, message)


def _storage_is_named(environment: Environment) -> Iterator[Finding]:
    """REC037: without a storage the service has nowhere to put a file."""
    needs = {"vod": ("subAppId",), "cos": ("region", "bucket"), "s3": ("region", "bucket")}
    for application in environment.applications:
        vendor = application.setting("storage/vendor")
        if application.records and vendor is None:
            message = "names no storage.vendor; set it in environment.yaml or here (vod, cos or s3)"
            yield _error("REC037", application, f"{SETTINGS}/storage/vendor", message)
        for key in needs.get(str(vendor), ()):
            if application.setting(f"storage/{vendor}/{key}") is None:
                message = f"storage.vendor {vendor} needs storage.{vendor}.{key}"
                yield _error("REC037", application, f"{SETTINGS}/storage/vendor", message)


def _ids_are_unique(environment: Environment) -> Iterator[Finding]:
    """REC038: one SDKAppId has one file."""
    first: dict[int, Application] = {}
    for application in environment.applications:
        other = first.setdefault(application.sdk_app_id, application)
        if other is not application:
            message = f"sdkAppId {application.sdk_app_id} is {other.name}'s already ({other.origin('/sdkAppId')})"
            yield _error("REC038", application, "/sdkAppId", message)


RULES: tuple[Rule, ...] = (
    _settings_are_complete,
    _file_is_mixed_or_single,
    _automatic_mix_shows_eight,
    _expected_participants_fit,
    _formats_go_together,
    _automatic_layout_is_a_preset,
    _picture_fits,
    _sample_rate_exists,
    _storage_is_named,
    _ids_are_unique,
)
