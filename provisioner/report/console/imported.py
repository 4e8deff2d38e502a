"""What an import writes, as text for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.reconcile.intake.importing import Import, ImportedApplication, LeftOut
from provisioner.recording.paths import short
from provisioner.report.text.columns import aligned
from provisioner.report.text.style import Style, plain
from provisioner.specs.layout import template_file


def render_import(environment: str, done: Import, left_out: Sequence[LeftOut], style: Style = plain) -> str:
    """New templates, new applications, then fields that could not be read and applications that were left out."""
    total = len(done.applications) + len(left_out)
    lines = [style(f"{environment}: {total} without a spec, {len(done.applications)} imported", "title"), ""]
    if done.templates:
        new = [[template_file(pin), _users(users)] for pin, users in done.templates.items()]
        lines += _section("New templates:", new)
    if done.applications:
        lines += _section("New applications:", [_row(one, style) for one in done.applications])
    if unverified := [
        [one.candidate.name, f"{short(field.path)}: {printable(field.reason)}"]
        for one in done.applications
        if one.candidate.unseen is None
        for field in one.candidate.unverified
    ]:
        lines += _section("Cannot verify, so left out of the files:", unverified)
    if left_out:
        lines += _section("Left out:", [_left_out(one, style) for one in left_out])
    return "\n".join(lines[:-1]) + "\n"


def _section(title: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield title
    yield from (f"    {row}" for row in aligned(rows))
    yield ""


def _users(users: int) -> str:
    return f"{users} application{'' if users == 1 else 's'} record{'s' if users == 1 else ''} by it"


def _row(one: ImportedApplication, style: Style) -> list[str]:
    listed, name = one.candidate.listed, one.candidate.name
    called = "" if listed.name == name else style(f'  the console calls it "{printable(listed.name)}"', "quiet")
    return [name, str(listed.sdk_app_id), f"{_how(one)}{called}"]


def _how(one: ImportedApplication) -> str:
    switches = one.candidate.switches
    mode = str(switches["/recording/mode"]) if switches["/recording/enabled"] is True else "off"
    own = len(one.adoption.adopted)
    seen = "" if one.candidate.unseen is None else "; nobody has looked"
    apart = f" and {own} of its own" if one.template else f", {own} settings of its own"
    return f"{mode}{f', {one.template}' if one.template else ''}{apart if own else ''}{seen}"


def _left_out(one: LeftOut, style: Style) -> list[str]:
    return [printable(one.listed.name), str(one.listed.sdk_app_id), style(printable(one.reason), "warning")]


def import_document(done: Import, left_out: Sequence[LeftOut], *, written: bool) -> dict[str, Any]:
    """The same for programs."""
    return {
        "written": written,
        "templates": [
            {"pin": pin, "file": template_file(pin), "users": users} for pin, users in done.templates.items()
        ],
        "applications": [
            {
                "name": one.candidate.name,
                "sdkAppId": one.candidate.listed.sdk_app_id,
                "consoleName": one.candidate.listed.name,
                "file": one.adoption.draft.file,
                "template": one.template,
                "overrides": [adopted.path for adopted in one.adoption.adopted],
                "cannotVerify": [{"path": field.path, "reason": field.reason} for field in one.candidate.unverified],
            }
            for one in done.applications
        ],
        "leftOut": [
            {"name": one.listed.name, "sdkAppId": one.listed.sdk_app_id, "reason": one.reason} for one in left_out
        ],
    }
