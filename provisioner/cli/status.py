"""`provisioner status`: what each environment runs on the way to production."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import click

from provisioner.cli.audit import audit_source, named
from provisioner.cli.output import print_json, style, verbose
from provisioner.cli.output_file import metrics_option, on_stdout, write_output
from provisioner.cli.session import owner_option
from provisioner.cli.several import all_option, side_by_side
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.promotion.console_plans import ConsolePlan, UnreadableConsole, console_plan
from provisioner.promotion.gate_context import read_journal
from provisioner.promotion.render_status import render_markdown, render_status, status_document
from provisioner.promotion.status import Cell, status
from provisioner.reconcile.apply.last_in_sync import last_equal
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace


@click.command("status")
@click.argument("addresses", metavar="[ENV[/APP]]...", nargs=-1)
@all_option
@owner_option
@click.option("--differs", is_flag=True, help="Only applications that differ in a console, or cannot be compared.")
@metrics_option
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def command(
    addresses: tuple[str, ...],
    *,
    everywhere: bool,
    owners: tuple[str, ...],
    differs: bool,
    metrics: Path | None,
    form: str,
) -> int:
    """Show of every application what runs in which environment: its template and mode, drift in the console, when it
    was promoted, how long it has yet to soak, what is held, and what no spec manages.

    Environments are columns, from development to production; applications of which there is the same to know are one
    row. What differs in a console says who changed it, when and
    from where, by CloudAudit.

    \b
    Examples:
      provisioner status
      provisioner status dev prod --format markdown
      provisioner status prod/live-* --differs
      provisioner status --metrics trtc.prom
    """
    workspace = Workspace.containing(Path.cwd())
    if everywhere and addresses:
        raise UsageError("--all is every environment", fix="Leave the names out.")
    names = dict.fromkeys(address.partition("/")[0] for address in addresses) or workspace.environment_names()
    patterns = [app for _, _, app in (address.partition("/") for address in addresses)]
    environments, unread = side_by_side({name: [name] for name in names}, lambda own: workspace.environment(own[0]))
    known = {env.name: env for env in environments}
    looks, _ = side_by_side({name: [name] for name in known}, lambda own: _looked(workspace, known[own[0]]))
    seen = dict(zip(known, looks, strict=True))
    found = status(
        environments,
        lambda env: seen[env.name],
        lambda env: read_journal(EnvironmentState(env.name, workspace.root, env.journal, system_clock)),
        lambda env: workspace.promotions(env.name),
        system_clock(),
    )
    if owners or (patterns and all(patterns)):
        found = found.only(lambda cell: _chosen(cell, owners, patterns if all(patterns) else []))
    if metrics:
        from provisioner.promotion.status_metrics import status_metrics

        write_output(metrics, status_metrics(found, system_clock()))
    if differs:
        found = found.only(lambda cell: cell.drift is None or cell.drift > 0 or cell.unverified > 0 or bool(cell.age))
    if on_stdout(metrics):
        pass
    elif form == "json":
        print_json(status_document(found))
    elif form == "markdown":
        click.echo(render_markdown(found), nl=False)
    else:
        click.echo(render_status(found, style, verbose=verbose()), nl=False)
    return unread


def _chosen(cell: Cell, owners: Sequence[str], patterns: Sequence[str]) -> bool:
    app = cell.application
    named = not patterns or any(fnmatchcase(app.name, pattern) for pattern in patterns)
    return named and (not owners or app.owner in owners)


def _looked(workspace: Workspace, env: Environment) -> ConsolePlan:
    """What the console shows, and who changed what differs in it."""
    try:
        seen = console_plan(workspace.root, os.environ, env)
    except ProvisionerError as error:
        return UnreadableConsole(env.name, str(error))
    if isinstance(seen, UnreadableConsole) or not seen.changes:
        return seen
    state = EnvironmentState(env.name, workspace.root, env.journal, system_clock)
    entries = read_journal(state)
    known = () if isinstance(entries, UnreadableConsole) else entries
    return named(seen, audit_source(env, state, known), last_equal(known))
