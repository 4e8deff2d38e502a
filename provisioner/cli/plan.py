"""`provisioner plan`: what apply would change."""

from __future__ import annotations

import click

from provisioner.cli.output import exit_code_option, format_option, print_json, style
from provisioner.cli.session import difference_code, session
from provisioner.reconcile.document import document
from provisioner.report.terminal import render_plan


@click.command("plan")
@click.argument("address", metavar="ENV[/APP]")
@format_option
@exit_code_option
def command(address: str, form: str, exit_code: bool) -> int:
    """Show what apply would change in an environment. Writes nothing.

    \b
    Examples:
      provisioner plan prod
      provisioner plan prod/classroom --exit-code
    """
    with session(address) as opened:
        plan = opened.plan()
    if form == "json":
        print_json(document(plan))
    else:
        click.echo(render_plan(plan, style), nl=False)
    return difference_code(plan, exit_code)
