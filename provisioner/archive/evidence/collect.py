"""Looking at everything that may prove something of an environment's applications: files, callbacks, minutes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from provisioner.archive.evidence.callbacks import Heard, told_at
from provisioner.archive.evidence.facts import Facts, FileFacts, calls, remarked
from provisioner.archive.evidence.inbox import Inbox, controller_entries
from provisioner.archive.evidence.judge import judge, longest_file, recorded
from provisioner.archive.evidence.room_callbacks import CallbackFacts, RoomCallbacks, storing
from provisioner.archive.evidence.verdicts import Evidence, EvidenceReport
from provisioner.archive.files.calls import call_findings
from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.listing import list_files
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.archive.files.spool import Spool
from provisioner.archive.files.storage import Storage
from provisioner.archive.files.storages import storage_of
from provisioner.archive.minutes.usage import SERVICE, Usage, UsageSource, open_usage
from provisioner.archive.minutes.usage_period import LONGEST_PERIOD, Period, beginning, day_of
from provisioner.archive.unknown import Unknown, UnknownCause, why
from provisioner.console.controller_client import ControllerClient
from provisioner.console.port import ConsoleError
from provisioner.foundation import progress
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding
from provisioner.recording.manual import manual
from provisioner.specs.documents.environment import Environment
from provisioner.specs.layout import state_folder

SETTLED = timedelta(hours=1)
"""How long after its end a room's recording must have left something [inferred]."""

_DAY = timedelta(days=1)
_FEW_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class EvidenceQuery:
    """Which applications, and since when each is judged: only calls count that began then or later, up to `until`.

    `applied` is from when on the last change holds, where that is known.
    """

    applications: Sequence[Application]
    since: Mapping[int, datetime]
    applied: Mapping[int, datetime]
    until: datetime | None
    now: datetime


def collect(environment: Environment, query: EvidenceQuery, root: Path, variables: Mapping[str, str]) -> EvidenceReport:
    """What can be seen, judged. What cannot be looked at is unknown; `variables` are read for credentials.

    Raises ProvisionerError where there are none.
    """
    from provisioner.console.service_client import answering  # loads the SDK

    told = callbacks_of(environment, query.applications, min(query.since.values(), default=query.now), root)
    heard, findings, unreadable, foreign = _callbacks(told.entries(), query)
    settled = min(query.until or query.now, query.now) - SETTLED
    silent = {app: tuple(facts.unrecorded(settled)) for app, facts in heard.items()}
    files = _files(environment, query, silent, root, variables)
    evidence = []
    with open_usage(environment, root, variables) as client:
        source = UsageSource(client)
        with progress.task("Asking", len(query.applications)) as task:
            for app in query.applications:
                number = app.sdk_app_id
                usage = _usage(source, number, query)
                facts = Facts(query.since[number], files[number], heard[number], usage, silent[number])
                evidence.append(_evidence(app, query, facts, told.missing if manual(app) else None))
                task.step()
    return EvidenceReport(
        environment.name, answering(environment, root, SERVICE), tuple(evidence), findings, unreadable, foreign
    )


def _evidence(app: Application, query: EvidenceQuery, facts: Facts, unheard: Unknown | None) -> Evidence:
    unknown: dict[str, Unknown] = {} if unheard is None else {"callbacks": unheard}
    if facts.files.missing:
        unknown["files"] = facts.files.missing
    if facts.usage and facts.usage.gaps:
        unknown["minutes"] = facts.usage.gaps[0].why
    count, proofs = recorded(facts)
    return Evidence(
        application=app,
        since=facts.since,
        until=query.until,
        applied=query.applied.get(app.sdk_app_id),
        judgements=judge(app, facts),
        recordings=count,
        recorded=proofs[0] if proofs else None,
        unknown=unknown,
    )


def callbacks_of(
    environment: Environment, applications: Sequence[Application], since: datetime, root: Path
) -> CallbackSources:
    """Where an environment's callbacks are: its inbox, and its controller's where one records `applications`."""
    inbox = Inbox(root, environment.evidence or str(state_folder(Path(), environment.name) / "evidence"))
    return CallbackSources(inbox, environment, applications, since, root)


class CallbackSources:
    """What was called back: what lies in the inbox, and what the environment's controller kept."""

    def __init__(
        self,
        inbox: Inbox,
        environment: Environment,
        applications: Sequence[Application],
        since: datetime,
        root: Path,
    ) -> None:
        self._inbox = inbox
        self._environment = environment
        self._applications = applications
        self._since = since
        self._root = root
        self.missing: Unknown | None = None
        """Why the controller was not heard, once `entries` has ended."""

    def entries(self) -> Iterator[Heard | Finding]:
        """All of it; what a controller and the inbox both have counts once for what it proves."""
        yield from self._inbox.entries()
        if self._environment.controller is None or not any(map(manual, self._applications)):
            return
        try:
            client = ControllerClient(self._environment, self._root)
            yield from controller_entries(client.inbox((self._since - _DAY).timestamp()), client.url)
        except ProvisionerError as error:
            self.missing = Unknown(UnknownCause.NO_ANSWER, error.what)


def _callbacks(
    told: Iterable[Heard | Finding], query: EvidenceQuery
) -> tuple[dict[int, CallbackFacts], tuple[Finding, ...], int, int]:
    """Facts by application, the first lines that are no callbacks, how many there are, and how many of others."""
    heard = {app.sdk_app_id: CallbackFacts(query.since[app.sdk_app_id], storing(app)) for app in query.applications}
    findings: list[Finding] = []
    unreadable = foreign = 0
    for entry in told:
        if isinstance(entry, Finding):
            unreadable += 1
            if unreadable <= _FEW_FINDINGS:
                findings.append(entry)
        elif entry.sdk_app_id not in heard:
            foreign += 1
        elif query.until is None or told_at(entry) <= query.until:
            heard[entry.sdk_app_id].add(entry)
    return heard, tuple(findings), unreadable, foreign


def _files(
    environment: Environment,
    query: EvidenceQuery,
    silent: Mapping[int, Sequence[RoomCallbacks]],
    root: Path,
    variables: Mapping[str, str],
) -> dict[int, FileFacts]:
    """Facts by application, each storage looked through once."""
    found = {app.sdk_app_id: FileFacts(limit=longest_file(app)) for app in query.applications}
    busy = {app: _by_name(rooms) for app, rooms in silent.items()}
    for storage, apps in by_storage(query.applications):
        since = {app.sdk_app_id: query.since[app.sdk_app_id] for app in apps}
        # A day more: whether a call began before is told by its first files.
        wanted = Query(since=min(since.values()) - _DAY, until=query.until)
        missing = None if storage else Unknown(UnknownCause.NOT_HERE, "the spec names no storage")
        with Spool() as spool:
            if storage:
                missing = _fill(spool, list_files(environment, apps, wanted, root, variables))
            for counts, call in calls(spool.files(), since):
                number = int(call[0].sdk_app_id or 0)
                facts = found[number]
                if counts:
                    facts.add(call, busy[number].get(str(call[0].room), ()))
                else:
                    facts.earlier += 1
            counted = (file for counts, call in calls(spool.files(), since) if counts for file in call)
            remarked(found, call_findings(counted))
        for app in apps:
            found[app.sdk_app_id].missing = missing
    return found


def _by_name(rooms: Iterable[RoomCallbacks]) -> dict[str, list[RoomCallbacks]]:
    found: dict[str, list[RoomCallbacks]] = {}
    for room in rooms:
        found.setdefault(room.name, []).append(room)
    return found


def by_storage(applications: Sequence[Application]) -> Iterator[tuple[Storage | None, list[Application]]]:
    """Storages with the applications that use them; None for those whose spec names none."""
    storages: dict[Storage | None, list[Application]] = {}
    for app in applications:
        try:
            storage: Storage | None = storage_of(app)
        except UsageError:
            storage = None
        storages.setdefault(storage, []).append(app)
    yield from storages.items()


def _fill(spool: Spool, files: Iterator[RecordedFile]) -> Unknown | None:
    """Put every file there; why some may be missing, else None."""
    try:
        spool.fill(files)
    except IncompleteListingError as error:
        return Unknown(UnknownCause.FAILED, f"{error.what}; not listed: {error.missing}")
    except ConsoleError as error:
        return why(error)
    except ProvisionerError as error:
        return Unknown(UnknownCause.FAILED, error.what)
    return None


def _usage(source: UsageSource, sdk_app_id: int, query: EvidenceQuery) -> Usage | None:
    """Minutes of whole days that began since the change holds; None where there is none yet."""
    first = day_of(query.since[sdk_app_id])
    if beginning(first) < query.since[sdk_app_id]:
        first += _DAY
    last = day_of(query.now if query.until is None else min(query.until - _DAY, query.now))
    first = max(first, last - _DAY * (LONGEST_PERIOD - 1))
    return None if last < first else source.usage(sdk_app_id, Period(first, last))
