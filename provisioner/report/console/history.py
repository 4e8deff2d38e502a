"""What a journal and the observations tell: runs with their writes, and who confirmed what. Alike things stand once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.recording.paths import short
from provisioner.report.text.columns import hanging
from provisioner.report.text.style import Style, plain
from provisioner.specs.documents.observation import Observation

_ALIKE = 4
"""From how many applications on what is alike of them stands once."""

_NAMES = 4


def render_run(events: Sequence[JournalEntry], style: Style = plain, *, verbose: bool = False) -> Iterator[str]:
    """One run, from its begin to its end; `verbose` lists every application."""
    begin = events[0].details
    ended = events[-1].event == "end"
    unfinished = "" if ended else style("  (did not finish: run apply again)", "warning")
    head = f"{events[0].at}  {begin.get('who')} with {begin.get('engine')} on the {begin.get('console')}"
    yield style(printable(head), "title") + unfinished
    groups = _grouped((entry for entry in events if _content(entry) is not None), _content)
    for entry in events:
        key = _content(entry)
        group = groups.get(key, [entry])
        if verbose or key is None or len(group) < _ALIKE:
            yield from _line(entry, style)
        elif entry is group[0 if entry.event == "write" else -1]:  # what came of writes stands below all of them
            yield from _block(group, style)


def render_confirmations(seen: Iterable[Observation], style: Style = plain, *, verbose: bool = False) -> Iterator[str]:
    """Who confirmed what consoles show; `verbose` lists every application."""
    groups = _grouped(seen, lambda one: (one.who, one.when.date(), one.expires.date(), one.capture))
    for group in groups.values():
        if verbose or len(group) < _ALIKE:
            for one in group:
                until = f"it counts until {timestamp(one.expires)}"
                by = f"{timestamp(one.when)}  {printable(one.who)} {style('confirmed', 'good')}"
                yield f"{by} {printable(one.name)}; {until}"
            continue
        first = min(group, key=lambda one: one.expires)
        whose = _names([one.name for one in group])
        by = f"{timestamp(group[0].when)}  {printable(first.who)} {style('confirmed', 'good')}"
        yield f"{by} {len(group):,} applications; the first counts until {timestamp(first.expires)}"
        yield from hanging("    ", whose)


Thing = TypeVar("Thing")


def _grouped(things: Iterable[Thing], key: Any) -> dict[Hashable, list[Thing]]:
    groups: dict[Hashable, list[Thing]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def _content(entry: JournalEntry) -> Hashable | None:
    """What an entry says but for whose it is; None where it stands for itself."""
    if entry.event == "write":
        return "write", tuple((c["path"], str(c["before"]), str(c["after"])) for c in entry.details["changes"])
    if entry.event == "applied":
        return ("applied",)
    if entry.event == "failed":
        return "failed", str(entry.details["reason"])
    return None


def _block(group: Sequence[JournalEntry], style: Style) -> Iterator[str]:
    entry = group[0]
    of = f"{len(group):,} applications"
    whose = _names([str(one.details.get("name")) for one in group])
    if entry.event == "write":
        yield from hanging("    ", f"{of}: {whose}")
        yield from (f"      {line}" for line in _changes(entry))
    elif entry.event == "applied":
        latest = max(str(one.details["effectiveAfter"]) for one in group)
        yield f"    {of} {style('applied', 'good')}; the last takes effect after {printable(latest)}"
    else:
        yield f"    {of} {style('failed', 'danger')}: {printable(entry.details['reason'])}"
        yield from hanging("      ", whose)


def _names(names: Sequence[str]) -> str:
    left = len(names) - _NAMES
    return printable(", ".join(names[:_NAMES])) + (f" and {left:,} more (--verbose lists them)" if left > 0 else "")


def _line(entry: JournalEntry, style: Style) -> Iterator[str]:
    name = printable(f"{entry.details.get('name')} {entry.details.get('sdkAppId')}")
    if entry.event == "write":
        yield from (f"    {name}  {line}" for line in _changes(entry))
    elif entry.event == "applied":
        effect = f"takes effect for rooms created after {entry.details['effectiveAfter']}"
        yield f"    {name}  {style('applied', 'good')}, {effect}"
    elif entry.event == "webhook":
        yield f"    {name}  webhook of calls: {printable(str(entry.details.get('url')))}"
    elif entry.event == "failed":
        yield f"    {name}  {style('failed', 'danger')}: {printable(entry.details['reason'])}"


def _changes(entry: JournalEntry) -> Iterator[str]:
    for change in entry.details["changes"]:
        yield f"{short(change['path'])}: {_value(change['before'])} -> {_value(change['after'])}"


def _value(value: Any) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, list):
        return printable(f"[{', '.join(map(str, value))}]")
    return printable(str(value).lower() if isinstance(value, bool) else str(value))
