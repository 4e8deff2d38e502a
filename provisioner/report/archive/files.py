"""Recorded files as text, one line at a time, because an account may hold any number of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from provisioner.archive.files.calls import CallFinding, call_findings
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.report.archive.listing import FileListing, Totals
from provisioner.report.text.amounts import clock, size
from provisioner.report.text.columns import room as width_of
from provisioner.report.text.style import Style, plain

_WIDTH = 80
_WHO = 12
_FOR_EVER = 9999
"""The year in which VOD says that a file goes that it keeps for ever."""

_MOST_OF_A_KIND = 20
"""How many gaps and duplicates of one kind are shown: two declared formats make one for every call."""


def render_files(listing: FileListing, style: Style = plain) -> Iterator[str]:
    """The lines of a text: rooms with their files, gaps and duplicates, unrecognized names, totals."""
    yield style(printable(f"{listing.address}: files in {listing.where}"), "title")
    if narrowed := _narrowed(listing.query):
        yield printable(narrowed)
    yield ""
    totals = Totals()
    for unrecognized, some in groupby(map(totals.count, listing.files()), key=lambda file: file.unrecognized):
        if not unrecognized:
            yield from _rooms(some, style)
            yield from _findings(listing, totals, style)
            continue
        yield style("Unrecognized: the recorder does not name files like these", "title")
        for file in some:
            yield from _row(file)
        yield ""
    if listing.broken:
        yield style(f"INCOMPLETE: not listed are {listing.broken.missing}.", "danger")
    yield from (style(f"{listing.address}: {words}.", "title") for words in totals.words())
    if listing.says:
        yield style(printable(listing.says), "warning")


def _narrowed(query: Query) -> str:
    since, until = (None if moment is None else timestamp(moment) for moment in (query.since, query.until))
    times = f"created {since or '…'} to {until or 'now'}" if since or until else ""
    words = (times, query.kind or "", *(f"{n} {v}" for n, v in (("room", query.room), ("user", query.user)) if v))
    told = ", ".join(filter(None, words))
    return f"only: {told}" if told else ""


_HEAD = f"  {'stored (UTC)':<16}  {'who':<12}  {'length':>8}  {'size':>8}  name"


def _rooms(files: Iterable[RecordedFile], style: Style) -> Iterator[str]:
    yield style(_HEAD, "quiet")
    for heading, some in groupby(files, key=_heading):
        yield style(printable(heading), "title")
        for _, alike in groupby(some, key=_same_segments):
            yield from _folded(alike)
        yield ""


def _heading(file: RecordedFile) -> str:
    """`room 1234`, `room "lobby"`: a number, or a string."""
    name = file.readings[0]
    shown = f"room {name.room}" if name.numbered else f'room "{name.room}"'
    return shown + (f' (or "{file.readings[1].room}" in base64)' if len(file.readings) > 1 else "")


def _same_segments(file: RecordedFile) -> object:
    """Segments of one stream are shown together; every other file by itself."""
    name = file.name
    if name and name.extension == "ts":
        return file.task, name.user, name.track, name.media
    return file.task, file.file_id, file.key


def _folded(alike: Iterable[RecordedFile]) -> Iterator[str]:
    """One file, or the segments of a stream as if they were one."""
    alike = iter(alike)
    first = next(alike)
    more, total = 0, first.size or 0
    for file in alike:
        more, total = more + 1, total + (file.size or 0)
    yield from _row(replace(first, size=total) if more else first)
    if more:
        yield f"      and {more:,} segments more"


def _row(file: RecordedFile) -> Iterator[str]:
    """When, who, how long, how large; the name beside it where it fits, else below; then id, expiry and address.

    None of them is cut, and two files of one name have different ids.
    """
    who = printable(who_is_in(file))
    when = "" if file.created is None else f"{file.created:%Y-%m-%d %H:%M}"
    length = "" if file.seconds is None else clock(round(file.seconds))
    amount = "" if file.size is None else size(file.size)
    row = f"  {when:<16}  {who}{' ' * (_WHO - width_of(who))}  {length:>8}  {amount:>8}"
    shown = printable(file.key)
    if width_of(row) + 2 + width_of(shown) <= _WIDTH:
        yield f"{row}  {shown}"
    else:
        yield from (row.rstrip(), f"      {shown}")
    if told := ", ".join(filter(None, (file.file_id and f"FileId {file.file_id}", kept(file)))):
        yield f"      {printable(told)}"
    if file.file_id and file.address:  # a bucket's is its name and the key
        yield f"      {printable(file.address)}"


def who_is_in(file: RecordedFile) -> str:
    """Whose streams a file holds, as far as name and storage tell. A mix may have left somebody out."""
    if file.name is None:
        return ""
    if file.name.user is not None:
        return file.name.user + (" (aux)" if file.name.track == "aux" else "")
    named = ", ".join(file.users)
    return "mixed" if not named else named if width_of(named) <= _WHO else f"{len(file.users)} users"


def kept(file: RecordedFile) -> str:
    """Until when a file is kept; empty where its storage does not tell."""
    if file.expires is None:
        return ""
    return "kept for ever" if file.expires.year == _FOR_EVER else f"kept until {file.expires:%Y-%m-%d %H:%M}Z"


def _findings(listing: FileListing, totals: Totals, style: Style) -> Iterator[str]:
    """Gaps and duplicates, the first of each kind."""
    told: Counter[str] = Counter()
    for finding in map(totals.note, call_findings(listing.files())):
        if not told:
            yield style("Gaps and duplicates", "title")
            if listing.query.since or listing.query.until:
                yield style("  (what seems to be missing may lie outside --since and --until)", "quiet")
        told[finding.kind] += 1
        if told[finding.kind] <= _MOST_OF_A_KIND:
            room = finding.room if finding.room_type != "string" else f'"{finding.room}"'
            yield style(printable(f"  room {room}: {finding.message}"), "warning" if finding.gap else "change")
            yield from (f"      {printable(key)}" for key in _examples(finding))
    for kind, count in told.items():
        if count > _MOST_OF_A_KIND:
            yield f"  … and {count - _MOST_OF_A_KIND:,} more {kind}; --format json has all"
    if told:
        yield ""


def _examples(finding: CallFinding) -> Iterable[str]:
    """Files of different tasks may have one name."""
    if len(finding.tasks) == 1:
        return finding.keys
    return (f"{key} of task {task}" for key, task in zip(finding.keys, finding.tasks, strict=True))
