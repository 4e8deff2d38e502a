"""`provisioner history`: what was written, when and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from provisioner.cli.address import check_environment
from provisioner.cli.audit import audit_source
from provisioner.cli.output import format_option, print_json, style
from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.console.audit.cloud_audit import audit_clock
from provisioner.foundation.clock import system_clock
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.recording.limits import AUDIT_SPAN
from provisioner.recording.paths import short
from provisioner.report.console.audited import audited_entries, render_history
from provisioner.specs.workspace import Workspace


@click.command("history")
@click.argument("environment", metavar="ENV")
@click.option("--audit", is_flag=True, help="Also what others called, by the account's audit log: 30 days.")
@format_option
def command(environment: str, audit: bool, form: str) -> int:
    """Show what was written to an environment, when and by whom, from its journal. Newest last.

    With --audit also what others called, by CloudAudit: this tool's own calls stand in the journal.

    \b
    Examples:
      provisioner history dev
      provisioner history dev --audit
    """
    workspace = Workspace.containing(Path.cwd())
    check_environment(workspace, environment)
    state = EnvironmentState(environment, workspace.root, workspace.journal(environment), system_clock)
    entries = list(state.journal.entries())
    told = _audited(workspace, state, entries) if audit else None
    if form == "json":
        document = [{"run": entry.run, "event": entry.event, "at": entry.at, **entry.details} for entry in entries]
        print_json(document + (audited_entries(told) if told else []))
    elif told:
        names = {app.sdk_app_id: app.name for app in workspace.environment(environment).applications}
        runs = [(run[0].at, list(_run(run))) for run in _by_run(entries)]
        click.echo(render_history(runs, told, names, style), nl=False)
    elif not entries:
        click.echo(f"Nothing was ever written to {environment}, as far as its journal knows.")
    else:
        for run in _by_run(entries):
            for line in _run(run):
                click.echo(line)
    return 0


def _audited(workspace: Workspace, state: EnvironmentState, entries: list[JournalEntry]) -> AuditTrail:
    environment = workspace.environment(state.environment)
    since = audit_clock(environment, workspace.root)() - AUDIT_SPAN + timedelta(minutes=5)
    return audit_source(environment, state, entries).foreign(since)


def _by_run(entries: Iterable[JournalEntry]) -> Iterator[list[JournalEntry]]:
    for _, run in groupby(entries, key=lambda entry: entry.run):
        yield list(run)


def _run(events: list[JournalEntry]) -> Iterator[str]:
    begin = events[0].details
    ended = events[-1].event == "end"
    unfinished = "" if ended else style("  (did not finish: run apply again)", "warning")
    head = f"{events[0].at}  {begin.get('who')} with {begin.get('engine')} on the {begin.get('console')}"
    yield style(printable(head), "title") + unfinished
    for entry in events:
        yield from _line(entry)


def _line(entry: JournalEntry) -> Iterator[str]:
    name = printable(f"{entry.details.get('name')} {entry.details.get('sdkAppId')}")
    if entry.event == "write":
        for change in entry.details["changes"]:
            before, after = _value(change["before"]), _value(change["after"])
            yield f"    {name}  {short(change['path'])}: {before} -> {after}"
    elif entry.event == "applied":
        effect = f"takes effect for rooms created after {entry.details['effectiveAfter']}"
        yield f"    {name}  {style('applied', 'good')}, {effect}"
    elif entry.event == "webhook":
        yield f"    {name}  webhook of calls: {printable(str(entry.details.get('url')))}"
    elif entry.event == "failed":
        yield f"    {name}  {style('failed', 'danger')}: {printable(entry.details['reason'])}"


def _value(value: Any) -> str:
    if value is None:
        return "(not set)"
    return printable(str(value).lower() if isinstance(value, bool) else str(value))
