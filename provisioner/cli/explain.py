"""`provisioner explain`: why a value is what it is."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.address import find_application
from provisioner.cli.output import format_option, print_json, style
from provisioner.recording.fields import reading_order
from provisioner.recording.paths import named
from provisioner.report.specs.explain import explain, explanation_document, render_explanations
from provisioner.specs.workspace import Workspace


@click.command("explain")
@click.argument("address", metavar="ENV/APP")
@click.argument("path", required=False)
@format_option
def command(address: str, path: str | None, form: str) -> None:
    """Show of each value who set it and what it overrode, what it takes, and its name on the wire.

    PATH narrows to a leaf or a block: mixed.video.width, mixed, recording.mode, or a pointer such as
    /recording/settings/mixed.

    \b
    Examples:
      provisioner explain prod/classroom
      provisioner explain prod/classroom maxIdleTime
      provisioner explain prod/classroom mixed.video --format json
    """
    _, application = find_application(Workspace.containing(Path.cwd()), address)
    there = sorted({*application.leaves, *application.inert}, key=reading_order)
    explanations = explain(application, there if path is None else named(path, there))
    if form == "json":
        print_json(explanation_document(application, explanations))
    else:
        click.echo(render_explanations(explanations, style), nl=False)
