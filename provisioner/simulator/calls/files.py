"""What a take leaves behind: files, with their names, lengths and sizes.

A task records HLS and converts it after its end (English on-cloud recording guide), so all of its files come into
being when it has ended, and a single-stream task leaves one file for each user and track however often the user
came and went. Sizes are bit rate times length: nominal, not measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from provisioner.recording.file_names import Extension, Media, RecordedName, Track
from provisioner.simulator.calls.events import Room
from provisioner.simulator.calls.recipe import Format, Mix, Recipe, SingleRecipe
from provisioner.simulator.calls.recorder import Take
from provisioner.simulator.calls.scenes import SceneStream
from provisioner.simulator.sites import Naming

LARGEST_FILE = 2 * 1024**3
"""Bytes at which an mp4 or aac file is split, whatever its length (RecordParams)."""

_AUDIO_BPS = 64_000
_BITS_PER_PIXEL_SECOND = 1.5
"""A camera's nominal bit rate by its picture's size: 640x360 is about 350 kbit/s."""

_EXTENSIONS: dict[Format, Extension] = {"mp4": "mp4", "hls": "m3u8", "aac": "aac"}


@dataclass(frozen=True, slots=True)
class SimulatedFile:
    """A file. `began_at` is when its first frame was sent, `seconds` how much it plays, `size` its bytes.

    `users` are all whose streams it holds; `picture` is (width, height) in pixels, None for sound only.
    """

    name: RecordedName
    began_at: float
    seconds: float
    size: int
    users: tuple[str, ...]
    sound: bool
    picture: tuple[int, int] | None
    video_bps: int
    audio_bps: int


@dataclass(frozen=True, slots=True)
class _Content:
    """What one file, or the parts of one that is split, holds."""

    began_at: float
    seconds: float
    users: tuple[str, ...]
    picture: tuple[int, int] | None
    video_bps: int
    audio_bps: int
    user: str | None = None
    track: Track | None = None
    media: Media | None = None

    def only(self, *, picture: bool = True, sound: bool = True) -> _Content | None:
        """The content without one of its media; None where nothing is left."""
        picture, sound = picture and self.picture is not None, sound and self.audio_bps > 0
        if not picture and not sound:
            return None
        return replace(
            self,
            picture=self.picture if picture else None,
            video_bps=self.video_bps if picture else 0,
            audio_bps=self.audio_bps if sound else 0,
        )


def recorded_files(recipe: Recipe, take: Take, room: Room, naming: Naming) -> tuple[SimulatedFile, ...]:
    """The files of a take that has ended, or those it would leave if it ended now."""
    contents = _mixed(recipe.kind, recipe, take) if isinstance(recipe.kind, Mix) else _singles(take)
    return tuple(
        file
        for content in contents
        for form in recipe.formats
        for part in _forms(content, form, recipe.kind)
        for file in _split(part, form, recipe, room, naming)
    )


def _mixed(mix: Mix, recipe: Recipe, take: Take) -> Iterator[_Content]:
    streams = [stream for span in take.spans for stream in span.streams]
    if not streams:
        return  # nobody ever sent anything: there is nothing to upload
    end = take.spans[-1].end if take.ended_at is None else take.ended_at
    seen = any(stream.size for stream in streams)
    yield _Content(
        take.started_at,
        end - take.started_at,
        tuple(dict.fromkeys(stream.user for stream in streams)),
        (mix.width, mix.height) if seen else None,
        mix.video_bps if seen else 0,
        mix.audio_bps if recipe.audio else 0,
    )


def _singles(take: Take) -> Iterator[_Content]:
    sent: dict[tuple[str, Track], list[tuple[float, float, SceneStream]]] = {}
    for span in take.spans:
        for stream in span.streams:
            sent.setdefault((stream.user, stream.track), []).append((span.start, span.end, stream))
    for (user, track), parts in sent.items():
        sizes = [stream.size for _, _, stream in parts if stream.size]
        picture = max(sizes, key=math.prod) if sizes else None
        yield _Content(
            parts[0][0],
            sum(end - start for start, end, _ in parts),
            (user,),
            picture,
            round(math.prod(picture) * _BITS_PER_PIXEL_SECOND) if picture else 0,
            _AUDIO_BPS if any(stream.audio for _, _, stream in parts) else 0,
            user,
            track,
        )


def _forms(content: _Content, form: Format, kind: Mix | SingleRecipe) -> Iterator[tuple[_Content, Media | None]]:
    """What one format makes of the content: aac keeps the sound, single-stream HLS parts sound from picture."""
    if form == "aac":
        parts: list[tuple[_Content | None, Media | None]] = [(content.only(picture=False), None)]
    elif form == "hls" and isinstance(kind, SingleRecipe):
        both = content.picture is not None and content.audio_bps > 0
        if kind.merge and both:
            parts = [(content, "audiovideo")]
        else:
            parts = [(content.only(picture=False), "audio"), (content.only(sound=False), "video")]
    else:
        parts = [(content, None)]
    for part, media in parts:
        if part is not None:
            yield part, media


def _split(
    part: tuple[_Content, Media | None], form: Format, recipe: Recipe, room: Room, naming: Naming
) -> Iterator[SimulatedFile]:
    content, media = part
    bps = content.video_bps + content.audio_bps
    longest = content.seconds if form == "hls" else min(recipe.file_seconds, LARGEST_FILE * 8 / bps)
    count = max(1, math.ceil(content.seconds / longest - 1e-6))  # epoch seconds add up only up to rounding
    for index in range(count):
        seconds = min(longest, content.seconds - index * longest)
        numbered = form != "hls" and (count > 1 or naming.always_indexed)
        yield SimulatedFile(
            name=RecordedName(
                room.sdk_app_id,
                room.room_id,
                room.numbered,
                _EXTENSIONS[form],
                content.user,
                content.track,
                media,
                index=index + 1 if numbered else None,
                prefix=recipe.prefix if recipe.storage.vendor == "vod" else None,
                separator=naming.separator if content.user is not None else "_",
            ),
            began_at=content.began_at + index * longest,
            seconds=seconds,
            size=round(seconds * bps / 8),
            users=content.users,
            sound=content.audio_bps > 0,
            picture=content.picture,
            video_bps=content.video_bps,
            audio_bps=content.audio_bps,
        )
