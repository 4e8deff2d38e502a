"""`provisioner verify`: what changed since a plan was sealed."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.output import format_option, print_json, style
from provisioner.cli.session import session
from provisioner.foundation.clock import system_clock
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.journal import runs_of
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.seal import addresses, changed_since, load, moved
from provisioner.report.text.amounts import counted


@click.command("verify")
@click.argument("plan", type=click.Path(dir_okay=False, path_type=Path))
@format_option
def command(plan: Path, form: str) -> int:
    """Show what changed since PLAN was sealed: specs, console, or time. Exits 1 if anything did.

    \b
    Examples:
      provisioner verify plan.json
    """
    sealed = load(plan)
    with session(*addresses(sealed), changed=changed_since(sealed)) as opened:
        runs = runs_of(opened.state.journal.entries(), sealed["seal"]["digest"])
        found = moved(sealed, document(opened.plan()), system_clock(), runs)
    if form == "json":
        print_json([{"application": one.application, "path": one.path, "what": one.what} for one in found])
    else:
        for one in found:
            click.echo(printable(str(one)))
        changed = f"Changed since the plan was sealed: {counted(len(found), 'thing')}. Make the plan again."
        verdict = changed if found else "Nothing changed: the plan is valid."
        click.echo(style(verdict, "danger" if found else "good"))
    return 1 if found else 0
