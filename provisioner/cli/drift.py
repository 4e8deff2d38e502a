"""`provisioner drift`: where the console differs from the specs."""

from __future__ import annotations

import click

from provisioner.cli.output import exit_code_option, format_option, print_json, style
from provisioner.cli.session import Session, addresses_argument, difference_code, owner_option, session
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.document import document
from provisioner.reconcile.equality import last_equal
from provisioner.report.reading import read_plan
from provisioner.report.terminal import render_drift


@click.command("drift")
@addresses_argument
@owner_option
@format_option
@exit_code_option
def command(addresses: tuple[str, ...], owners: tuple[str, ...], form: str, exit_code: bool) -> int:
    """Show where the console differs from the specs, and when it last did not. Writes nothing.

    \b
    Examples:
      provisioner drift prod --exit-code
      provisioner drift prod --owner @acme/calls
    """
    with session(*addresses, owners=owners) as opened:
        plan = opened.plan()
        equal = _last_equal(opened)
    since = {
        entry.application.name: equal.get(entry.application.sdk_app_id)
        for entry in plan.applications
        if entry.differences
    }
    if form == "json":
        print_json({**document(plan), "lastEqual": since})
    else:
        click.echo(render_drift(read_plan(document(plan)), since, style), nl=False)
    return difference_code(plan, exit_code)


def _last_equal(opened: Session) -> dict[int, str]:
    """By SDKAppId; nothing where the journal cannot be read, because drift is told all the same."""
    try:
        return last_equal(opened.state.journal.entries())
    except ProvisionerError as error:
        click.echo(f"Since when is not known: {error}", err=True)
        return {}
