"""`provisioner history`: what was written, when and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from provisioner.cli.address import check_environment
from provisioner.cli.audit import audit_source
from provisioner.cli.output import format_option, print_json, style, verbose
from provisioner.cli.session import owner_option
from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.console.audit.cloud_audit import audit_clock
from provisioner.console.runbook import observations
from provisioner.foundation.clock import system_clock, timestamp
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.recording.limits import AUDIT_SPAN
from provisioner.report.console.audited import audited_entries, render_history
from provisioner.report.console.history import render_confirmations, render_run
from provisioner.specs.documents.observation import Observation
from provisioner.specs.workspace import Workspace


@click.command("history")
@click.argument("address", metavar="ENV[/APP]")
@owner_option
@click.option("--since", metavar="DAY", help="Only from this day on, YYYY-MM-DD.")
@click.option("--who", metavar="NAME", help="Only what somebody wrote in whose name this stands.")
@click.option("--audit", is_flag=True, help="Also what others called, by the account's audit log: 30 days.")
@format_option
def command(
    address: str, *, owners: tuple[str, ...], since: str | None, who: str | None, audit: bool, form: str
) -> int:
    """Show what was written to an environment, when and by whom, from its journal. Newest last.

    Confirmations of what the console shows stand below it, as far as the project holds them; what is alike of many
    applications stands once (--verbose lists each). With --audit also what others called, by CloudAudit: this tool's
    own calls stand in the journal.

    \b
    Examples:
      provisioner history dev
      provisioner history dev --audit
      provisioner history dev/video-* --since 2026-01-31 --who ann
    """
    workspace = Workspace.containing(Path.cwd())
    environment, _, pattern = address.partition("/")
    check_environment(workspace, environment)
    state = EnvironmentState(environment, workspace.root, workspace.journal(environment), system_clock)
    entries = list(state.journal.entries())
    told = _audited(workspace, state, entries) if audit else None
    narrowed = bool(pattern or owners or since or who)
    if narrowed:
        whose = _owned(workspace, environment, owners) if owners else None
        day = _day(since)
        asked = (_matching(run, pattern or "*", whose, day, who or "") for run in _by_run(entries))
        entries = [entry for run in asked for entry in run]
    whom = _owned(workspace, environment, owners) if owners else None
    seen = [
        one
        for one in observations.stored(workspace.root, environment)
        if fnmatchcase(one.name, pattern or "*") and (whom is None or one.name in whom)
        if timestamp(one.when) >= _day(since) and (who or "").casefold() in one.who.casefold()
    ]
    if form == "json":
        confirmations = [_confirmation(one) for one in seen]
        document = [{"run": entry.run, "event": entry.event, "at": entry.at, **entry.details} for entry in entries]
        print_json(document + confirmations + (audited_entries(told) if told else []))
    elif told:
        names = {app.sdk_app_id: app.name for app in workspace.environment(environment).applications}
        runs = [(run[0].at, list(render_run(run, style, verbose=verbose()))) for run in _by_run(entries)]
        click.echo(render_history(runs, told, names, style), nl=False)
    elif not entries and not seen:
        ever = (
            "was ever written" if address == environment and not (owners or since or who) else "like that was written"
        )
        click.echo(f"Nothing {ever} to {environment}, as far as its journal knows.")
    else:
        for run in _by_run(entries):
            for line in render_run(run, style, verbose=verbose()):
                click.echo(line)
    if form != "json":
        for line in render_confirmations(seen, style, verbose=verbose()):
            click.echo(line)
    return 0


def _confirmation(one: Observation) -> dict[str, Any]:
    return {
        "run": None,
        "event": "attested",
        "at": timestamp(one.when),
        "name": one.name,
        "sdkAppId": one.sdk_app_id,
        "who": one.who,
        "expires": timestamp(one.expires),
        "capture": one.capture,
    }


def _day(since: str | None) -> str:
    if since is None:
        return ""
    try:
        return date.fromisoformat(since).isoformat()
    except ValueError:
        raise UsageError(f'--since takes a day as YYYY-MM-DD, not "{printable(since)}"') from None


def _owned(workspace: Workspace, environment: str, owners: Sequence[str]) -> frozenset[str]:
    """Names of the applications that belong to the owners today."""
    return frozenset(app.name for app in workspace.environment(environment).applications if app.owner in owners)


def _matching(
    run: Sequence[JournalEntry], pattern: str, names: frozenset[str] | None, since: str, who: str
) -> Iterator[JournalEntry]:
    """What of one run is asked for, between its begin and its end; nothing where that is none."""
    if run[0].at < since or who.casefold() not in str(run[0].details.get("who")).casefold():
        return
    about = [entry for entry in run if "name" in entry.details]
    kept = [
        entry
        for entry in about
        if fnmatchcase(str(entry.details["name"]), pattern) and (names is None or entry.details["name"] in names)
    ]
    if kept or (pattern == "*" and names is None):
        yield from (entry for entry in run if entry in kept or entry not in about)


def _audited(workspace: Workspace, state: EnvironmentState, entries: list[JournalEntry]) -> AuditTrail:
    environment = workspace.environment(state.environment)
    since = audit_clock(environment, workspace.root)() - AUDIT_SPAN + timedelta(minutes=5)
    return audit_source(environment, state, entries).foreign(since)


def _by_run(entries: Iterable[JournalEntry]) -> Iterator[list[JournalEntry]]:
    for _, run in groupby(entries, key=lambda entry: entry.run):
        yield list(run)
