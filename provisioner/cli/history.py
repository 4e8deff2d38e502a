"""`provisioner history`: what was written, when and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from provisioner.cli.address import check_environment
from provisioner.cli.output import format_option, print_json, style
from provisioner.foundation.clock import system_clock
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.recording.paths import short
from provisioner.specs.workspace import Workspace


@click.command("history")
@click.argument("environment", metavar="ENV")
@format_option
def command(environment: str, form: str) -> int:
    """Show what was written to an environment, when and by whom, from its journal. Newest last.

    \b
    Examples:
      provisioner history dev
    """
    workspace = Workspace.containing(Path.cwd())
    check_environment(workspace, environment)
    state = EnvironmentState(environment, workspace.root, workspace.journal(environment), system_clock)
    entries = list(state.journal.entries())
    if form == "json":
        print_json([{"run": entry.run, "event": entry.event, "at": entry.at, **entry.details} for entry in entries])
    elif not entries:
        click.echo(f"Nothing was ever written to {environment}, as far as its journal knows.")
    else:
        for line in _runs(entries):
            click.echo(line)
    return 0


def _runs(entries: Iterable[JournalEntry]) -> Iterator[str]:
    for _, run in groupby(entries, key=lambda entry: entry.run):
        events = list(run)
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
    elif entry.event == "failed":
        yield f"    {name}  {style('failed', 'danger')}: {printable(entry.details['reason'])}"


def _value(value: Any) -> str:
    if value is None:
        return "(not set)"
    return printable(str(value).lower() if isinstance(value, bool) else str(value))
