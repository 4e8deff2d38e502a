"""The sheet to type, and what was learned from captures: as text and as JSON. No value of a capture is ever shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from provisioner.console.grade import Grade
from provisioner.console.learning.learner import Lesson, Open
from provisioner.console.learning.sheet import APPLICATION, Round
from provisioner.console.learning.study import Study
from provisioner.foundation.text_safety import printable
from provisioner.recording.paths import short
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import Value, canonical, text
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain

_BEFORE = (
    f"Create a test application called {APPLICATION}; leave its recording off.",
    "Never type this into an application that people use.",
    "Open the developer tools (F12), Network, and tick Preserve log.",
    "Open the list of applications, with few rows a page, and its second page.",
    "Open the test application, and reload its page once before you type.",
)
_AFTER = (
    "A round is one save and one reload. Fields that a round does not name are left",
    "empty. Where the page counts otherwise, type the same amount: 47m is 2820 s.",
    "Where it offers no such value, take another and say so: --typed 3:PATH=VALUE.",
    "Where it saves recording and template apart, save the template first.",
    "At the end, Export HAR, and:",
    "  provisioner console learn FILE.har --into bindings/ours.yaml",
)


def render_sheet(sheet: Sequence[Round], style: Style = plain) -> str:
    """What to type, round by round."""
    lines = [style("Before", "title"), *(f"  {number}. {line}" for number, line in enumerate(_BEFORE, 1)), ""]
    lines += [f"  {line}" for line in _AFTER]
    for one in sheet:
        lines += ["", style(f"Round {one.number}: {one.about}", "title")]
        rows = [
            (f"[ ] {short(path).removesuffix('Ref')}", _told(one.values[path]))
            for path in CONSOLE_WIRE
            if path in one.values
        ]
        lines += [f"  {row}" for row in aligned(rows)]
        lines.append("  [ ] save, reload")
    return "".join(f"{line}\n" for line in lines)


def _told(value: Value) -> str:
    """A value, and its amount in base units where that is what a page may ask for."""
    words = text(value)
    if isinstance(value, Quantity) and value.amount is not None:
        base = f"{value.amount} {next(iter(value.dimension.units))}"
        return words if base.replace(" ", "") == words else f"{words}  ({base})"
    return words


def sheet_document(sheet: Sequence[Round]) -> dict[str, Any]:
    """The sheet for programs."""
    return {
        "application": APPLICATION,
        "rounds": [
            {"round": one.number, "about": one.about, "values": {at: canonical(v) for at, v in one.values.items()}}
            for one in sheet
        ],
    }


def render_lesson(study: Study, written: Path | None, style: Style = plain) -> str:
    """What was read, what was learned and on what it rests, what is open."""
    lesson = study.lesson
    lines = list(_files(study))
    if lesson.rounds:
        lines.append(f"rounds of the sheet found: {', '.join(map(str, lesson.rounds))}")
    if lesson.evidence:
        lines += ["", style("Observed: how many exchanges agree, in which rounds, and where to look", "title")]
        rows = [
            (_entry(one.entry), f"{one.exchanges} in rounds {_spans(one.rounds)}", one.where) for one in lesson.evidence
        ]
        for line, (_, _, where) in zip(aligned([row[:2] for row in rows]), rows, strict=True):
            lines += [printable(line), *(style(f"    {printable(place)}", "quiet") for place in where)]
    for title, many, role in (
        ("Contradicts what was observed before (nothing was changed)", lesson.contradictions, "danger"),
        ("Open", lesson.open, "warning"),
    ):
        if many:
            lines += ["", style(title, role), *_open(many)]
    observed, total = counted(lesson)
    lines += ["", style(f"{observed} of {total} fields observed.", "title")]
    if written:
        lines += [
            f"Written: {printable(str(written))}. Name it in console.binding; `provisioner doctor ENV` then",
            "tells which of it the public API answers with an ordinary key: the page has a",
            "gateway of its own.",
        ]
    return "".join(f"{line}\n" for line in lines)


def _spans(numbers: Sequence[int]) -> str:
    """Rounds as people write them, such as 1-4, 7."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(f"{span[0]}-{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans)


def _files(study: Study) -> Iterator[str]:
    for capture, calls in zip(study.captures, study.calls, strict=True):
        more = [f"{capture.passed_over} too large"] if capture.passed_over else []
        more += [f"{capture.broken} broken"] if capture.broken else []
        more += [f"{capture.unreadable} calls without an answer that can be read"] if capture.unreadable else []
        more += capture.notes
        told = f" ({'; '.join(more)})" if more else ""
        yield f"{printable(capture.name)}: {len(calls)} API calls in {capture.entries} entries{told}"


def _entry(entry: str) -> str:
    return short(entry.removeprefix("field:")) if entry.startswith("field:") else entry


def _open(many: Sequence[Open]) -> Iterator[str]:
    """Entries with the same reason and advice together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in many:
        groups.setdefault((one.why, one.next), []).append(_entry(one.entry))
    for (why, advice), entries in groups.items():
        yield f"  {printable(', '.join(entries))}: {printable(why)}."
        yield f"    {printable(advice)}"


def counted(lesson: Lesson) -> tuple[int, int]:
    """How many fields are observed, and how many there are."""
    fields = lesson.binding["fields"].values()
    return sum(entry["grade"] == Grade.OBSERVED.value for entry in fields), len(CONSOLE_WIRE)


def lesson_document(study: Study, written: Path | None) -> dict[str, Any]:
    """The lesson for programs, the binding included."""
    lesson = study.lesson
    observed, total = counted(lesson)
    return {
        "captures": [
            {
                "file": capture.name,
                "digest": capture.digest,
                "entries": capture.entries,
                "calls": len(calls),
                "tooLarge": capture.passed_over,
                "broken": capture.broken,
                "unreadable": capture.unreadable,
                "notes": capture.notes,
            }
            for capture, calls in zip(study.captures, study.calls, strict=True)
        ],
        "rounds": list(lesson.rounds),
        "observed": [
            {"entry": one.entry, "exchanges": one.exchanges, "rounds": list(one.rounds), "seenAt": list(one.where)}
            for one in lesson.evidence
        ],
        "open": [_document(one) for one in lesson.open],
        "contradictions": [_document(one) for one in lesson.contradictions],
        "fields": {"observed": observed, "total": total},
        "binding": lesson.binding,
        "written": str(written) if written else None,
    }


def _document(one: Open) -> dict[str, str]:
    return {"entry": one.entry, "why": one.why, "next": one.next}
