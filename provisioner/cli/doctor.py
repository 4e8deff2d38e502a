"""`provisioner doctor`: check credentials, connection, permissions, and what can be read."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provisioner.cli.address import find
from provisioner.cli.output import format_option, print_json, style
from provisioner.console.doctor import examine
from provisioner.console.doctor_checks import CheckResult
from provisioner.credentials.source import Caller
from provisioner.foundation.clock import system_clock
from provisioner.report.console.doctor import examination_document, render_examination
from provisioner.specs.workspace import Workspace


@click.command("doctor")
@click.argument("address", metavar="ENV[/APP]")
@format_option
@click.option("--exit-code", is_flag=True, help="Exit 4 where nothing fails but something cannot be verified.")
def command(address: str, form: str, exit_code: bool) -> int:
    """Check credentials, connection, permissions, and what can be read of one application. Writes nothing.

    \b
    Examples:
      provisioner doctor dev
      provisioner doctor dev/video-call --format json
    """
    workspace = Workspace.containing(Path.cwd())
    environment, sample = find(workspace, address)
    found = examine(environment, sample, Caller.of(os.environ, workspace.root), system_clock)
    if form == "json":
        print_json(examination_document(found))
    else:
        click.echo(render_examination(found, style), nl=False)
    if found.count(CheckResult.FAILS):
        return 1
    return 4 if exit_code and found.count(CheckResult.UNKNOWN) else 0
