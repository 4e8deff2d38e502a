"""`provisioner report`: plans as a reviewer, or another program, reads them."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.foundation.files import write_atomically
from provisioner.reconcile.seal import read
from provisioner.report.formats import FORMATS
from provisioner.report.reading import read_plan


@click.command("report")
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="markdown", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write a file instead of stdout.")
def command(plans: tuple[Path, ...], form: str, out: Path | None) -> None:
    """Show plans for review: what happens to whom, why, what it costs, what cannot be undone.

    PLAN is what `plan --out` or `plan --format json` wrote; several are summarised together.

    \b
    Examples:
      provisioner report plan.json
      provisioner report plan.json --format step-summary
    """
    shown = FORMATS[form]([read_plan(read(path)) for path in plans])
    if out:
        write_atomically(out, shown.encode())
    else:
        click.echo(shown, nl=False)
