"""One room against what is known of it. Pure: the same records give the same verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from provisioner.archive.coverage.room_coverage import CoverageVerdict, ModeWindow, RoomCoverage
from provisioner.archive.coverage.room_sessions import RoomSession, sending
from provisioner.archive.evidence.callbacks import RECORDER_STARTED
from provisioner.archive.evidence.codes import RecorderOutcome
from provisioner.archive.evidence.room_callbacks import Storing, storing
from provisioner.archive.files.calls import call_findings
from provisioner.archive.files.recorded import RecordedFile
from provisioner.archive.minutes.usage_period import day_of
from provisioner.archive.unknown import Unknown
from provisioner.foundation.clock import timestamp
from provisioner.recording.application import Application
from provisioner.recording.manual import manual
from provisioner.recording.quantities import Quantity

SETTLED = timedelta(hours=1)
"""How long after a room's end its files may still be on their way [inferred]; a file can need minutes after 311."""

_MOST_FILES = 100
_FEW = 5
_TOLERATED = timedelta(minutes=1)
"""How much of what was sent a recording may lack at its ends: recorders need some seconds to start [inferred]."""

_Says = CoverageVerdict
_Verdict = tuple[CoverageVerdict, str, str]


@dataclass(frozen=True, slots=True)
class RoomContext:
    """What holds for all rooms of one application.

    `missing` says why its files could not all be listed. `filed` says whether the storage lists any file of it at all,
    `minutes` on which days minutes were counted. `media` and `recorders` say whether callbacks of streams and of
    recorders come at all.
    """

    application: Application
    windows: tuple[ModeWindow, ...]
    now: datetime
    missing: Unknown | None = None
    filed: bool = True
    minutes: Mapping[date, float] | None = None
    media: bool = False
    recorders: bool = False

    @property
    def automatic(self) -> bool:
        """Whether rooms are to be recorded by themselves, by the template or by a controller that sees every room."""
        app = self.application
        carried_out = manual(app)
        return app.automatic or (carried_out is not None and carried_out.start != "backend")

    @property
    def retention(self) -> timedelta | None:
        """How long files are kept; None for ever, or where a bucket's own rules say it."""
        kept = self.application.setting("storage/vod/retention")
        if self.application.setting("storage/vendor") != "vod" or not isinstance(kept, Quantity):
            return None
        return None if kept.amount is None else timedelta(seconds=kept.amount)


def judge_room(name: str, session: RoomSession, context: RoomContext) -> RoomCoverage:
    """What became of one room."""
    files = [file for file in session.files if file.size != 0]
    stored = bool(files) or _told_stored(session, storing(context.application))
    lost = _lost(session)
    judged = _of_stored(session, files, lost, context) if stored else _of_unstored(session, lost, context)
    verdict, kind, reason = judged
    return RoomCoverage(
        sdk_app_id=context.application.sdk_app_id,
        room=name,
        created=session.created,
        ended=session.until,
        verdict=verdict,
        kind=kind,
        reason=reason,
        source=session.source,
        files=tuple(files[:_MOST_FILES]),
        file_count=len(files),
        seconds=_played(files),
        missing=_missing_users(session, files) if stored else (),
        senders=len(session.senders),
        recorders=_started(session),
    )


def _of_stored(
    session: RoomSession, files: Sequence[RecordedFile], lost: Sequence[str], context: RoomContext
) -> _Verdict:
    if lost:
        return _Says.PARTLY, "storage-refused", f"some of it is not stored: {_few(lost)}"
    if missing := _missing_users(session, files):
        most = context.application.setting("mixed/maxUsers")
        told = f"{_few(missing)} sent and {'is' if len(missing) == 1 else 'are'} in no file"
        limit = f": the mix holds {most}" if most is not None and len(session.senders) > int(str(most)) else ""
        return _Says.PARTLY, "users-missing", told + limit
    if gaps := [finding.message for finding in call_findings(files) if finding.gap]:
        return _Says.PARTLY, "gap", _few(gaps)
    sent, played = sending(session), _played(files)
    if files and played is not None and played + _TOLERATED.total_seconds() < sent * 0.95:
        return _Says.PARTLY, "shorter", f"{_minutes(played)} of {_minutes(sent)} in which somebody sent"
    if not session.over:
        return _Says.NOT_YET, "going-on", "the room goes on; what is stored so far is there"
    if len({file.task for file in files if file.task}) > 1:
        return _Says.RECORDED, "idle-split", "in several recordings: nobody was there for longer than maxIdleTime"
    if not files:
        return _Says.RECORDED, "told-stored", "the recorder says that it is stored; the storage does not list it now"
    return _Says.RECORDED, "recorded", "recorded"


def _of_unstored(session: RoomSession, lost: Sequence[str], context: RoomContext) -> _Verdict:
    app, end = context.application, session.until
    if lost:
        return _Says.NOT_RECORDED, "storage-refused", f"recorded, and not stored: {_few(lost)}"
    carried_out = app.automatic or app.value("/recording/backendRecords") is True or manual(app) is not None
    if not app.records or not carried_out:
        why = "mode is manual, and nothing starts a task" if app.records else "recording is not enabled"
        return _Says.NOT_MEANT, "not-declared", why
    if not context.automatic and not session.recorder:
        return _Says.NOT_MEANT, "no-task", "mode is manual, and nobody started a task"
    silent = session.told and context.media and not session.senders and not session.called
    for window in context.windows:
        if window.certain and window.covers(session.created) and not session.recorder and not silent:
            return window.verdict, window.kind, window.reason
    if not session.over:
        return _Says.NOT_YET, "going-on", "the room goes on"
    if end is not None and end + SETTLED > context.now:
        return _Says.NOT_YET, "files-to-come", "its files may still be on their way"
    if context.missing:
        return _Says.UNKNOWN, "files-unknown", f"files cannot be listed: {context.missing.reason}"
    if silent:
        return _Says.NOT_MEANT, "nobody-published", "nobody sent anything"
    kept = context.retention
    if kept is not None and (end or session.created) + kept <= context.now:
        return (
            _Says.UNKNOWN,
            "expired",
            f"a file of it would be gone since {timestamp((end or session.created) + kept)}",
        )
    return _cause(session, context)


def _cause(session: RoomSession, context: RoomContext) -> _Verdict:
    """Why there is nothing, as far as anybody knows."""
    if any(heard.outcome is RecorderOutcome.FAILED for heard in session.recorder) and not _started(session):
        return _Says.NOT_RECORDED, "recorder-failed", "the recorder did not start"
    for window in context.windows:
        if window.covers(session.created) and not _started(session):
            return window.verdict, window.kind, window.reason
    counted = (context.minutes or {}).get(day_of(session.created), 0)
    if not context.filed and not context.recorders and counted:
        told = "minutes were counted on that day, and no file at all is there: deleted, moved or stored elsewhere"
        return _Says.UNKNOWN, "files-gone", told
    if _started(session):
        return _Says.NOT_RECORDED, "no-file", "a recorder ran, and nothing is stored"
    if session.senders or session.called:
        return _Says.NOT_RECORDED, "no-recorder", "somebody sent, and there is no file and no word of a recorder"
    told = "no file and no word of a recorder; whether anybody sent is not known: collect the callbacks of streams"
    return _Says.UNKNOWN, "nothing-known", told


def _started(session: RoomSession) -> int:
    return sum(
        heard.event == RECORDER_STARTED and heard.outcome is RecorderOutcome.STARTED for heard in session.recorder
    )


def _told_stored(session: RoomSession, words: Storing) -> bool:
    """Whether a recorder says so, by the event that the application's storage and mode give for it."""
    indexed: set[str] = set()
    uploaded: set[str] = set()
    for heard in session.recorder:
        if heard.outcome is RecorderOutcome.STORED and words.proves(heard.event):
            return True
        if heard.outcome is RecorderOutcome.INDEXED:
            indexed.add(heard.task)
        elif heard.outcome is RecorderOutcome.UPLOADED:
            uploaded.add(heard.task)
    return bool(indexed & uploaded) and words.proves(304)


def _lost(session: RoomSession) -> list[str]:
    """What recorders could not store, and no later event says that it has come: names, or the event's number."""
    lost: dict[tuple[str, str], str] = {}
    for heard in session.recorder:
        if heard.outcome is RecorderOutcome.NOT_STORED:
            lost[heard.task, heard.file] = heard.file or f"event {heard.event}, code {heard.code}"
        elif heard.outcome is RecorderOutcome.STORED and heard.file:
            lost.pop((heard.task, heard.file), None)
        elif heard.outcome is RecorderOutcome.UPLOADED:
            lost = {key: told for key, told in lost.items() if key[0] != heard.task}
    return list(dict.fromkeys(lost.values()))


def _missing_users(session: RoomSession, files: Sequence[RecordedFile]) -> tuple[str, ...]:
    """Who sent and is in no file; nobody where the storage does not tell who is in them."""
    inside = {user for file in files for user in _users(file)}
    if not files or not all(any(_users(file)) for file in files):
        return ()
    return tuple(user for user in session.senders if user and user not in inside)


def _users(file: RecordedFile) -> Iterator[str]:
    if file.name is not None and file.name.user is not None:
        yield file.name.user
    yield from file.users


def _played(files: Iterable[RecordedFile]) -> float | None:
    """Seconds of the longest stream, each format counted by itself; None where a file does not tell its length."""
    lengths: dict[tuple[str | None, str | None, str], float] = {}
    for file in files:
        if file.name is None or file.seconds is None:
            return None
        key = (file.name.user, file.name.track, file.name.extension)
        lengths[key] = lengths.get(key, 0.0) + file.seconds
    return max(lengths.values(), default=None)


def _few(words: Sequence[str]) -> str:
    more = f" and {len(words) - _FEW:,} more" if len(words) > _FEW else ""
    return ", ".join(words[:_FEW]) + more


def _days(kept: timedelta) -> str:
    return f"{kept.days}d" if kept.days else f"{kept.seconds // 3600}h"


def _minutes(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02}"
