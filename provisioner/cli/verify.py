"""`provisioner verify`: what changed since a plan was sealed."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.output import format_option, print_json, style
from provisioner.cli.sealed_plan import load_plan, session_of, signature_options
from provisioner.foundation.clock import system_clock
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.journal import runs_of
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.staleness import moved
from provisioner.report.text.amounts import counted


@click.command("verify")
@click.argument("plan", type=click.Path(dir_okay=False, path_type=Path))
@signature_options
@format_option
def command(plan: Path, signature: Path | None, signers: Path | None, form: str) -> int:
    """Show what changed since PLAN was sealed: specs, base, console, or time. Exits 1 if anything did.

    The plan is made again and compared as a whole: values, findings, causes, guardrails, owners, scope. With
    --signature it must also be signed by somebody who may.

    \b
    Examples:
      provisioner verify plan.json
      provisioner verify plan.json --signature plan.json.sig
    """
    sealed = load_plan(plan, signature, signers)
    with session_of(sealed) as opened:
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
