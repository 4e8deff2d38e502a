"""Recordings compared with what the specs declare, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.archive.evidence.verdicts import Evidence, EvidenceReport, EvidenceVerdict, Fact, Judgement
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.recording.paths import short
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain

_ROLES = {EvidenceVerdict.BEHAVES: "good", EvidenceVerdict.CONTRADICTS: "danger", EvidenceVerdict.NOTHING: "quiet"}
_TOTALS = {
    EvidenceVerdict.CONTRADICTS: "contradicting",
    EvidenceVerdict.BEHAVES: "as declared",
    EvidenceVerdict.NOTHING: "without evidence",
}


def render_evidence(report: EvidenceReport, style: Style = plain) -> str:
    """A block for each application, a line for each setting.

    A contradiction names its files or days, and the line of the spec.
    """
    lines = [style(f"{report.environment} on the {printable(report.source)}", "title")]
    for entry in report.evidence:
        lines += ["", *_application(entry, style)]
    lines += ["", *_inbox(report, style), style(_totals(report), "title")]
    return "\n".join(lines) + "\n"


def _application(entry: Evidence, style: Style) -> Iterator[str]:
    app = entry.application
    since = f"calls since {timestamp(entry.since)}"
    until = f" until {timestamp(entry.until)}" if entry.until else ""
    known = "" if entry.applied else ", no change is known here"
    yield f"{style(app.name, 'title')} ({app.sdk_app_id}): {since}{until}{known}"
    # Where nothing at all was recorded, every line would say the same.
    shown = (
        entry.judgements[:1] if entry.verdict is EvidenceVerdict.NOTHING and not entry.recordings else entry.judgements
    )
    rows = [(f"  {short(judgement.path)}", judgement.verdict.words, _told(judgement)) for judgement in shown]
    for judgement, line in zip(shown, aligned(rows), strict=True):
        yield style(line, _ROLES[judgement.verdict])
        if judgement.verdict is EvidenceVerdict.CONTRADICTS:
            yield f"      declared in {app.origin(judgement.path)}"
            yield from (f"      {_fact(fact)}" for fact in judgement.facts)
            if judgement.count > len(judgement.facts):
                yield f"      and {judgement.count - len(judgement.facts):,} more"
    if entry.console:
        yield style(f"  {printable(entry.console)}", "danger" if entry.against else "quiet")
    for what, why in entry.unknown.items():
        yield style(f"  {what} cannot be read: {printable(why.reason)}", "warning")


def _told(judgement: Judgement) -> str:
    if judgement.verdict is EvidenceVerdict.CONTRADICTS or not judgement.facts:
        return printable(judgement.reason)
    more = f" and {judgement.count - 1:,} more" if judgement.count > 1 else ""
    return printable(f"{judgement.reason}: {judgement.facts[0].name}{more}")


def _fact(fact: Fact) -> str:
    return printable(f"{fact.name}  {fact.detail}".rstrip())


def _inbox(report: EvidenceReport, style: Style) -> Iterator[str]:
    if report.unreadable:
        yield style(f"Lines of the inbox that are not callbacks: {report.unreadable}", "warning")
        yield from (f"    {printable(f'{finding.where}: {finding.message}')}" for finding in report.findings)
    if report.foreign:
        yield f"Callbacks of other applications: {report.foreign}"
    if report.unreadable or report.foreign:
        yield ""


def _totals(report: EvidenceReport) -> str:
    counts = ", ".join(
        f"{report.count(verdict)} {words}" for verdict, words in _TOTALS.items() if report.count(verdict)
    )
    return f"{report.environment}: {counts or 'no applications'}."


def evidence_document(report: EvidenceReport) -> dict[str, Any]:
    """The evidence as JSON; `facts` are the first few of `count`."""
    return {
        "evidenceVersion": 1,
        "environment": report.environment,
        "source": report.source,
        "applications": [_document(entry) for entry in report.evidence],
        "inbox": {
            "unreadable": report.unreadable,
            "foreign": report.foreign,
            "findings": [{"at": str(finding.where), "message": finding.message} for finding in report.findings],
        },
        "totals": {verdict.value: report.count(verdict) for verdict in EvidenceVerdict},
    }


def _document(entry: Evidence) -> dict[str, Any]:
    app = entry.application
    return {
        "name": app.name,
        "sdkAppId": app.sdk_app_id,
        "since": timestamp(entry.since),
        "until": timestamp(entry.until) if entry.until else None,
        "applied": timestamp(entry.applied) if entry.applied else None,
        "verdict": entry.verdict.value,
        "recordings": entry.recordings,
        "console": entry.console or None,
        "leaves": [
            {
                "path": judgement.path,
                "verdict": judgement.verdict.value,
                "reason": judgement.reason,
                "origin": str(app.origin(judgement.path)),
                "count": judgement.count,
                "facts": [{"kind": fact.kind, "name": fact.name, "detail": fact.detail} for fact in judgement.facts],
            }
            for judgement in entry.judgements
        ],
        "unknown": {what: {"cause": why.cause.value, "reason": why.reason} for what, why in entry.unknown.items()},
    }
