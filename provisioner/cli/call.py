"""`provisioner call`: one answer for one call."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from provisioner.archive.coverage.collect_rooms import CoverageQuery, CoverageReport, collect_rooms
from provisioner.archive.coverage.room_coverage import RoomCoverage
from provisioner.archive.files.recorded import LONGEST_ID
from provisioner.archive.time_range import time_range
from provisioner.cli.address import find_application
from provisioner.cli.output import format_option, print_json, style
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import UsageError
from provisioner.reconcile.apply.applied_version import AppliedVersion, applied_version
from provisioner.reconcile.apply.recorded_windows import recorded_windows
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.recording.limits import ROOMS_BACK
from provisioner.report.archive.call_answer import CallAnswer, call_document, render_call
from provisioner.specs.workspace import Workspace

_AROUND = timedelta(days=1)
"""How long before a moment its room may have been created."""

_MARGIN = timedelta(minutes=2)


@click.command("call")
@click.argument("address", metavar="ENV/APP")
@click.option("--room", required=True, help="The room's id, a number or a name.")
@click.option("--at", metavar="TIME", help="A moment at which the call went on; the room's last call unless said.")
@click.option("--audit", is_flag=True, help="Ask CloudAudit who changed what nothing is recorded by.")
@format_option
def command(*, address: str, room: str, at: str | None, audit: bool, form: str) -> int:
    """Say of one call whether it was recorded, where it is, who is in it, and why not.

    Exits 0 where it was recorded, 2 where it was not or not as a whole, 4 where nobody knows.

    \b
    Examples:
      provisioner call dev/video-call --room 1234
      provisioner call prod/video-call --room 1234 --at 2026-03-01T12:00:00+08:00
    """
    if not 0 < len(room) <= LONGEST_ID:
        raise UsageError(f"no room's id has {len(room)} characters", fix=f"Name one of 1 to {LONGEST_ID}.")
    workspace = Workspace.containing(Path.cwd())
    environment, app = find_application(workspace, address)
    state = EnvironmentState(environment.name, workspace.root, environment.journal, system_clock)
    known = recorded_windows(environment, [app], state, os.environ, audit=audit)
    moment, _ = time_range(at, None, known.now, ("--at", "--at"))
    since = known.now - ROOMS_BACK + _MARGIN if moment is None else moment - _AROUND
    until = known.now if moment is None else min(moment + _MARGIN, known.now)
    query = CoverageQuery([app], since, until, known.now, known.windows, known.unread, room)
    with collect_rooms(environment, query, workspace.root, os.environ) as report:
        found = _meant(report.rooms(), room, moment)
        version = AppliedVersion("", "")
        if found is not None:
            version = applied_version(workspace, app, state.journal.entries(), found.created)
        answer = CallAnswer(
            f"{environment.name}/{app.name}",
            room,
            report.source,
            found,
            version.template,
            version.how,
            tuple(_unknown(report)),
        )
    if form == "json":
        print_json(call_document(answer))
    else:
        click.echo(render_call(answer, style), nl=False)
    return answer.code


def _meant(rooms: Iterator[RoomCoverage], name: str, moment: datetime | None) -> RoomCoverage | None:
    """The last room of that id, or the one that was there at the moment; files' other readings are other rooms."""
    last: RoomCoverage | None = None
    for room in rooms:
        over = moment is not None and room.ended is not None and room.ended < moment - _MARGIN
        if room.room == name and not over:
            last = room
    return last


def _unknown(report: CoverageReport) -> Iterator[str]:
    """What could not be asked, in sentences."""
    for gap in report.gaps[:2]:
        yield f"the list of rooms: {gap.why.reason}"
    for reason in report.query.unread.values():
        yield f"what the console shows now: {reason}"
    for why in report.missing.values():
        yield f"files: {why.reason}"
    for usage in report.minutes.values():
        if not usage.complete:
            yield f"minutes: {usage.gaps[0].why.reason}"
    if report.unheard:
        yield f"the controller's callbacks: {report.unheard.reason}"
