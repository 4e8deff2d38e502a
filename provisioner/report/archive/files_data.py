"""Recorded files for other programs, as CSV and JSON, a line at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from provisioner.archive.files.calls import CallFinding, call_findings
from provisioner.archive.files.recorded import RecordedFile
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable, printable_json
from provisioner.report.archive.listing import FileListing, Totals

_COLUMNS = (
    *("application", "sdkAppId", "room", "roomType", "kind", "user", "stream", "media", "index", "started"),
    *("extension", "prefix", "failover", "task", "bytes", "seconds", "created", "expires", "users", "unrecognized"),
    *("fileId", "key", "address"),
)


def file_document(file: RecordedFile) -> dict[str, Any]:
    """One file; what is not known is null. `key` is the media's name in VOD, the object's key in a bucket."""
    name = file.name
    return {
        "sdkAppId": file.sdk_app_id,
        "room": file.room,
        "roomType": file.room_type,
        "kind": file.kind,
        "user": name and name.user,
        "stream": name and name.track,
        "media": name and name.media,
        "index": name and name.index,
        "started": name and _precise(name.started),
        "extension": name and name.extension,
        "prefix": name and name.prefix,
        "failover": name and name.failover,
        "task": file.task,
        "bytes": file.size,
        "seconds": file.seconds,
        "created": _precise(file.created),
        "expires": _precise(file.expires),
        "users": list(file.users),
        "unrecognized": file.unrecognized,
        "fileId": file.file_id or None,
        "key": file.key,
        "address": file.address or None,
    }


def _precise(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, with milliseconds where there are any."""
    if moment is None:
        return None
    whole = timestamp(moment)
    return f"{whole[:-1]}.{moment.microsecond // 1000:03d}Z" if moment.microsecond else whole


def csv_lines(listing: FileListing) -> Iterator[str]:
    """A head and a row for each file. No cell can become a formula or a control character."""
    yield ",".join(_COLUMNS)
    for file in listing.files():
        told = {"application": listing.application, **file_document(file), "users": " ".join(file.users)}
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([csv_cell(told[column]) for column in _COLUMNS])
        yield line.getvalue()


_FORMULA = tuple("=+-@＝＋－＠")  # noqa: RUF001  # spreadsheets of some languages take the wide ones too


def csv_cell(value: object) -> str:
    """A spreadsheet takes what begins with one of these signs for a formula; an apostrophe makes it text."""
    if value is None:
        return ""
    text = printable(str(value).lower() if isinstance(value, bool) else str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_lines(listing: FileListing) -> Iterator[str]:
    """One JSON document, a file to a line."""
    query, totals = listing.query, Totals()
    head = {
        "filesVersion": 2,
        "environment": listing.environment,
        "application": listing.application,
        "sdkAppId": listing.sdk_app_id,
        "storage": str(listing.storage),
        "console": listing.says or None,
        "query": {**asdict(query), "since": _precise(query.since), "until": _precise(query.until)},
    }
    yield "{"
    yield from (f"  {json.dumps(key)}: {_compact(value)}," for key, value in head.items())
    yield from _array("files", (file_document(totals.count(file)) for file in listing.files()))
    yield from _array("remarks", map(_finding, map(totals.note, call_findings(listing.files()))))
    broken = listing.broken
    yield f'  "totals": {_compact(totals.document())},'
    yield f'  "complete": {_compact(broken is None)},'
    yield f'  "missing": {_compact(broken and broken.missing)}'
    yield "}"


def _finding(finding: CallFinding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "gap": finding.gap,
        "room": finding.room,
        "roomType": finding.room_type,
        "tasks": list(finding.tasks),
        "message": finding.message,
        "keys": list(finding.keys),
    }


def _array(name: str, documents: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield f'  "{name}": ['
    before = ""
    for document in documents:
        if before:
            yield f"{before},"
        before = f"    {_compact(document)}"
    yield from ([before] if before else [])
    yield "  ],"


def _compact(value: object) -> str:
    return printable_json(json.dumps(value, ensure_ascii=False))
