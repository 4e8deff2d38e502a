"""`provisioner schema`: the JSON Schemas as files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from provisioner.foundation.files import write_atomically
from provisioner.specs import schemas


@click.command("schema")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Write the JSON Schemas of the spec files into FOLDER.

    Editors complete, check and explain a spec whose first line names its schema; docs/editors.md shows how.

    \b
    Example:
      provisioner schema schemas
    """
    for name, schema in schemas.build().items():
        write_atomically(folder / f"{name}.json", (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode())
        click.echo(str(folder / f"{name}.json"))
