"""`provisioner promotions`: what was promoted into an environment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from provisioner.cli.address import check_environment
from provisioner.cli.output import format_option, print_json, style
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.recording.paths import short
from provisioner.specs.documents.promotion_record import PromotionRecord
from provisioner.specs.workspace import Workspace


@click.command("promotions")
@click.argument("environment", metavar="ENV")
@format_option
def command(environment: str, form: str) -> None:
    """Show what was promoted into an environment, from which commit and by whom. Newest last.

    \b
    Example:
      provisioner promotions prod
    """
    workspace = Workspace.containing(Path.cwd())
    check_environment(workspace, environment)
    records = workspace.promotions(environment)
    if form == "json":
        print_json([{"name": record.name, "file": record.file, **record.statement()} for record in records])
    elif not records:
        click.echo(f"Nothing was ever promoted into {environment}.")
    else:
        for record in records:
            click.echo("\n".join(_lines(record)))


def _lines(record: PromotionRecord) -> Iterator[str]:
    what = f"back to {record.restores}" if record.restores else f"{record.source} -> {record.environment}"
    commit = f" at {record.commit[:12]}" if record.commit else ""
    yield style(f"{timestamp(record.when)}  {what}{commit}  by {printable(record.who)}", "title")
    yield f"    {record.file}"
    for name, share in record.applications.items():
        if share.moved:
            yield f"    {name}: {', '.join(map(short, share.moved))}"
    for gate, said in record.gates.items():
        if said.bypass:
            until = f"until {said.bypass.expires}: {printable(said.bypass.reason)}"
            yield f"    {style(f'without {gate}', 'warning')} {until}"
