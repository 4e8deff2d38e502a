"""What a room's files say of its calls: parts that are missing, and what was recorded twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, islice, pairwise
from typing import Literal

from provisioner.archive.files.recorded import RecordedFile, RoomType
from provisioner.recording.file_names import RecordedName

GapKind = Literal["missing-part", "missing-playlist"]
DuplicateKind = Literal["duplicate-part", "two-formats", "two-recordings"]


@dataclass(frozen=True, slots=True)
class CallFinding:
    """One thing to look at. `keys` are files that it is about, one for each part of it; never all of a long call."""

    kind: GapKind | DuplicateKind
    sdk_app_id: int
    room: str
    room_type: RoomType
    tasks: tuple[str, ...]
    message: str
    keys: tuple[str, ...]

    @property
    def gap(self) -> bool:
        """Whether something is missing; else something is there twice."""
        return self.kind.startswith("missing")


StreamKey = tuple[str | None, str | None]
"""(user, track); (None, None) is the mixed stream."""


@dataclass(slots=True)
class _Series:
    """Files of one stream that differ only in their part: `parts` counts each index, None where a file has none."""

    extension: str
    key: str
    parts: Counter[int | None] = field(default_factory=Counter)
    seconds: float = 0.0


@dataclass(slots=True)
class _Call:
    """What one task recorded. Which files belong to one call, only the task says."""

    task: str
    streams: dict[StreamKey, dict[tuple[str | None, ...], _Series]] = field(default_factory=dict)
    began: datetime | None = None
    ended: datetime | None = None

    def add(self, file: RecordedFile, name: RecordedName) -> None:
        same = (name.extension, name.media, str(name.failover), name.prefix)
        series = self.streams.setdefault((name.user, name.track), {}).setdefault(
            same, _Series(name.extension, file.key)
        )
        series.parts[name.index if name.extension != "ts" else None] += 1
        series.seconds += file.seconds or 0.0
        self.ended = max(filter(None, (self.ended, file.created)), default=None)
        self.began = min(filter(None, (self.began, name.started)), default=None)

    def span(self) -> tuple[datetime, datetime] | None:
        """From when to when it recorded, as far as files tell: by their length, or by the times of segments."""
        longest = max((series.seconds for found in self.streams.values() for series in found.values()), default=0)
        if self.ended is None or not (longest or self.began):
            return None
        return self.began or self.ended - timedelta(seconds=longest), self.ended


def call_findings(files: Iterable[RecordedFile]) -> Iterator[CallFinding]:
    """Gaps and duplicates of files that come room by room, as a spool hands them out; unrecognized ones are skipped.

    Files whose task nobody tells are not judged: the calls of a room cannot be told apart without.
    """
    named = ((file, file.name) for file in files if file.name is not None and file.task)
    for (app, room, _), alike in groupby(named, key=lambda pair: (pair[1].sdk_app_id, pair[1].room, pair[1].numbered)):
        calls: dict[str, _Call] = {}
        room_type: RoomType = "either"
        for file, name in alike:
            task, room_type = file.task or "", file.room_type or room_type
            calls.setdefault(task, _Call(task)).add(file, name)
        for kind, tasks, message, keys in _judged(list(calls.values())):
            yield CallFinding(kind, app, room, room_type, tasks, message, keys)


_Judgement = tuple[GapKind | DuplicateKind, tuple[str, ...], str, tuple[str, ...]]


def _judged(calls: list[_Call]) -> Iterator[_Judgement]:
    for call in calls:
        for found in call.streams.values():
            for kind, message, keys in _of_stream(found.values()):
                yield kind, (call.task,), message, keys
    yield from _overlaps(calls)


def _of_stream(found: Iterable[_Series]) -> Iterator[tuple[GapKind | DuplicateKind, str, tuple[str, ...]]]:
    found = list(found)
    for series in found:
        there = sorted(part for part in series.parts if part is not None)
        if there and (count := there[-1] - len(there)):
            yield "missing-part", f"{_parts(_missing(there), count)} missing, {there[-1]} is there", (series.key,)
        if series.extension != "ts" and (twice := [part for part, times in series.parts.items() if times > 1]):
            numbers = sorted(part for part in twice if part)
            which = _parts(numbers, len(numbers)) if numbers else "the same file is"
            yield "duplicate-part", f"{which} there {max(series.parts.values())} times", (series.key,)
    first = {series.extension: series.key for series in reversed(found)}
    if "ts" in first and "m3u8" not in first:
        yield "missing-playlist", "segments without a playlist: not finished yet, or it is lost", (first["ts"],)
    forms = sorted(first.keys() - {"ts"})
    if len(forms) > 1:
        yield "two-formats", f"{' and '.join(forms)} of one call: each is charged", tuple(first[form] for form in forms)


def _missing(there: list[int]) -> Iterator[int]:
    """The indexes between 1 and the last that are not there: a name may say that there are a billion."""
    return (part for before, after in pairwise([0, *there]) for part in range(before + 1, after))


def _parts(numbers: Iterable[int], count: int) -> str:
    """`part 3 is`, `parts 3, 5 are`; the first few of many."""
    shown = ", ".join(map(str, islice(numbers, _FEW)))
    more = f" and {count - _FEW:,} more" if count > _FEW else ""
    return f"part {shown} is" if count == 1 else f"parts {shown}{more} are"


_FEW = 5


def _overlaps(calls: list[_Call]) -> Iterator[_Judgement]:
    """Tasks that recorded the same stream at the same time, such as an automatic and a manual one.

    Half of the shorter one must coincide: a file is stored some time after its end, so calls that follow each other
    closely may seem to touch.
    """
    timed = sorted(((*reach, call) for call in calls if (reach := call.span())), key=lambda entry: entry[:2])
    last: dict[StreamKey, tuple[datetime, datetime, _Call]] = {}
    for began, ended, call in timed:
        told: set[str] = set()
        for stream, found in call.streams.items():
            if stream in last:
                earlier, until, other = last[stream]
                both = min(until, ended) - began
                shorter = min(until - earlier, ended - began)
                if both > timedelta() and 2 * both >= shorter and other.task not in told:
                    told.add(other.task)
                    keys = tuple(next(iter(some.values())).key for some in (other.streams[stream], found))
                    yield "two-recordings", (other.task, call.task), _TWICE, keys
            if stream not in last or ended > last[stream][1]:
                last[stream] = (began, ended, call)


_TWICE = "recorded twice at once (automatic and manual?): two fees"
