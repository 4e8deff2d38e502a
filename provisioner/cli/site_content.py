"""What the site says of each environment: specs, console, journal, promotions and evidence as one view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioner.archive.evidence.verdicts import Evidence, EvidenceReport, EvidenceVerdict
from provisioner.foundation.clock import timestamp
from provisioner.promotion.console_plans import ConsolePlan, UnreadableConsole
from provisioner.promotion.gates.soak import words
from provisioner.promotion.status import Cell, Column
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.plan.plan import ApplicationPlan
from provisioner.recording.application import Application
from provisioner.recording.findings import Severity
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, text
from provisioner.report.archive.coverage_summary import CoverageSummary, share
from provisioner.report.site.site_view import ApplicationPage, DriftRow, EnvironmentPart, SettingRow
from provisioner.report.specs.explain import explain, set_by_words
from provisioner.report.specs.recorded_words import recorded_words
from provisioner.specs.documents.promotion_record import PromotionRecord

_LAST = 10
"""Changes and promotions that are shown of an environment, and of an application."""

_FEW = 4
"""Settings that a line names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an environment beside its specs; `evidence` is a sentence where nobody could look."""

    plan: ConsolePlan
    entries: tuple[JournalEntry, ...] | UnreadableConsole
    records: Sequence[PromotionRecord]
    evidence: EvidenceReport | str
    coverage: CoverageSummary | str


def environment_part(column: Column, known: Known, now: datetime) -> EnvironmentPart:
    """One environment of the site."""
    env, plan, entries, evidence = column.environment, known.plan, known.entries, known.evidence
    planned = () if isinstance(plan, UnreadableConsole) else plan.applications
    plans = {entry.application.name: entry for entry in planned}
    seen = {} if isinstance(evidence, str) else {one.application.name: one for one in evidence.evidence}
    changes = None if isinstance(entries, UnreadableConsole) else list(_changes(entries))
    history: dict[str, list[str]] = {}
    for name, line in changes or ():
        history.setdefault(name, []).append(line)
    pages = [
        _page(
            row,
            cell,
            plans.get(cell.application.name),
            seen.get(cell.application.name),
            history.get(cell.application.name, []),
            coverage=_coverage_of(cell.application, known.coverage),
            now=now,
        )
        for row, cell in column.cells.items()
    ]
    unread = [f"The journal could not be read: {entries.reason}"] if isinstance(entries, UnreadableConsole) else []
    return EnvironmentPart(
        name=env.name,
        tier=env.tier,
        console="" if isinstance(plan, UnreadableConsole) else plan.console,
        outage=column.unreadable,
        held=f"Nothing is promoted into it since {env.hold.since}: {env.hold.reason}" if env.hold else "",
        applications=pages,
        unmanaged=column.unmanaged,
        coverage=_coverage_words(known.coverage),
        evidence=evidence if isinstance(evidence, str) else _evidence_words(evidence),
        history=unread or [line for _, line in (changes or [])[-_LAST:]][::-1],
        promotions=[_promotion(record) for record in known.records[-_LAST:]][::-1],
    )


def _page(
    row: str,
    cell: Cell,
    plan: ApplicationPlan | None,
    evidence: Evidence | None,
    history: Sequence[str],
    *,
    coverage: Sequence[str],
    now: datetime,
) -> ApplicationPage:
    app = cell.application
    judged = evidence.judgements if evidence else ()
    return ApplicationPage(
        environment=app.environment,
        name=app.name,
        row=row,
        sdk_app_id=app.sdk_app_id,
        owner=app.owner,
        template=str(app.value("/recording/template") or "no template"),
        mode=app.mode if app.records else "off",
        words=recorded_words(app),
        drift=[DriftRow(short(one.path), _value(one.before), _value(one.after)) for one in plan.differences]
        if plan
        else None,
        outages=[f"{found.severity.value.upper()} {found.id}: {found.message}" for found in cell.present],
        notes=list(_notes(cell, plan)),
        settings=list(_settings(app)),
        evidence=[*coverage, *_evidence(evidence)],
        contradicted=any(one.verdict is EvidenceVerdict.CONTRADICTS for one in judged),
        history=history[-_LAST:][::-1],
        promoted=_promoted(cell.promoted),
        lapses=_lapses(plan, now),
    )


def _notes(cell: Cell, plan: ApplicationPlan | None) -> Iterator[str]:
    hold = cell.application.hold
    if hold:
        yield f"Held since {hold.since}: {hold.reason}"
    for wait in cell.waiting:
        left = "not known" if wait.span is None else f"{words(wait.span)} left" if wait.span else "done"
        yield f"Soak on the way to {wait.target}: {left}."
    if plan is None:
        return
    if plan.unverified:
        yield f"The console does not show {', '.join(short(field.path) for field in plan.unverified)}."
    if attested := plan.observed.attested:
        when, until = timestamp(attested.when), timestamp(attested.expires)
        yield f"{attested.who} confirmed what the console shows on {when}; that counts until {until}."
    for finding in plan.warnings:
        if finding.severity is not Severity.INFO:
            yield f"{finding.severity.value.upper()} {finding.id}: {finding.message}"


def _settings(app: Application) -> Iterator[SettingRow]:
    for entry in explain(app, list(app.leaves)):
        strongest, *others = entry.history
        over = tuple(f"{_value(step.value) or 'nothing'}, {set_by_words(step)}" for step in others)
        yield SettingRow(short(entry.path), _value(strongest.value) or "", set_by_words(strongest), over)


def _evidence(evidence: Evidence | None) -> Iterator[str]:
    if evidence is None:
        return
    yield f"{evidence.recordings} recordings were looked at, of calls since {timestamp(evidence.since)}."
    for one in evidence.judgements:
        if one.verdict is not EvidenceVerdict.NOTHING:
            yield f"{short(one.path)}: {one.verdict.words}. {one.reason}"


def _coverage_words(coverage: CoverageSummary | str) -> str:
    if isinstance(coverage, str):
        return coverage
    judged = coverage.judged
    objective = f" The objective {coverage.objective} is {judged[0].value}: {judged[1]}." if judged else ""
    blind = " Of some of the time no list of rooms is known." if coverage.blind else ""
    return f"Of rooms created {coverage.span}: {share(coverage.whole)}.{objective}{blind}"


def _coverage_of(app: Application, coverage: CoverageSummary | str) -> list[str]:
    if isinstance(coverage, str) or app.sdk_app_id not in coverage.totals:
        return []
    return [f"Of rooms created {coverage.span}: {share(coverage.totals[app.sdk_app_id])}."]


def _evidence_words(report: EvidenceReport) -> str:
    seen, total = sum(1 for one in report.evidence if one.recordings), len(report.evidence)
    against = report.count(EvidenceVerdict.CONTRADICTS)
    found = f"{against} contradict their specs" if against else "nothing contradicts a spec"
    blind = " Something could not be looked at." if report.blind else ""
    return f"Recordings of {seen} of {total} applications were seen; {found}.{blind}"


def _changes(entries: Sequence[JournalEntry]) -> Iterator[tuple[str, str]]:
    """(application, line) of each write that was applied or failed, oldest first."""
    who, writes = "", dict[tuple[str, Any], Mapping[str, Any]]()
    for entry in entries:
        name = entry.details.get("name")
        if entry.event == "begin":
            who = str(entry.details.get("who", ""))
        elif entry.event == "write":
            writes[entry.run, name] = entry.details
        elif entry.event in ("applied", "failed"):
            said = writes.get((entry.run, name), {}).get("changes", ())
            moved = _few([f"{short(one['path'])} {_raw(one['before'])} -> {_raw(one['after'])}" for one in said])
            outcome = "" if entry.event == "applied" else f"failed: {entry.details.get('reason')} "
            yield str(name), f"{entry.at} {name}: {outcome}{moved} (by {who})"


def _promotion(record: PromotionRecord) -> str:
    what = f"back to {record.restores}" if record.restores else f"from {record.source}"
    moved = [name for name, share in record.applications.items() if share.moved]
    return f"{timestamp(record.when)} {what}: {', '.join(moved) or 'nothing moved'} (by {record.who})"


def _promoted(record: PromotionRecord | None) -> str:
    return f"{'restored' if record.restores else 'promoted'} {record.when:%Y-%m-%d} by {record.who}" if record else ""


def _lapses(plan: ApplicationPlan | None, now: datetime) -> tuple[str, int] | None:
    confirmation = plan.observed.confirmation if plan else None
    if confirmation is None:
        return None
    left = (confirmation.expires - now).days
    day = f"{confirmation.expires:%Y-%m-%d}"
    return (f"ended {day}" if left < 0 else f"ends {day}, in {left} days", left)


def _value(value: Value | None) -> str | None:
    return None if value is None else text(value)


def _raw(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return "(not set)" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _few(words: Sequence[str]) -> str:
    more = f" and {len(words) - _FEW} more" if len(words) > _FEW else ""
    return f"{', '.join(words[:_FEW])}{more}"
