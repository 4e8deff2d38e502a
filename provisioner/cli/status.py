"""`provisioner status`: what each environment runs on the way to production."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provisioner.cli.audit import audit_source, named
from provisioner.cli.output import print_json, style
from provisioner.cli.output_file import metrics_option, on_stdout, write_output
from provisioner.foundation.clock import system_clock
from provisioner.promotion.console_plans import ConsolePlan, UnreadableConsole, console_plan
from provisioner.promotion.gate_context import read_journal
from provisioner.promotion.render_status import render_markdown, render_status, status_document
from provisioner.promotion.status import status
from provisioner.reconcile.apply.last_in_sync import last_equal
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace


@click.command("status")
@click.argument("environments", metavar="[ENV]...", nargs=-1)
@metrics_option
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def command(environments: tuple[str, ...], metrics: Path | None, form: str) -> None:
    """Show of every application what runs in which environment: its template and mode, drift in the console, when it
    was promoted, how long it has yet to soak, what is held, and what no spec manages.

    Environments are columns, from development to production. What differs in a console says who changed it, when and
    from where, by CloudAudit.

    \b
    Examples:
      provisioner status
      provisioner status dev prod --format markdown
      provisioner status --metrics /var/lib/node_exporter/trtc.prom
    """
    workspace = Workspace.containing(Path.cwd())
    names = dict.fromkeys(environments) or workspace.environment_names()
    found = status(
        [workspace.environment(name) for name in names],
        lambda env: _looked(workspace, env),
        lambda env: read_journal(EnvironmentState(env.name, workspace.root, env.journal, system_clock)),
        lambda env: workspace.promotions(env.name),
        system_clock(),
    )
    if metrics:
        from provisioner.promotion.status_metrics import status_metrics

        write_output(metrics, status_metrics(found, system_clock()))
    if on_stdout(metrics):
        return
    if form == "json":
        print_json(status_document(found))
    elif form == "markdown":
        click.echo(render_markdown(found), nl=False)
    else:
        click.echo(render_status(found, style), nl=False)


def _looked(workspace: Workspace, env: Environment) -> ConsolePlan:
    """What the console shows, and who changed what differs in it."""
    seen = console_plan(workspace.root, os.environ, env)
    if isinstance(seen, UnreadableConsole) or not seen.changes:
        return seen
    state = EnvironmentState(env.name, workspace.root, env.journal, system_clock)
    entries = read_journal(state)
    known = () if isinstance(entries, UnreadableConsole) else entries
    return named(seen, audit_source(env, state, known), last_equal(known))
