"""What `adopt` wrote into a spec: as text, as JSON, and as a diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.reconcile.intake.adopt import Adopted, Adoption
from provisioner.reconcile.plan.diff import Unverified
from provisioner.recording.application import Layer, Leaf
from provisioner.recording.consequences import STOP_RECORDING
from provisioner.recording.fields import find
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, canonical, text
from provisioner.report.plan.grouping import FEW_FIELDS, by_reason
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain


def render_adoption(adoption: Adoption, style: Style = plain) -> str:
    """Each adopted value and how it was written, then the fields that could not be read."""
    lines = [style(adoption.draft.file, "title")] if adoption.adopted else []
    if adoption.stops_recording:
        lines.append(
            f"    {style(STOP_RECORDING.severity.name, 'danger')} {STOP_RECORDING.id}: {STOP_RECORDING.says('adopted')}"
        )
    rows = [
        [short(one.path), f"{_value(one.path, one.before)} -> {_value(one.path, one.after)}", style(_why(one), "quiet")]
        for one in adoption.adopted
    ]
    lines += [f"    {row}" for row in aligned(rows)] if rows else []
    lines += [f"    {line}" for line in _unread(adoption.unverified)]
    return "".join(f"{line}\n" for line in lines)


def _unread(fields: Sequence[Unverified]) -> Iterator[str]:
    for reason, group in by_reason(fields).items():
        names = [short(field.path) for field in group]
        subject = ", ".join(names) if len(names) <= FEW_FIELDS else f"{len(names)} fields"
        yield f"{subject}: cannot be read ({printable(reason)}), so the spec is not changed"


def adoption_document(adoption: Adoption, edit: str, *, written: bool) -> dict[str, Any]:
    """The same for programs; `before` and `after` are canonical spec text, null is "not set"; `edit` is a diff."""
    return {
        "file": adoption.draft.file,
        "written": written,
        "stopsRecording": adoption.stops_recording,
        "adopted": [
            {
                "path": one.path,
                "before": _canonical(one.before),
                "after": _canonical(one.after),
                "how": one.how,
                "weaker": str(leaf.where) if (leaf := _weaker(one)) and leaf.where else None,
            }
            for one in adoption.adopted
        ],
        "cannotVerify": [{"path": field.path, "reason": field.reason} for field in adoption.unverified],
        "edit": edit,
    }


def render_edit(file: str, before: str, after: str, style: Style = plain) -> str:
    """A unified diff of one file; empty where nothing changes. It is for people: what is invisible is written out."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"a/{file}", f"b/{file}", lineterm="")
    roles = {"-": "danger", "+": "good", "@": "quiet"}
    coloured = (style(line, roles[line[0]]) if line[0] in roles else line for line in map(printable, lines))
    return "".join(f"{line}\n" for line in coloured)


def _why(one: Adopted) -> str:
    """How the value was written, and which weaker layer it overrides."""
    weaker = _weaker(one)
    says = f"{weaker.where} says {_value(one.path, weaker.value)}" if weaker and weaker.where else ""
    match one.how:
        case "override":
            return f"override; {says}" if says else "set here"
        case "inherited":
            return f"no override: {says}" if says else "no override: this is the default"
        case "deleted":
            return f"null; {says}"
    return "no longer set here"


def _weaker(one: Adopted) -> Leaf | None:
    """The leaf below the application's own file."""
    leaf = one.leaf
    return leaf.overrode if leaf and leaf.layer is Layer.APPLICATION else leaf


def _value(path: str, value: Value | None) -> str:
    field = find(path)
    if value is None:
        return "(not set)"
    return "(hidden)" if field and field.secret else printable(text(value))


def _canonical(value: Value | None) -> Any:
    return None if value is None else canonical(value)
