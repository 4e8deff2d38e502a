"""Coverage for other programs, as CSV and JSON, a room at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from provisioner.archive.coverage.coverage_totals import CoverageTotals
from provisioner.archive.coverage.room_coverage import CoverageVerdict, RoomCoverage
from provisioner.archive.unknown import Unknown
from provisioner.foundation.clock import timestamp
from provisioner.recording.minutes import total
from provisioner.report.archive.coverage_summary import CoverageSummary
from provisioner.report.archive.files_data import csv_cell, file_document

_COLUMNS = (
    *("application", "sdkAppId", "room", "created", "ended", "verdict", "kind", "reason", "source", "files"),
    *("seconds", "recorders", "missing", "fileIds", "keys"),
)


def room_document(room: RoomCoverage) -> dict[str, Any]:
    """One room; what is not known is null."""
    return {
        "sdkAppId": room.sdk_app_id,
        "room": room.room,
        "created": timestamp(room.created),
        "ended": timestamp(room.ended) if room.ended else None,
        "verdict": room.verdict.value,
        "kind": room.kind,
        "reason": room.reason,
        "source": room.source,
        "files": room.file_count,
        "seconds": room.seconds,
        "recorders": room.recorders,
        "missing": list(room.missing),
    }


def coverage_csv(summary: CoverageSummary) -> Iterator[str]:
    """A head and a row for each room. No cell can become a formula or a control character."""
    names = {app.sdk_app_id: app.name for app in summary.report.query.applications}
    yield ",".join(_COLUMNS)
    for room in summary.report.rooms():
        told = room_document(room) | {
            "application": names[room.sdk_app_id],
            "missing": " ".join(room.missing),
            "fileIds": " ".join(file.file_id for file in room.files if file.file_id),
            "keys": " ".join(file.key for file in room.files),
        }
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([csv_cell(told[column]) for column in _COLUMNS])
        yield line.getvalue()


def coverage_json(summary: CoverageSummary) -> Iterator[str]:
    """One JSON document, a room to a line; `coverageVersion` grows when a key changes its meaning."""
    report, query = summary.report, summary.report.query
    names = {app.sdk_app_id: app.name for app in query.applications}
    head: dict[str, Any] = {
        "coverageVersion": 1,
        "environment": report.environment,
        "source": report.source,
        "from": timestamp(query.since),
        "to": timestamp(query.until),
        "objective": _objective(summary),
        "applications": [_application(app.name, app.sdk_app_id, summary) for app in query.applications],
        "totals": _totals(summary.whole),
        "gaps": [
            {
                "application": names[gap.sdk_app_id],
                "from": timestamp(gap.since),
                "to": timestamp(gap.until),
                "cause": gap.why.cause.value,
                "reason": gap.why.reason,
            }
            for gap in report.gaps
        ],
        "inbox": {
            "unreadable": report.unreadable,
            "findings": [{"at": str(finding.where), "message": finding.message} for finding in report.findings],
        },
    }
    yield "{"
    yield from (f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items())
    yield '  "rooms": ['
    before = ""
    for room in report.rooms():
        document = room_document(room) | {"fileList": [file_document(file) for file in room.files]}
        if before:
            yield f"{before},"
        before = f"    {json.dumps(document)}"
    if before:
        yield before
    yield "  ]"
    yield "}"


def _objective(summary: CoverageSummary) -> dict[str, Any] | None:
    judged = summary.judged
    if judged is None or summary.objective is None:
        return None
    seconds = int(summary.objective.over.total_seconds())
    return {
        "atLeast": f"{summary.objective.at_least}%",
        "overSeconds": seconds,
        "verdict": judged[0].value,
        "evidence": judged[1],
    }


def _unknown(why: Unknown) -> dict[str, str]:
    return {"cause": why.cause.value, "reason": why.reason}


def _application(name: str, sdk_app_id: int, summary: CoverageSummary) -> dict[str, Any]:
    totals, report = summary.totals[sdk_app_id], summary.report
    usage, missing = report.minutes[sdk_app_id], report.missing.get(sdk_app_id)
    return {
        "name": name,
        "sdkAppId": sdk_app_id,
        **_totals(totals),
        "minutes": round(total(usage.minutes), 2) if usage.known else None,
        "minutesUnknown": None if usage.complete else _unknown(usage.gaps[0].why),
        "filesUnknown": None if missing is None else _unknown(missing),
        "reasons": [
            {
                "verdict": reason.verdict.value,
                "kind": reason.kind,
                "count": reason.count,
                "reason": reason.examples[0].reason,
                "rooms": [room.room for room in reason.examples],
            }
            for reason in totals.worst_first()
        ],
        "days": [
            {"day": str(day), **{verdict.value: counts[verdict] for verdict in CoverageVerdict}}
            for day, counts in sorted(totals.days.items())
        ],
    }


def _totals(totals: CoverageTotals) -> dict[str, Any]:
    percent = None if totals.percent is None else float(totals.percent)
    return {"percent": percent, **{verdict.value: totals.verdicts[verdict] for verdict in CoverageVerdict}}
