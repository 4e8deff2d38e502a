"""`provisioner validate`: every spec, offline."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.specs.workspace import Workspace, told


@click.command("validate")
def command() -> int:
    """Check every spec, offline. Prints each finding as file:line:col; only errors fail."""
    environments, findings = Workspace.containing(Path.cwd()).validate()
    for line in told(findings):
        click.echo(line)
    errors = len(told([finding for finding in findings if finding.stops]))
    if errors:
        click.echo(f"{errors} error{'s' if errors > 1 else ''}; nothing was read or written.", err=True)
        return 1
    for environment in environments:
        click.echo(f"{environment.name}: {len(environment.applications)} applications are valid.")
    return 0
