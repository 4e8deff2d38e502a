"""`provisioner apply` where people change the console: the runbook, or a walk through its steps on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from provisioner.cli.confirm import (
    LASTS,
    Answers,
    ConfirmationContext,
    Confirmer,
    confirm,
    confirmer,
)
from provisioner.cli.output import style
from provisioner.cli.prompt import agreed, can_ask
from provisioner.console.port import Console
from provisioner.console.runbook.labels import labels_of
from provisioner.foundation.clock import system_clock
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.plan import Plan
from provisioner.recording.application import Application
from provisioner.recording.value_types import Value
from provisioner.report.plan.plan_view import ApplicationView, PlanView, read_plan
from provisioner.report.plan.terminal import render_plan
from provisioner.report.runbook.runbook import render_left, render_look_first, render_runbook
from provisioner.report.runbook.runbook_prompt import render_head, render_step
from provisioner.report.runbook.runbook_steps import needs_people, never_shown, runbook_steps
from provisioner.specs.workspace import Workspace

PARTIAL = 3


def specs_of(plan: Plan) -> dict[str, Mapping[str, Value]]:
    """What the specs of the plan's applications say in effect, by name: for views that show what stays as it is."""
    return {entry.application.name: entry.application.values for entry in plan.applications}


def runbook_walk(plan: Plan, console: Console, *, ask: bool) -> int:
    """Have people carry out `plan`: go through the steps with them, or print the steps where nobody can be asked.

    Answers the exit code: 0 where nothing was to be done or somebody confirmed all of it, 3 where they confirmed some
    of it, 1 where they confirmed nothing.
    """
    root = Workspace.containing(Path.cwd()).root
    labels, view = labels_of(plan.environment, root), read_plan(document(plan))
    todo = [entry for entry in view.applications if needs_people(entry)]
    if not todo:
        click.echo(render_plan(view, style), nl=False)
        return 0
    if not (ask and can_ask()):
        nobody = len(todo) > 1 and all(entry.confirmed is None for entry in view.applications)
        click.echo(render_look_first(view) if nobody else render_runbook(view, labels, specs_of(plan)), nl=False)
        return _exit_code(view, 0, len(todo))
    click.echo(render_plan(view, style), nl=False)
    by, at = confirmer(None, LASTS, system_clock, root), ConfirmationContext(console, labels, root)
    apps = {entry.application.name: entry.application for entry in plan.applications}
    return _exit_code(view, sum(_walk(entry, apps[entry.name], by, at) for entry in todo), len(todo))


def _walk(entry: ApplicationView, app: Application, by: Confirmer, at: ConfirmationContext) -> bool:
    """Go through one application's steps. True once somebody has confirmed the result."""
    todo = runbook_steps(entry, at.labels, app.values)
    click.echo(f"\n{render_head(entry.name, entry.sdk_app_id, at.labels, style)}")
    for number, step in enumerate(todo, 1):
        click.echo(render_step(number, len(todo), step, style))
        if not agreed("done?"):
            click.echo(f"{entry.name}: stopped at step {number}; nothing was confirmed.", err=True)
            return False
    click.echo("Reload the page: it must show this now.")
    file = confirm(app, Answers({}, never_shown(entry)), by, at, ask=True)
    if file:
        click.echo(f"{style('confirmed', 'good')} {entry.name}: {file}; commit it")
    return file is not None


def _exit_code(plan: PlanView, confirmed: int, todo: int) -> int:
    if confirmed == todo:
        return 0
    click.echo(render_left(plan.environment, todo - confirmed, todo), err=True)
    return PARTIAL if confirmed else 1
