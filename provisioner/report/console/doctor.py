"""The result of `doctor` as text and as JSON; it holds no credential and no value of a field."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from provisioner.console.doctor_checks import CheckResult, Examination, conclusion
from provisioner.foundation.text_safety import printable
from provisioner.recording.paths import short
from provisioner.report.text.columns import aligned, hanging
from provisioner.report.text.style import Style, plain

_WORDS = {
    CheckResult.OK: ("ok", "good"),
    CheckResult.FAILS: ("FAILS", "danger"),
    CheckResult.UNKNOWN: ("cannot verify", "warning"),
    CheckResult.NOT_HERE: ("does not apply", "quiet"),
}
_PURPOSES = {
    "read": "Access policy for reading (plan, drift, preview):",
    "write": "Access policy for writing (apply, up), in addition:",
    "archive": "Access policy for the archive (usage, files, evidence), in addition:",
    "audit": "Access policy for the audit log (who changed the console), in addition:",
}
_COUNTED = ((CheckResult.OK, "ok"), (CheckResult.FAILS, "failing"), (CheckResult.UNKNOWN, "cannot be verified"))


def render_examination(found: Examination, style: Style = plain) -> str:
    """Checks, the table of fields, the policies, a line of totals."""
    lines = [style(f"{found.environment} on the {printable(found.console)}", "title"), ""]
    lines.extend(_checks(found, style))
    lines.extend(_answers(found, style))
    lines.extend(_fields(found, style))
    for purpose, document in found.policies.items():
        lines += ["", _PURPOSES[purpose], json.dumps(document, indent=2)]
    counts = ", ".join(f"{found.count(verdict)} {word}" for verdict, word in _COUNTED)
    lines += ["", style(f"{found.environment}: {counts}.", "title")]
    return "\n".join(lines) + "\n"


def _checks(found: Examination, style: Style) -> Iterator[str]:
    wide = max(len(word) for word, _ in _WORDS.values())
    for check in found.checks:
        word, role = _WORDS[check.verdict]
        first, *more = hanging(f"{word:<{wide}}  ", printable(f"{check.name}: {check.detail}"))
        yield from (first.replace(word, style(word, role), 1), *more)
        if check.fix and check.verdict in (CheckResult.FAILS, CheckResult.UNKNOWN):
            yield from hanging(f"{'':<{wide}}    ", printable(check.fix))


def _answers(found: Examination, style: Style) -> Iterator[str]:
    """What the endpoint answered with this key; a grade says how a shape is known, and nothing of that."""
    if not found.answers:
        return
    wide = max(len(one.part) for one in found.answers)
    yield from ("", style("What this endpoint answers with an ordinary key, each read action asked once:", "title"))
    for one in found.answers:
        yield from hanging(f"  {one.part:<{wide}}  ", printable(f"{one.action} ({one.grade}): {one.words}"))
    yield from hanging("  ", conclusion(found.answers))


def _fields(found: Examination, style: Style) -> Iterator[str]:
    if not found.fields:
        return
    reasons = Counter(field.reason for field in found.fields if field.reason)
    common = {reason: f"[{number}]" for number, (reason, times) in enumerate(reasons.items(), 1) if times >= _OFTEN}
    rows = [("Field", "Grade", "Where", f"What {found.sample} showed")]
    for field in found.fields:
        reason = f": {common.get(field.reason, field.reason)}" if field.reason else ""
        rows.append((short(field.path), field.grade, printable(field.at), printable(field.shown + reason)))
    head, *lines = aligned(rows)
    yield from ("", style(head, "title"), *lines)
    yield from (f"{mark} {printable(reason)}" for reason, mark in common.items())


_OFTEN = 3
"""From how many fields on a common reason stands once below the table."""


def examination_document(found: Examination) -> dict[str, Any]:
    """The examination as JSON."""
    return {
        "environment": found.environment,
        "console": found.console,
        "sample": found.sample,
        "checks": [
            {"name": check.name, "verdict": check.verdict.value, "detail": check.detail, "fix": check.fix or None}
            for check in found.checks
        ],
        "fields": [
            {
                "path": field.path,
                "grade": field.grade,
                "at": field.at,
                "shown": field.shown.replace(" ", "-"),
                "reason": field.reason or None,
            }
            for field in found.fields
        ],
        "endpointAnswers": [
            {
                "part": one.part,
                "action": one.action,
                "grade": one.grade,
                "answer": one.verdict.value,
                "detail": one.words,
            }
            for one in found.answers
        ],
        "policies": dict(found.policies),
    }
