"""What was seen of one application's recordings since a change to it holds: files, busy rooms, recorders, minutes.

Folds over any number of files and callbacks: what is kept is counts, and the first few of each kind as facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from provisioner.archive.evidence.room_callbacks import CallbackFacts, RoomCallbacks
from provisioner.archive.evidence.verdicts import Fact, SeenFacts
from provisioner.archive.files.calls import CallFinding
from provisioner.archive.files.recorded import RecordedFile
from provisioner.archive.minutes.usage import Usage
from provisioner.archive.unknown import Unknown
from provisioner.recording.quantities import Quantity

_LENGTH_UNKNOWN = timedelta(days=1)
"""How long a file may be of which nobody tells it: the longest that a recording can be set to."""

_TOLD_IN = timedelta(seconds=1)
"""Storages tell times and lengths in whole seconds."""


@dataclass(slots=True)
class FileFacts:
    """Files of calls that began since then; `earlier` counts calls that began before."""

    calls: SeenFacts = field(default_factory=SeenFacts)
    formats: dict[str, SeenFacts] = field(default_factory=dict)
    kinds: dict[str, SeenFacts] = field(default_factory=dict)
    limit: float | None = None
    """Seconds that a file may have."""

    split: SeenFacts = field(default_factory=SeenFacts)
    too_long: SeenFacts = field(default_factory=SeenFacts)
    longest: float | None = None
    kept: dict[timedelta, SeenFacts] = field(default_factory=dict)
    """By how long after it was stored a file goes, rounded to hours."""

    twice: SeenFacts = field(default_factory=SeenFacts)
    earlier: int = 0
    missing: Unknown | None = None
    """Why not all files were seen."""

    def add(self, call: Sequence[RecordedFile], busy: Iterable[RoomCallbacks]) -> None:
        """Take in one call's files, in order of their parts; of `busy` rooms those that they are of left a file."""
        self.calls.add(_fact(call[0]))
        for file in call:
            self._file(file)
        for room in busy:
            room.filed = room.filed or _of_room(call, room)

    def _file(self, file: RecordedFile) -> None:
        name, fact = file.name, _fact(file)
        assert name is not None
        form = "hls" if name.extension in ("m3u8", "ts") else name.extension
        self.formats.setdefault(form, SeenFacts()).add(fact)
        self.kinds.setdefault(str(file.kind), SeenFacts()).add(fact)
        if name.index is not None and name.index > 1:
            self.split.add(fact)
        if file.seconds is not None and form != "hls":
            self.longest = max(self.longest or 0, file.seconds)
            if self.limit is not None and file.seconds > self.limit:
                self.too_long.add(fact)
        if file.expires is not None and file.created is not None:
            hours = round((file.expires - file.created) / timedelta(hours=1))
            self.kept.setdefault(timedelta(hours=hours), SeenFacts()).add(fact)


def calls(files: Iterable[RecordedFile], since: Mapping[int, datetime]) -> Iterator[tuple[bool, list[RecordedFile]]]:
    """Calls of files that come room by room and call by call, and whether each began since its application's moment.

    A call that began before was recorded by what held then, all its later parts included. Unrecognized names and empty
    files are no calls.
    """
    named = (file for file in files if file.name is not None and file.size != 0 and file.sdk_app_id in since)
    for (app, *_), alike in groupby(named, key=_call):
        call = list(alike)
        began = _began(call)
        yield began is not None and began >= since[app] - _TOLD_IN, call


def _call(file: RecordedFile) -> tuple[int, str | None, str | None, str]:
    """Which call a file belongs to: its task's, or its own where nobody tells the task."""
    return int(file.sdk_app_id or 0), file.room, file.room_type, file.task or file.file_id or file.key


def _began(call: Iterable[RecordedFile]) -> datetime | None:
    """When a call's recording began; None where its first part is not there to say so."""
    first = [file for file in call if file.name is not None and (file.name.index or 1) == 1]
    return min(filter(None, map(_file_began, first)), default=None)


def _of_room(call: Sequence[RecordedFile], room: RoomCallbacks) -> bool:
    """Whether a call's files may be this room's: not one that had the id before, or has it since."""
    stored = max((file.created for file in call if file.created), default=None)
    if room.created is None or stored is None:
        return True
    began = _began(call)
    return stored >= room.created - _TOLD_IN and not (began and room.dismissed and began > room.dismissed + _TOLD_IN)


def _file_began(file: RecordedFile) -> datetime | None:
    if file.name is not None and file.name.started is not None:
        return file.name.started
    if file.created is None:
        return None
    return file.created - (_LENGTH_UNKNOWN if file.seconds is None else timedelta(seconds=file.seconds))


def _fact(file: RecordedFile) -> Fact:
    when = f"{file.created:%Y-%m-%d %H:%M}Z" if file.created else ""
    return Fact("file", file.key, when)


def remarked(facts: Mapping[int, FileFacts], found: Iterable[CallFinding]) -> None:
    """Take in which calls were recorded twice."""
    for remark in found:
        if remark.kind == "two-recordings" and remark.sdk_app_id in facts:
            detail = f"and {remark.keys[1]}, of room {remark.room}" if len(remark.keys) > 1 else ""
            facts[remark.sdk_app_id].twice.add(Fact("file", remark.keys[0], detail))


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was seen of one application since `since`; `silent` are busy rooms that no callback calls recorded.

    `usage` holds whole days only, and is None where there has been none.
    """

    since: datetime
    files: FileFacts
    callbacks: CallbackFacts
    usage: Usage | None
    silent: tuple[RoomCallbacks, ...] = ()


def lasting(quantity: object) -> timedelta | None:
    """A duration of the spec; None for none, or for ever."""
    if isinstance(quantity, Quantity) and quantity.amount is not None:
        return timedelta(seconds=quantity.amount)
    return None
