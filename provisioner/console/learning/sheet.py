"""What to type into a test application, so that its console's own calls tell where each setting stands.

Every number and text is legal and stands for one field in one round only; choices (layout, formats, streams, storage)
are spread over rounds so that no two fields ever change alike. A round is one save and one reload.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.sites import SITES
from provisioner.recording.value_types import Value

APPLICATION = "sheet-647-test"
"""How the test application is called: a text that stands nowhere else."""

ENABLED, MODE, VENDOR = "/recording/enabled", "/recording/mode", f"{SETTINGS}/storage/vendor"

_ROUNDS: tuple[tuple[str, str, list[str], str], ...] = (
    # mode, media, formats, storage; then what the round is about
    ("manual", "audio-video", ["mp4"], "vod"),
    ("auto", "video", ["hls"], "vod"),
    ("auto", "audio", ["aac"], "cos"),
    ("manual", "audio", ["hls", "aac"], "s3"),
    ("auto", "audio-video", ["mp4", "hls"], "vod"),
    ("auto", "video", ["mp4"], "vod"),
    ("manual", "audio", ["hls"], "cos"),
    ("manual", "video", ["mp4"], "s3"),
    ("manual", "", [], "vod"),
)
_MIXED: tuple[tuple[int, str, str, str, str, str, str, str, str, str, str], ...] = (
    # maxUsers, layout, bigPicture, width, height, fps, bitrate, gop; sampleRate, channels, audio bitrate
    (7, "grid", "", "642", "366", "17", "647kbps", "11s", "48kHz", "2", "37kbps"),
    (5, "screen-share", "sheet2big", "658", "378", "19", "653kbps", "13s", "44.1kHz", "1", "41kbps"),
    (6, "floating", "sheet3big", "674", "382", "23", "659kbps", "14s", "16kHz", "2", "43kbps"),
    (3, "grid", "", "694", "394", "29", "661kbps", "16s", "44.1kHz", "1", "46kbps"),
)
_STREAMS: tuple[tuple[bool, str, str], ...] = (
    (True, "main", "black"),
    (False, "aux", "last-frame"),
    (True, "main-and-aux", "last-frame"),
    (False, "main", "black"),
)
_IDLE = (47, 53, 59, 61, 67, 71, 73, 79, 83)
_FILE = (97, 101, 103, 107, 109, 113, 127, 131)
_KEEP = {1: "89d", 2: "137d", 5: "139d", 6: "forever"}
_REGIONS = {1: "ap-singapore", 2: "ap-tokyo", 5: "ap-seoul", 6: "ap-mumbai", 3: "eu-frankfurt", 7: "ap-jakarta"}
_REGIONS |= {4: "us-west-2", 8: "us-east-1"}


@dataclass(frozen=True, slots=True)
class Round:
    """One save: the values of every field that is set; what is not there is left empty."""

    number: int
    values: Mapping[str, Value] = field(hash=False)
    about: str


@cache
def rounds(site: str = "intl") -> tuple[Round, ...]:
    """The rounds that a site's page takes."""
    legal = SITES[site]
    return tuple(
        Round(number, dict(_values(number)), _about(number))
        for number, (_, _, formats, storage) in enumerate(_ROUNDS, 1)
        if legal.storage[storage].legal and all(legal.formats[word].legal for word in formats)
    )


def before() -> Mapping[str, Value]:
    """What a new application shows before the first round."""
    return {ENABLED: False, MODE: "manual"}


def _about(number: int) -> str:
    _, _, formats, storage = _ROUNDS[number - 1]
    if number == len(_ROUNDS):
        return "almost everything left empty"
    streams = "mixed streams" if number <= len(_MIXED) else "single streams"
    return f"{streams}, {' and '.join(formats)}, {storage}"


def _values(number: int) -> Iterator[tuple[str, Value]]:
    for path, raw in _raw(number):
        yield path, FIELDS[path].kind.parse(raw) if not FIELDS[path].secret else str(raw)


def _raw(number: int) -> Iterator[tuple[str, object]]:
    mode, media, formats, storage = _ROUNDS[number - 1]
    last = number == len(_ROUNDS)
    yield ENABLED, True
    yield MODE, mode
    yield f"{SETTINGS}/maxIdleTime", f"{_IDLE[number - 1]}m"
    if not last:
        yield f"{SETTINGS}/media", media
        yield f"{SETTINGS}/formats", formats
        yield f"{SETTINGS}/maxFileDuration", f"{_FILE[number - 1]}m"
        yield f"{SETTINGS}/callback/url", f"https://sheet{number}.example.com/recorded"
        yield f"{SETTINGS}/callback/keyRef", f"sheet{number}CallbackKey"
    if number <= len(_MIXED):
        yield from _mixed(number)
    elif last:
        yield f"{SETTINGS}/mixed/maxUsers", 4
    else:
        merge, streams, fill = _STREAMS[number - 1 - len(_MIXED)]
        yield f"{SETTINGS}/single/merge", merge
        yield f"{SETTINGS}/single/streams", streams
        yield f"{SETTINGS}/single/fill", fill
    yield from _storage(number, storage, last)


def _mixed(number: int) -> Iterator[tuple[str, object]]:
    users, layout, big, width, height, fps, bitrate, gop, rate, channels, sound = _MIXED[number - 1]
    mixed = f"{SETTINGS}/mixed"
    yield f"{mixed}/maxUsers", users
    yield f"{mixed}/layout/kind", layout
    if big:
        yield f"{mixed}/layout/bigPicture", big
    yield f"{mixed}/layout/background", f"#10{number}7{number}2"
    yield f"{mixed}/video/width", int(width)
    yield f"{mixed}/video/height", int(height)
    yield f"{mixed}/video/fps", int(fps)
    yield f"{mixed}/video/bitrate", bitrate
    yield f"{mixed}/video/gop", gop
    yield f"{mixed}/audio/sampleRate", rate
    yield f"{mixed}/audio/channels", int(channels)
    yield f"{mixed}/audio/bitrate", sound


def _storage(number: int, vendor: str, last: bool) -> Iterator[tuple[str, object]]:
    block = f"{SETTINGS}/storage/{vendor}"
    yield VENDOR, vendor
    if vendor == "vod":
        yield f"{block}/subAppId", 1_500_064_700 + number
        if last:
            return
        yield f"{SETTINGS}/fileNamePrefix", f"sheet{number}name"
        yield f"{block}/retention", _KEEP[number]
        yield f"{block}/procedure", f"sheet{number}flow"
        yield f"{block}/classId", 64_710 + number
        yield f"{block}/region", _REGIONS[number]
        yield f"{block}/sessionContext", f"sheet{number}session"
        yield f"{block}/sourceContext", f"sheet{number}source"
        return
    yield f"{block}/region", _REGIONS[number]
    yield f"{block}/bucket", f"sheet{number}-bucket"
    yield f"{block}/prefix", f"sheet{number}/folder"
    yield f"{block}/accessKeyRef", f"sheet{number}AccessKey"
    yield f"{block}/secretKeyRef", f"sheet{number}SecretKey"
