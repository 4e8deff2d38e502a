"""What an application records, as sentences for people who know calls and no settings."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from provisioner.recording.application import Application
from provisioner.recording.quantities import FOREVER
from provisioner.recording.value_types import text

_MEDIA = {"audio-video": "sound and picture", "audio": "sound alone", "video": "picture alone"}
_STREAMS = {"main": "cameras", "aux": "shared screens"}


def recorded_words(app: Application) -> list[str]:
    """One sentence each: who is recorded how, into what, where it goes, who is told."""
    if not app.records:
        return ["Nothing is recorded: recording is off."]
    return [*_who(app), *_how(app), *_where(app), *_told(app)]


def _who(app: Application) -> Iterator[str]:
    what = _MEDIA.get(str(app.setting("media")), "sound and picture")
    if app.automatic:
        yield f"Every room is recorded by itself: {what}."
    else:
        yield f"A room is recorded where the backend asks for it: {what}."
    if app.value("/recording/backendRecords") is True and app.automatic:
        yield "The backend records too, so that each call leaves two recordings and costs twice."
    idle = app.setting("maxIdleTime")
    if idle is not None:
        yield f"A recording ends {text(idle)} after everybody has left."


def _how(app: Application) -> Iterator[str]:
    if app.mixed:
        layout = text(app.setting("mixed/layout/kind") or "grid")
        yield f"Up to {text(app.setting('mixed/maxUsers') or 8)} people are shown together in one file ({layout})."
        width, height = app.setting("mixed/video/width"), app.setting("mixed/video/height")
        if width and height and app.setting("media") != "audio":
            rate = app.setting("mixed/video/fps")
            often = f", {text(rate)} times a second" if rate else ""
            yield f"The picture has {text(width)} × {text(height)} pixels{often}."
    if app.single:
        streams = app.setting("single/streams")
        kinds = streams if isinstance(streams, tuple) else (str(streams).split("-") if streams else ())
        named = " and ".join(_STREAMS[kind] for kind in kinds if kind in _STREAMS)
        yield f"Each person is recorded into a file of their own{f' ({named})' if named else ''}."
    formats = app.setting("formats")
    if isinstance(formats, tuple):
        split = app.setting("maxFileDuration")
        also = f"; a longer recording is split after {text(split)}" if split is not None else ""
        yield f"Files are {' and '.join(name.upper() for name in formats)}{also}."


def _where(app: Application) -> Iterator[str]:
    vendor = app.setting("storage/vendor")
    if vendor == "vod":
        account = app.setting("storage/vod/subAppId")
        kept = app.setting("storage/vod/retention")
        to = f"VOD application {text(account)}" if account else "VOD"
        fate = "kept for ever" if kept is None or text(kept) == FOREVER else f"deleted after {text(kept)}"
        yield f"They go to {to} and are {fate}."
    elif vendor is not None:
        bucket = app.setting(f"storage/{vendor}/bucket")
        yield f"They go to the bucket {text(bucket) if bucket else 'of the environment'}, whose own rules delete them."


def _told(app: Application) -> Iterator[str]:
    url = app.setting("callback/url")
    if url:
        yield f"{urlsplit(str(url)).hostname or 'A callback address'} is told what becomes of them."
