"""`provisioner plan`: what apply would change."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.address import project_folder
from provisioner.cli.output import exit_code_option, style, verbose
from provisioner.cli.output_file import on_stdout, output_option, write_output
from provisioner.cli.plan_format import plan_format_option
from provisioner.cli.session import (
    base_option,
    changed_option,
    difference_code,
    owner_option,
    session,
)
from provisioner.cli.several import all_option, by_environment, gravest, several_argument, side_by_side
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.plan.document import Document, document
from provisioner.reconcile.plan.plan import Plan
from provisioner.reconcile.plan.seal import seal, text
from provisioner.reconcile.plan.signature import sign, signature_file
from provisioner.report.plan.formats import formats_of
from provisioner.report.plan.plan_view import read_plan

_KEY = click.Path(dir_okay=False, path_type=Path)


@click.command("plan")
@several_argument
@all_option
@owner_option
@base_option
@changed_option
@click.option("--usage", is_flag=True, help="Ask how much is recorded a day of what changes.")
@output_option("--out", about="Seal the plan into a file for review; - is stdout.")
@click.option("--sign", "key", metavar="KEY", type=_KEY, help="With --out: sign it by an SSH key, into FILE.sig.")
@plan_format_option("plan")
@exit_code_option
def command(
    addresses: tuple[str, ...],
    *,
    everywhere: bool,
    owners: tuple[str, ...],
    base: str | None,
    changed: str | None,
    usage: bool,
    out: Path | None,
    key: Path | None,
    form: str,
    exit_code: bool,
) -> int:
    """Show what apply would change in an environment, or in several. Writes nothing to the console.

    An application is named, or matched by a pattern such as prod/live-*. With --base each change says where it
    comes from: the application's file, its template, its environment, or an edit in the console.

    With --changed only applications are read of which a plan could say something else than at REF: by their own
    file, a template, the environment, a policy. It is a plan like any other; drift of the rest is not looked for.

    Several environments are read side by side, those of one account at its one rate. Where one cannot be read, the
    others are shown, and the exit code is the gravest of all.

    \b
    Examples:
      provisioner plan prod
      provisioner plan prod/classroom --exit-code
      provisioner plan --all
      provisioner plan prod --owner @acme/calls
      provisioner plan prod --out plan.json
      provisioner plan prod --out plan.json --sign plan-key
      provisioner plan prod --changed main --out plan.json
    """
    if key and (out is None or on_stdout(out)):
        raise UsageError("--sign signs the file that --out writes", fix="Add --out FILE.")
    chosen = by_environment(addresses, everywhere=everywhere)
    if out and len(chosen) > 1:
        raise UsageError("--out seals the plan of one environment", fix="Seal each by a command of its own.")

    def look(own: list[str]) -> Plan:
        with session(*own, owners=owners, base=base, changed=changed) as opened:
            return opened.plan(usage=usage)

    plans, failed = side_by_side(chosen, look)
    documents = [document(plan) for plan in plans]
    if out:
        _seal(documents[0], out, key)
    if documents and not on_stdout(out):  # where the sealed plan is all that belongs there
        views = [read_plan(planned) for planned in documents]
        click.echo(formats_of("plan")[form].render(views, style, project_folder(), verbose=verbose()), nl=False)
    return gravest([failed, *(difference_code(plan, exit_code) for plan in plans)])


def _seal(planned: Document, out: Path, key: Path | None) -> None:
    sealed = seal(planned, system_clock())
    data = text(sealed)
    signature = sign(data, key) if key else b""  # before anything is written
    write_output(out, data)
    if key:
        write_output(signature_file(out), signature)
    click.echo(printable(f"Sealed as {out} (digest {sealed['seal']['digest'][:12]})."), err=True)
