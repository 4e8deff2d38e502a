"""`provisioner attest`: confirm what the console shows, where no API can read it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provisioner.cli.address import find
from provisioner.cli.confirm import (
    LASTS,
    Answers,
    ConfirmationContext,
    confirm,
    confirmer,
)
from provisioner.cli.output import style
from provisioner.cli.prompt import require_answer
from provisioner.console.drivers import open_console
from provisioner.console.runbook.labels import labels_of
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import UsageError
from provisioner.report.runbook.runbook_prompt import render_head
from provisioner.specs.editing.assignment import assignment, shown_field
from provisioner.specs.workspace import Workspace


@click.command("attest")
@click.argument("address", metavar="ENV/APP")
@click.option(
    "--seen", multiple=True, metavar="PATH=VALUE", help="What you saw instead of the spec's value; PATH= for nothing."
)
@click.option("--unseen", multiple=True, metavar="PATH", help="A field that the page does not show you.")
@click.option("--expires", default=LASTS, show_default=True, help="How long this counts.")
@click.option("--who", help="Who confirms; the name that Git commits with unless given.")
@click.option("--yes", is_flag=True, help="Confirm without being asked.")
def command(
    *, address: str, seen: tuple[str, ...], unseen: tuple[str, ...], expires: str, who: str | None, yes: bool
) -> int:
    """Confirm what the console of an application shows: every value as the spec wants it, except for --seen.

    \b
    Examples:
      provisioner attest prod/video-call --yes
      provisioner attest prod/video-call --yes --seen maxIdleTime=30s
    """
    workspace = Workspace.containing(Path.cwd())
    environment, app = find(workspace, address)
    if app is None:
        raise UsageError(
            f"{address} is an environment: what somebody confirms is one application", fix="Write ENV/APP."
        )
    if environment.console.driver != "runbook":
        raise UsageError(
            f"{environment.name}: the driver {environment.console.driver} reads its console itself",
            where=environment.where,
            fix="Only what nothing but people can see is confirmed: console: {driver: runbook}.",
        )
    require_answer(yes)
    answers = _answers(seen, unseen)
    by, root = confirmer(who, expires, system_clock, workspace.root), workspace.root
    at = ConfirmationContext(open_console(environment, root, os.environ), labels_of(environment, root), root)
    click.echo(render_head(app.name, app.sdk_app_id, at.labels, style))
    file = confirm(app, answers, by, at, ask=not yes)
    if file is None:
        click.echo("Nothing was confirmed.", err=True)
        return 1
    click.echo(f"{style('confirmed', 'good')} {app.name}: {file}; commit it, so that plans everywhere compare with it")
    return 0


def _answers(seen: tuple[str, ...], unseen: tuple[str, ...]) -> Answers:
    hidden = {shown_field(name) for name in unseen}
    if "/recording/enabled" in hidden:
        raise UsageError("--unseen enabled: who cannot see whether recording is on cannot confirm anything")
    return Answers(dict(assignment(word, "--seen") for word in seen), hidden)
