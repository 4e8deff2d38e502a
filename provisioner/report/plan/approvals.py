"""Who must approve a plan, and who has, as text: a view of the JSON document that `provisioner approvals` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain

_ROLES = {"approved": "good", "missing": "danger", "unknown": "warning"}


def render_approvals(document: Mapping[str, Any], style: Style = plain) -> str:
    """One line for each group, then what could not be found out and which approvals do not count."""
    return "".join(f"{line}\n" for line in _lines(document, style))


def _lines(document: Mapping[str, Any], style: Style) -> Iterator[str]:
    rows = document["approvals"]
    yield style(f"{printable(document['environment'])}, plan {document['plan'][:12]}", "title")
    if not rows:
        yield "nobody needs to approve"
        return
    for row, line in zip(rows, aligned([_row(row, style) for row in rows]), strict=True):
        yield line
        if row["guardrails"]:
            of = f"guardrails: {printable(', '.join(row['guardrails']))}"
            yield from (style(f"    {part}", "quiet") for part in wrap(of, 76, subsequent_indent="  "))
    reasons = dict.fromkeys(reason for row in rows for reason in row.get("unknown", ()))
    yield from (style(f"cannot tell: {printable(reason)}", "warning") for reason in reasons)
    yield from (f"does not count: {printable(reason)}" for reason in document["void"])


def _row(row: Mapping[str, Any], style: Style) -> tuple[str, ...]:
    origin = row["origin"]
    owners = " or ".join(map(printable, row["owners"])) or "no owner in CODEOWNERS"
    of = ", ".join(map(printable, row["applications"])) or "the environment"
    where = style(f"{printable(origin['file'])}:{origin['line']}:{origin['column']}", "quiet")
    if "verdict" not in row:
        return owners, f"{row['required']} of them" if row["owners"] else "nobody can", of, where
    names = [printable(name) for name in row["approvedBy"]] + [f"not {printable(name)}" for name in row["against"]]
    verdict = style(row["verdict"], _ROLES[row["verdict"]])
    return owners, f"{len(row['approvedBy'])} of {row['required']}", of, " ".join([verdict, *names])
