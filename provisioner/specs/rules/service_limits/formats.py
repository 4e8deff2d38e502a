"""Files: their formats, their names, where they go, and who hears of them."""

from __future__ import annotations

from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Severity
from provisioner.recording.storages import BUCKETS, STORAGES
from provisioner.recording.value_types import text
from provisioner.specs.rules.rule import Reasons, Rule, each

_STORAGE = f"{SETTINGS}/storage"
_KEYS = ("accessKeyRef", "secretKeyRef")


def _formats_go_together(app: Application) -> Reasons:
    formats = app.setting("formats")
    if isinstance(formats, tuple) and {"mp4", "aac"} <= set(formats):
        yield f"{SETTINGS}/formats", f"formats {text(formats)}: mp4 and aac exclude each other; choose one"
    elif isinstance(formats, tuple) and "aac" in formats and app.setting("media") != "audio":
        yield f"{SETTINGS}/formats", f"formats {text(formats)}: aac holds audio only; set media: audio or choose mp4"


def _storage_is_named(app: Application) -> Reasons:
    path = f"{_STORAGE}/vendor"
    vendor = app.value(path)
    if app.records and vendor is None:
        *others, last = STORAGES
        known = f"{', '.join(others)} or {last}"
        yield path, f"names no storage.vendor; set it in environment.yaml or here ({known})"
    for key in STORAGES[str(vendor)].needs if vendor else ():
        if app.setting(f"storage/{vendor}/{key}") is None:
            yield path, f"storage.vendor {vendor} needs storage.{vendor}.{key}"


def _duration_splits_something(app: Application) -> Reasons:
    path = f"{SETTINGS}/maxFileDuration"
    if app.setting("formats") == ("hls",) and app.written(path):
        yield path, "maxFileDuration splits mp4 and aac files, and formats is [hls]; remove it (null deletes)"


def _prefix_is_for_vod(app: Application) -> Reasons:
    path = f"{SETTINGS}/fileNamePrefix"
    vendor = app.setting("storage/vendor")
    if vendor in BUCKETS and app.written(path):
        yield path, f"fileNamePrefix counts in VOD only, and storage.vendor is {vendor}; use storage.{vendor}.prefix"


def _keys_come_in_pairs(app: Application) -> Reasons:
    for vendor in BUCKETS:
        known = [key for key in _KEYS if app.setting(f"storage/{vendor}/{key}") is not None]
        if len(known) == 1:
            yield f"{_STORAGE}/{vendor}/{known[0]}", f"storage.{vendor} needs both {' and '.join(_KEYS)}, or neither"


def _callback_has_an_address(app: Application) -> Reasons:
    key = f"{SETTINGS}/callback/keyRef"
    if app.value(key) is not None and app.setting("callback/url") is None:
        yield key, "callback.keyRef signs nothing without callback.url"


RULES = (
    Rule(
        "REC033",
        "Formats go together",
        Severity.ERROR,
        "mp4 and aac cannot both be given; aac needs audio only (McuRecordParams, TencentVod).",
        each(_formats_go_together),
    ),
    Rule(
        "REC038",
        "Files have somewhere to go",
        Severity.ERROR,
        "StorageParams takes VOD or cloud storage, and exactly one of them.",
        each(_storage_is_named),
    ),
    Rule(
        "REC042",
        "A file's duration splits something",
        Severity.ERROR,
        "MaxMediaFileDuration counts for mp4 and aac only (RecordParams, McuRecordParams).",
        each(_duration_splits_something),
    ),
    Rule(
        "REC043",
        "A file name's prefix goes to VOD",
        Severity.ERROR,
        "UserDefineRecordPrefix and UserDefineRecordId count in VOD only (McuRecordParams, TencentVod).",
        each(_prefix_is_for_vod),
    ),
    Rule(
        "REC049",
        "One file names one storage",
        Severity.ERROR,
        "StorageParams takes VOD or cloud storage; both make the task fail (on-cloud recording guide).",
        # The reader of a file finds it, so that it is told once and not by every application.
    ),
    Rule(
        "REC050",
        "A bucket's keys come in pairs",
        Severity.ERROR,
        "CloudStorage takes AccessKey with SecretKey (API reference: CloudStorage).",
        each(_keys_come_in_pairs),
    ),
    Rule(
        "REC053",
        "A callback's key has an address",
        Severity.ERROR,
        "The key signs what is sent to the callback's address, and the console takes both together (callback guide).",
        each(_callback_has_an_address),
    ),
)
