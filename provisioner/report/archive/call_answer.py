"""One call, answered in ten lines: was it recorded, by what, where it is, who is in it, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provisioner.archive.coverage.room_coverage import CoverageVerdict, RoomCoverage
from provisioner.archive.files.calls import call_findings
from provisioner.archive.files.recorded import RecordedFile
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.report.archive.coverage_data import room_document
from provisioner.report.archive.files import kept
from provisioner.report.archive.files_data import file_document
from provisioner.report.text.amounts import clock, counted, size
from provisioner.report.text.columns import hanging
from provisioner.report.text.style import Style, plain

_ROLES = {CoverageVerdict.RECORDED: "good", CoverageVerdict.NOT_RECORDED: "danger", CoverageVerdict.PARTLY: "danger"}
_SOURCES = {"list": "listed", "callbacks": "by callbacks", "call record": "by call record"}
_MOST_FILES = 3
_MOST_USERS = 10


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What is known of one call. `room` is None where nobody knows of one; `why` says what could not be asked."""

    address: str
    name: str
    source: str
    room: RoomCoverage | None
    template: str = ""
    how: str = ""
    why: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        """0 recorded, 2 not, or not as a whole, 4 unknown."""
        if self.room is None or self.room.verdict in (CoverageVerdict.UNKNOWN, CoverageVerdict.NOT_YET):
            return 4
        return 0 if self.room.verdict is CoverageVerdict.RECORDED else 2


def render_call(answer: CallAnswer, style: Style = plain) -> str:
    """The answer as text."""
    return "\n".join(_lines(answer, style)) + "\n"


def _lines(answer: CallAnswer, style: Style) -> Iterator[str]:
    head = f"{answer.address}, room {answer.name}"
    if answer.room is None:
        yield style(printable(f"{head}: UNKNOWN: nobody here knows of such a room"), "warning")
        yield from (printable(f"  {why}") for why in answer.why)
        return
    room = answer.room
    word = room.verdict.words.upper()
    reason = "" if room.kind == "recorded" else f": {room.reason}"
    first, *rest = hanging("", printable(f"{head}: {word}{reason}"))
    yield from (style(line, _ROLES.get(room.verdict, "warning")) for line in (first, *(f"    {line}" for line in rest)))
    yield from _line("room", f"{_span(room)}, {_SOURCES[room.source]}")
    yield from _line("asked", answer.source)
    yield from _line("template", f"{answer.template or 'not known'} by the specs: {answer.how}")
    yield from _files(room)
    yield from _people(room)
    gaps = [finding.message for finding in call_findings(room.files) if finding.gap]
    if room.files:
        yield from _line("gaps", "; ".join(gaps) or "none between its files")
    for why in answer.why:
        yield from _line("not known", why)


def _line(label: str, words: str) -> Iterator[str]:
    yield from hanging(f"  {label:<10} ", printable(words))


def _span(room: RoomCoverage) -> str:
    if room.ended is None:
        return f"from {timestamp(room.created)} on"
    lasted = clock(round((room.ended - room.created).total_seconds()))
    return f"{timestamp(room.created)} to {timestamp(room.ended)} ({lasted})"


def _files(room: RoomCoverage) -> Iterator[str]:
    if not room.file_count:
        started = f"; {counted(room.recorders, 'recorder')} started" if room.recorders else ""
        yield from _line("files", f"none{started}")
        return
    length = "" if room.seconds is None else f", {clock(round(room.seconds))} to play"
    yield from _line("files", f"{room.file_count:,}{length}")
    for file in room.files[:_MOST_FILES]:
        yield from _line("", _file(file))
        if file.address:
            yield from _line("", file.address)
    if room.file_count > _MOST_FILES:
        yield from _line("", f"and {room.file_count - _MOST_FILES:,} more: provisioner files --room, or --format json")


def _file(file: RecordedFile) -> str:
    told = (
        file.key,
        f"FileId {file.file_id}" if file.file_id else "",
        "" if file.seconds is None else clock(round(file.seconds)),
        "" if file.size is None else size(file.size),
        kept(file),
    )
    return ", ".join(filter(None, told))


def _people(room: RoomCoverage) -> Iterator[str]:
    inside = list(dict.fromkeys(user for file in room.files for user in _users(file)))
    if inside:
        yield from _line("in it", _few(inside))
    elif room.files:
        yield from _line("in it", "not known: the storage does not tell who is in a mix")
    if room.missing:
        yield from _line("not in it", _few(list(room.missing)))
    elif inside:
        told = "nobody who sent" if room.senders else "not known: the callbacks of streams are not collected"
        yield from _line("not in it", told)


def _users(file: RecordedFile) -> Iterator[str]:
    if file.name is not None and file.name.user is not None:
        yield file.name.user
    yield from file.users


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_USERS:,} more" if len(names) > _MOST_USERS else ""
    return ", ".join(names[:_MOST_USERS]) + more


def call_document(answer: CallAnswer) -> dict[str, Any]:
    """The answer as JSON; `recorded` is true, false, or null where nobody knows."""
    recorded = {0: True, 2: False, 4: None}[answer.code]
    room = answer.room
    return {
        "callVersion": 1,
        "address": answer.address,
        "room": answer.name,
        "source": answer.source,
        "recorded": recorded,
        "template": answer.template or None,
        "templateKnownBy": answer.how or None,
        "call": None if room is None else room_document(room),
        "files": [] if room is None else [file_document(file) for file in room.files],
        "gaps": [] if room is None else [finding.message for finding in call_findings(room.files) if finding.gap],
        "notKnown": list(answer.why),
    }
