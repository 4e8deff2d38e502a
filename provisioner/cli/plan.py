"""`provisioner plan`: what apply would change."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.output import exit_code_option, format_option, print_json, style
from provisioner.cli.session import difference_code, session
from provisioner.foundation.clock import system_clock
from provisioner.reconcile.document import document
from provisioner.reconcile.seal import save, seal
from provisioner.report.terminal import render_plan


@click.command("plan")
@click.argument("address", metavar="ENV[/APP]")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Seal the plan into a file for review.")
@format_option
@exit_code_option
def command(address: str, out: Path | None, form: str, exit_code: bool) -> int:
    """Show what apply would change in an environment. Writes nothing to the console.

    \b
    Examples:
      provisioner plan prod
      provisioner plan prod/classroom --exit-code
      provisioner plan prod --out plan.json
    """
    with session(address) as opened:
        plan = opened.plan()
    if out:
        sealed = seal(document(plan), system_clock())
        save(sealed, out)
        click.echo(f"Sealed as {out} (digest {sealed['seal']['digest'][:12]}).", err=True)
    if form == "json":
        print_json(document(plan))
    else:
        click.echo(render_plan(plan, style), nl=False)
    return difference_code(plan, exit_code)
