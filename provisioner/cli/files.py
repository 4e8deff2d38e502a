"""`provisioner files`: the recordings of an application, wherever its spec stores them."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.listing import list_files
from provisioner.archive.files.recorded import FileKind, Query
from provisioner.archive.files.spool import Spool
from provisioner.archive.files.storages import storage_of
from provisioner.archive.time_range import time_range
from provisioner.cli.address import find_application
from provisioner.cli.output import print_lines, style
from provisioner.foundation.clock import system_clock
from provisioner.reconcile.apply.recorded_windows import ConsoleSays, console_says
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.recording.application import Application
from provisioner.report.archive.files import render_files
from provisioner.report.archive.files_data import csv_lines, json_lines
from provisioner.report.archive.listing import FileListing
from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace


@click.command("files")
@click.argument("address", metavar="ENV/APP")
@click.option("--room", help="Only this room; 12 finds the number 12 and the string 12.")
@click.option("--user", help="Only files that hold this user's streams, as far as is known.")
@click.option("--since", metavar="TIME", help="Only what was stored from then on: a day (UTC) or a moment.")
@click.option("--until", metavar="TIME", help="Only what was stored up to then; a day counts whole.")
@click.option("--kind", type=click.Choice(["mixed", "single"]), help="Everybody in one file, or one stream each.")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
@click.option("--exit-code", is_flag=True, help="Exit 2 without a file where the console records none, else 4.")
def command(
    *,
    address: str,
    room: str | None,
    user: str | None,
    since: str | None,
    until: str | None,
    kind: FileKind | None,
    form: str,
    exit_code: bool,
) -> int:
    """Find the recordings of an application, with gaps and duplicates. Reads VOD or the bucket of its spec.

    Without a file it says what the console's state means for that. Exits 3 where the listing broke off: what was found
    by then is shown.

    \b
    Examples:
      provisioner files dev/video-call
      provisioner files dev/video-call --room 1234 --since 2026-03-01
      provisioner files dev/classroom --kind single --format csv
    """
    workspace = Workspace.containing(Path.cwd())
    environment, app = find_application(workspace, address)
    query = Query(*time_range(since, until, system_clock()), room, user, kind)
    storage = storage_of(app)
    simulated = environment.console.driver == "embedded" and storage.simulated
    broken: IncompleteListingError | None = None
    with Spool() as spool:
        try:
            spool.fill(list_files(environment, [app], query, workspace.root, os.environ))
        except IncompleteListingError as error:
            broken = error
        says = None if broken or next(spool.files(), None) else _says(workspace, environment, app)
        listing = FileListing(
            environment.name,
            app.name,
            app.sdk_app_id,
            storage,
            query,
            spool.files,
            "simulated console" if simulated else "",
            broken,
            says.words if says else "",
        )
        if form == "text":
            print_lines(render_files(listing, style))
        else:
            print_lines(csv_lines(listing) if form == "csv" else json_lines(listing))
    if broken:
        click.echo(f"{broken}\n  Not listed: {broken.missing}.", err=True)
        return broken.exit_code
    return (2 if says.against else 4) if exit_code and says else 0


def _says(workspace: Workspace, environment: Environment, app: Application) -> ConsoleSays:
    state = EnvironmentState(environment.name, workspace.root, environment.journal, system_clock)
    return console_says(environment, [app], state, os.environ)[app.sdk_app_id]
