"""`provisioner render`: what the specs come to once every layer is merged."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.address import find
from provisioner.cli.output import print_json
from provisioner.report.specs.effective import effective, render_yaml
from provisioner.specs.workspace import Workspace


@click.command("render")
@click.argument("address", metavar="ENV[/APP]")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def command(address: str, form: str) -> None:
    """Show the effective spec: schema defaults, template, environment and the application's own file, merged.

    The output is canonical: equal specs give equal bytes. For an environment, YAML holds one document an
    application and JSON a list; `provisioner schema` writes the schema it fits, effective.json.

    \b
    Examples:
      provisioner render prod/classroom
      provisioner render prod --format json
    """
    environment, only = find(Workspace.containing(Path.cwd()), address)
    if form == "json":
        print_json(effective(only) if only else [effective(app) for app in environment.applications])
    else:
        click.echo(render_yaml([only] if only else environment.applications), nl=False)
