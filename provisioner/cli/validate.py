"""`provisioner validate`: every spec, offline."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.specs.workspace import Workspace


@click.command("validate")
def command() -> int:
    """Check every spec, offline. Prints each error as file:line:col."""
    environments, findings = Workspace.containing(Path.cwd()).validate()
    for finding in findings:
        click.echo(str(finding))
    if findings:
        click.echo(f"{len(findings)} error{'s' if len(findings) > 1 else ''}; nothing was read or written.", err=True)
        return 1
    for environment in environments:
        click.echo(f"{environment.name}: {len(environment.applications)} applications are valid.")
    return 0
