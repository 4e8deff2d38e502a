"""`provisioner apply` where people change the console: the runbook, or a walk through its steps on a terminal."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.confirm import LASTS, Answers, ConfirmationContext, Confirmer, at_a_terminal, confirm, confirmer
from provisioner.cli.output import style
from provisioner.console.port import Console
from provisioner.console.runbook.labels import labels_of
from provisioner.foundation.clock import system_clock
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.plan import ApplicationPlan, Plan
from provisioner.report.plan.plan_view import read_plan
from provisioner.report.plan.terminal import render_plan
from provisioner.report.runbook.runbook import render_runbook
from provisioner.report.runbook.runbook_prompt import render_head, render_step
from provisioner.report.runbook.runbook_steps import needs_people, never_shown, steps
from provisioner.specs.workspace import Workspace

PARTIAL = 3


def by_hand(plan: Plan, console: Console, *, ask: bool) -> int:
    """Have people carry out `plan`. Nothing is done where nobody says so.

    0: nothing was to be done, or somebody confirmed all of it; 3: some of it; 1: the steps stand, none was confirmed.
    """
    root = Workspace.containing(Path.cwd()).root
    labels, todo = labels_of(plan.environment, root), [entry for entry in plan.applications if needs_people(entry)]
    if not todo:
        click.echo(render_plan(read_plan(document(plan)), style), nl=False)
        return 0
    if not (ask and at_a_terminal()):
        click.echo(render_runbook(plan, labels), nl=False)
        return _verdict(plan, 0, len(todo))
    click.echo(render_plan(read_plan(document(plan)), style), nl=False)
    by, at = confirmer(None, LASTS, system_clock, root), ConfirmationContext(console, labels, root)
    return _verdict(plan, sum(_walk(entry, by, at) for entry in todo), len(todo))


def _walk(entry: ApplicationPlan, by: Confirmer, at: ConfirmationContext) -> bool:
    """Go through one application's steps. True once somebody has confirmed the result."""
    todo = steps(entry, at.labels)
    click.echo(f"\n{render_head(entry.application, at.labels, style)}")
    for number, step in enumerate(todo, 1):
        click.echo(render_step(number, len(todo), step, style))
        if not click.confirm("done?", err=True):
            click.echo(f"{entry.application.name}: stopped at step {number}; nothing was confirmed.", err=True)
            return False
    click.echo("Reload the page: it must show this now.")
    file = confirm(entry.application, Answers({}, never_shown(entry)), by, at, ask=True)
    if file:
        click.echo(f"{style('confirmed', 'good')} {entry.application.name}: {file}; commit it")
    return file is not None


def _verdict(plan: Plan, confirmed: int, todo: int) -> int:
    if confirmed == todo:
        return 0
    name = plan.environment.name
    click.echo(
        f"Nothing was written: people change this console. Applications left: {todo - confirmed} of {todo}.\n"
        f"  Carry out the steps, then confirm each application: provisioner attest {name}/APP",
        err=True,
    )
    return PARTIAL if confirmed else 1
