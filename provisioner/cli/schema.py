"""`provisioner schema`: the JSON Schemas as files."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.reconcile.plan.document import schema as plan_schema
from provisioner.specs.schema import generation


@click.command("schema")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Write the JSON Schemas of the spec files and of the plan into FOLDER.

    Editors complete, check and explain a spec whose first line names its schema; docs/editors.md shows how.

    \b
    Example:
      provisioner schema schemas
    """
    for file in generation.write(folder, {**generation.build(), "plan": plan_schema()}):
        click.echo(str(file))
