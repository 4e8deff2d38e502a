"""In which times rooms of an application were created that nothing recorded, and why: journal, console, audit log.

The journal tells what this tool wrote and what it found before; the console what it shows now; CloudAudit who changed
it in between. What none of them tells is not guessed: a window may be open at its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from provisioner.archive.coverage.room_coverage import CoverageVerdict, ModeWindow
from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.console.port import Shown
from provisioner.foundation.clock import timestamp
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.recording.application import Application
from provisioner.recording.limits import EFFECT_WINDOW

MODE, ENABLED = "/recording/mode", "/recording/enabled"
_OFF = {MODE: "manual", ENABLED: "false"}
"""The value of each leaf by which no room is recorded by itself, as the journal writes it."""

_MEANT, _LOST = CoverageVerdict.NOT_MEANT, CoverageVerdict.NOT_RECORDED


@dataclass(frozen=True, slots=True)
class ModeChange:
    """One write of this tool to one of the leaves: when it was sent, from when on it holds, from what to what."""

    path: str
    at: datetime
    holds: datetime
    before: str
    after: str


def mode_changes(entries: Iterable[JournalEntry]) -> dict[int, list[ModeChange]]:
    """The writes to whether and how applications record, by SDKAppId, oldest first; what cannot be read is left out."""
    found: dict[int, list[ModeChange]] = {}
    for entry in entries:
        number, changes = entry.details.get("sdkAppId"), entry.details.get("changes")
        if entry.event != "write" or not isinstance(number, int) or not isinstance(changes, list):
            continue
        try:
            at = datetime.fromisoformat(entry.at).astimezone(UTC)
        except ValueError:
            continue
        for change in changes:
            if isinstance(change, dict) and change.get("path") in _OFF:
                before, after = str(change.get("before")).lower(), str(change.get("after")).lower()
                write = ModeChange(change["path"], at, at + EFFECT_WINDOW, before, after)
                found.setdefault(number, []).append(write)
    return found


def mode_windows(
    app: Application,
    changes: Sequence[ModeChange],
    shown: Mapping[str, Shown] | None,
    trail: AuditTrail | None = None,
    applied: datetime | None = None,
) -> tuple[ModeWindow, ...]:
    """Windows of one application that is to record by itself; `shown` is what its console shows now, None: unread.

    `applied` is from when on the console's last known change holds, whatever it was about.
    """
    if not app.automatic:
        return ()
    windows = [window for path in _OFF for window in _of_journal(path, [one for one in changes if one.path == path])]
    return (*windows, *_not_yet(changes), *_of_console(app, shown or {}, trail, applied))


def _of_journal(path: str, changes: Sequence[ModeChange]) -> Iterator[ModeWindow]:
    off, word = _OFF[path], "mode was manual" if path == MODE else "recording was not enabled"
    since: datetime | None = None
    ours = False
    for change in changes:
        if change.before == off and change.after != off:
            yield _turned_on(change, since, word, ours=ours)
        ours = change.after == off
        since = change.holds
    if ours and since is not None:
        yield ModeWindow(since, None, _MEANT, "mode-was-manual", f"{word} since {timestamp(since)} (journal)")


def _turned_on(change: ModeChange, since: datetime | None, word: str, *, ours: bool) -> ModeWindow:
    """The time before a write that turned recording on: also the minutes in which the write did not hold yet."""
    until = timestamp(change.holds)
    if ours:
        told = f"{word} from {timestamp(since)} to {until} (journal)" if since else f"{word} until {until} (journal)"
        return ModeWindow(since, change.at, _MEANT, "mode-was-manual", told)
    told = f"{word} until {until}, when what was written at {timestamp(change.at)} took effect (journal)"
    if since is not None:
        told += f"; somebody had changed it after {timestamp(since)}"
    return ModeWindow(since, change.holds, _LOST, "mode-was-manual", told)


def _of_console(
    app: Application, shown: Mapping[str, Shown], trail: AuditTrail | None, applied: datetime | None
) -> Iterator[ModeWindow]:
    """What the console shows now against the spec: nothing is recorded, since its last change at the latest."""
    mode, enabled = shown.get(MODE), shown.get(ENABLED)
    words = "recording is not enabled" if enabled is False else "mode is manual" if mode == "manual" else ""
    if not words:
        return
    kind = "mode-is-manual" if enabled is not False else "not-enabled"
    events = trail.of(app.sdk_app_id) if trail else ()
    if events and (event := events[0]).at is not None:
        told = (
            f"{words} in the console since {timestamp(event.at)}: {event.action} by {event.who or 'somebody'} (audit)"
        )
        holds = event.at + EFFECT_WINDOW
        yield ModeWindow(event.at, holds, _LOST, kind, told)
        yield ModeWindow(holds, None, _LOST, kind, told, certain=True)
        return
    if applied is not None:
        yield ModeWindow(
            applied, None, _LOST, kind, f"{words} in the console, after {timestamp(applied)}; since when is not known"
        )
        return
    yield ModeWindow(None, None, _LOST, kind, f"{words} in the console; since when nobody here knows")


def _not_yet(changes: Sequence[ModeChange]) -> Iterator[ModeWindow]:
    """A write that turned recording on holds for rooms created some minutes later."""
    for change in changes:
        if change.after != _OFF[change.path]:
            told = f"the change of {timestamp(change.at)} was not in force before {timestamp(change.holds)} (journal)"
            yield ModeWindow(change.at, change.holds, _LOST, "not-in-force", told)
