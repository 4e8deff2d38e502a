"""`provisioner apply` where people change the console: the runbook, or a walk through its steps on a terminal."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.confirm import LASTS, Look, Observatory, Witness, at_a_terminal, confirm, witness
from provisioner.cli.output import style
from provisioner.console.page import page_of
from provisioner.console.port import Console
from provisioner.foundation.clock import system_clock
from provisioner.reconcile.document import document
from provisioner.reconcile.plan import ApplicationPlan, Plan
from provisioner.report.reading import read_plan
from provisioner.report.runbook import render_runbook
from provisioner.report.steps import needs_people, never_shown, steps
from provisioner.report.terminal import render_plan
from provisioner.report.walk import render_head, render_step
from provisioner.specs.workspace import Workspace

PARTIAL = 3


def by_hand(plan: Plan, console: Console, *, ask: bool) -> int:
    """Have people carry out `plan`. Nothing is done where nobody says so.

    0: nothing was to be done, or somebody confirmed all of it; 3: some of it; 1: the steps stand, none was confirmed.
    """
    root = Workspace.containing(Path.cwd()).root
    page, todo = page_of(plan.environment, root), [entry for entry in plan.applications if needs_people(entry)]
    if not todo:
        click.echo(render_plan(read_plan(document(plan)), style), nl=False)
        return 0
    if not (ask and at_a_terminal()):
        click.echo(render_runbook(plan, page), nl=False)
        return _verdict(plan, 0, len(todo))
    click.echo(render_plan(read_plan(document(plan)), style), nl=False)
    by, at = witness(None, LASTS, system_clock, root), Observatory(console, page, root)
    return _verdict(plan, sum(_walk(entry, by, at) for entry in todo), len(todo))


def _walk(entry: ApplicationPlan, by: Witness, at: Observatory) -> bool:
    """Go through one application's steps. True once somebody has confirmed the result."""
    todo = steps(entry, at.page)
    click.echo(f"\n{render_head(entry.application, at.page, style)}")
    for number, step in enumerate(todo, 1):
        click.echo(render_step(number, len(todo), step, style))
        if not click.confirm("done?", err=True):
            click.echo(f"{entry.application.name}: stopped at step {number}; nothing was confirmed.", err=True)
            return False
    click.echo("Reload the page: it must show this now.")
    file = confirm(entry.application, Look({}, never_shown(entry)), by, at, ask=True)
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
