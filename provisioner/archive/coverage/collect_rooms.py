"""Looking at everything that tells of rooms and of their recordings: the list, callbacks, files, minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from provisioner.archive.coverage.judge_room import RoomContext, judge_room
from provisioner.archive.coverage.room_coverage import CoverageVerdict, ModeWindow, RoomCoverage
from provisioner.archive.coverage.room_info import RoomGap, open_rooms
from provisioner.archive.coverage.room_sessions import sessions
from provisioner.archive.coverage.room_store import MOST_OF_A_ROOM, RoomStore
from provisioner.archive.evidence.callbacks import ROOM_CREATED, CallRecord, RecordingCallback, told_at
from provisioner.archive.evidence.collect import by_storage, callbacks_of
from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.listing import list_files
from provisioner.archive.files.recorded import Query
from provisioner.archive.minutes.usage import SERVICE, Usage, UsageSource, open_usage
from provisioner.archive.minutes.usage_period import Period, day_of
from provisioner.archive.unknown import Unknown, UnknownCause, why
from provisioner.console.port import ConsoleError
from provisioner.foundation import progress
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding
from provisioner.recording.minutes import total
from provisioner.specs.documents.environment import Environment

_BEFORE = timedelta(days=1)
_FEW_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class CoverageQuery:
    """Rooms of `applications` that were created from `since` to `until`; of one id only, where `room` names it.

    `windows` say by SDKAppId in which times nothing was recorded, and why, as far as the caller knows; `unread` why a
    console could not be asked.
    """

    applications: Sequence[Application]
    since: datetime
    until: datetime
    now: datetime
    windows: Mapping[int, tuple[ModeWindow, ...]] = field(default_factory=dict)
    unread: Mapping[int, str] = field(default_factory=dict)
    room: str | None = None


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """What is known of an environment's rooms; `rooms` judges them one by one, as often as it is called.

    `gaps` are times of which no list of rooms is known, `untold` those in which no callback told of a room either.
    `unknown` says by SDKAppId what could not be asked.
    """

    environment: str
    source: str
    query: CoverageQuery
    gaps: tuple[RoomGap, ...]
    untold: tuple[RoomGap, ...]
    findings: tuple[Finding, ...]
    unreadable: int
    unheard: Unknown | None
    missing: Mapping[int, Unknown]
    minutes: Mapping[int, Usage]
    _store: RoomStore
    _contexts: Mapping[int, RoomContext]

    def rooms(self) -> Iterator[RoomCoverage]:
        """Every room by application and id, in order of creation."""
        for records in self._store.rooms():
            context = self._contexts.get(records.sdk_app_id)
            if context is None:
                continue
            for session in sessions(records).sessions:
                if self.query.since <= session.created <= self.query.until:
                    judged = judge_room(records.name, session, context)
                    yield _too_many(judged) if records.too_many else judged


def _too_many(judged: RoomCoverage) -> RoomCoverage:
    told = f"more than {MOST_OF_A_ROOM:,} records under one room's id; ask for a shorter time"
    return replace(judged, verdict=CoverageVerdict.UNKNOWN, kind="too-many", reason=told)


@contextmanager
def collect_rooms(
    environment: Environment, query: CoverageQuery, root: Path, variables: Mapping[str, str]
) -> Iterator[CoverageReport]:
    """What can be seen, while the block lasts. What cannot be looked at is unknown.

    Raises ProvisionerError where there are no credentials, or no room on the disk.
    """
    from provisioner.console.service_client import answering  # loads the SDK

    with RoomStore() as store:
        look = _Look(environment, query, root, variables, store)
        look.list_rooms()
        look.hear()
        look.list_files()
        look.count_minutes()
        yield look.report(answering(environment, root, SERVICE))


@dataclass(slots=True)
class _Look:
    """Everything that is asked, and what was found beside the rooms themselves."""

    environment: Environment
    query: CoverageQuery
    root: Path
    variables: Mapping[str, str]
    store: RoomStore
    gaps: list[RoomGap] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unreadable: int = 0
    media: set[int] = field(default_factory=set)
    recorders: set[int] = field(default_factory=set)
    told: dict[int, set[int]] = field(default_factory=dict)
    """Hours, since the epoch, in which callbacks told of a room, by SDKAppId."""

    unheard: Unknown | None = None
    missing: dict[int, Unknown] = field(default_factory=dict)
    filed: set[int] = field(default_factory=set)
    minutes: dict[int, Usage] = field(default_factory=dict)

    def list_rooms(self) -> None:
        """Rooms of each application."""
        query = self.query
        with (
            open_rooms(self.environment, self.root, self.variables) as listing,
            progress.task("Listing rooms, of applications", len(query.applications)) as task,
        ):
            for app in query.applications:
                for room in listing.rooms(app.sdk_app_id, query.since, query.until, query.now, query.room):
                    if isinstance(room, RoomGap):
                        self.gaps.append(room)
                    elif query.room in (None, room.room):
                        self.store.listed(app.sdk_app_id, [room])
                task.step()

    def hear(self) -> None:
        """Callbacks from a day before the time that is asked for."""
        query = self.query
        told = callbacks_of(self.environment, query.applications, query.since, self.root)
        wanted = {app.sdk_app_id for app in query.applications}
        for entry in told.entries():
            if isinstance(entry, Finding):
                self.unreadable += 1
                if self.unreadable <= _FEW_FINDINGS:
                    self.findings.append(entry)
                continue
            if entry.sdk_app_id not in wanted or told_at(entry) < query.since - _BEFORE:
                continue
            if isinstance(entry, RecordingCallback) and entry.event // 100 > 1:
                (self.recorders if entry.of_recorder else self.media).add(entry.sdk_app_id)
            if isinstance(entry, CallRecord) or entry.event == ROOM_CREATED:
                self.told.setdefault(entry.sdk_app_id, set()).add(int(told_at(entry).timestamp()) // 3600)
            if query.room in (None, entry.room):
                self.store.heard(entry)
        self.unheard = told.missing

    def list_files(self) -> None:
        """Files of each storage, looked through once."""
        for storage, apps in by_storage(self.query.applications):
            missing = self._files(apps) if storage else Unknown(UnknownCause.NOT_HERE, "the spec names no storage")
            if missing:
                self.missing.update({app.sdk_app_id: missing for app in apps})

    def _files(self, apps: Sequence[Application]) -> Unknown | None:
        """Keep every file; why some may be missing, else None."""
        wanted = Query(since=self.query.since, room=self.query.room)
        try:
            for file in list_files(self.environment, apps, wanted, self.root, self.variables):
                self.store.file(file)
                if file.sdk_app_id is not None and file.readings:
                    self.filed.add(file.sdk_app_id)
        except IncompleteListingError as error:
            return Unknown(UnknownCause.FAILED, f"{error.what}; not listed: {error.missing}")
        except ConsoleError as error:
            return why(error)
        except ProvisionerError as error:
            return Unknown(UnknownCause.FAILED, error.what)
        return None

    def count_minutes(self) -> None:
        """Minutes by day."""
        period = Period(day_of(self.query.since), day_of(min(self.query.until, self.query.now)))
        with (
            open_usage(self.environment, self.root, self.variables) as client,
            progress.task("Asking for minutes", len(self.query.applications)) as task,
        ):
            source = UsageSource(client)
            for app in self.query.applications:
                self.minutes[app.sdk_app_id] = source.usage(app.sdk_app_id, period)
                task.step()

    def report(self, source: str) -> CoverageReport:
        """All of it."""
        contexts = {app.sdk_app_id: self._context(app) for app in self.query.applications}
        return CoverageReport(
            environment=self.environment.name,
            source=source,
            query=self.query,
            gaps=tuple(self.gaps),
            untold=tuple(gap for gap in self.gaps if not self._told_at_both_ends(gap)),
            findings=tuple(self.findings),
            unreadable=self.unreadable,
            unheard=self.unheard,
            missing=self.missing,
            minutes=self.minutes,
            _store=self.store,
            _contexts=contexts,
        )

    def _told_at_both_ends(self, gap: RoomGap) -> bool:
        """Whether callbacks told of rooms near both ends of a gap, within a day: somebody collects them."""
        first, last, day = int(gap.since.timestamp()) // 3600, int(gap.until.timestamp()) // 3600, 24
        hours = self.told.get(gap.sdk_app_id, set())
        return any(hour in hours for hour in range(first, first + day + 1)) and any(
            hour in hours for hour in range(last - day, last + 1)
        )

    def _context(self, app: Application) -> RoomContext:
        number = app.sdk_app_id
        days = self.minutes[number].days
        return RoomContext(
            application=app,
            windows=self.query.windows.get(number, ()),
            now=self.query.now,
            missing=self.missing.get(number),
            filed=number in self.filed,
            minutes={day: total(some) for day, some in days.items()},
            media=number in self.media,
            recorders=number in self.recorders,
        )
