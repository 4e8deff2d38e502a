"""`provisioner render`: the effective specs, with every layer merged."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from provisioner.cli.address import find, find_application
from provisioner.cli.output import print_json
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import UsageError
from provisioner.foundation.secret_refs import resolve
from provisioner.report.specs.effective import effective, render_yaml
from provisioner.report.specs.rest_requests import Keys, create_cloud_recording, modify_cloud_recording
from provisioner.specs.workspace import Workspace

_CREATE, _MODIFY = "create-cloud-recording", "modify-cloud-recording"


@click.command("render")
@click.argument("address", metavar="ENV[/APP]")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), help="By default yaml; a request is JSON.")
@click.option(
    "--as", "shape", type=click.Choice([_CREATE, _MODIFY]), help="The request of a manual application instead."
)
@click.option("--room", metavar="ID", help="The room to record; create only.")
@click.option("--room-type", type=click.Choice(["number", "string"]), help="By default what recording.manual says.")
@click.option("--user", metavar="ID", help="The robot's UserId; by default made of application and room.")
@click.option("--task", metavar="ID", help="The task to modify; by default a placeholder.")
@click.option("--reveal", is_flag=True, help="Resolve the secrets; on a terminal only.")
def command(
    *,
    address: str,
    form: str | None,
    shape: str | None,
    room: str | None,
    room_type: str | None,
    user: str | None,
    task: str | None,
    reveal: bool,
) -> None:
    """Show the effective spec: schema defaults, template, environment and the application's own file, merged.

    The output is canonical: equal specs give equal bytes. For an environment, YAML holds one document an
    application and JSON a list; `provisioner schema` writes the schema it fits, effective.json.

    With --as it is the body of the REST request that records a manual application by that spec, or that moves a running
    recording to its layout and subscription. Secrets stand in it by reference.

    \b
    Examples:
      provisioner render prod/classroom
      provisioner render prod --format json
      provisioner render prod/support-desk --as create-cloud-recording --room 4711
    """
    _check_options(shape, form, {"--room": room, "--room-type": room_type, "--user": user}, task, reveal)
    workspace = Workspace.containing(Path.cwd())
    if shape is None:
        environment, only = find(workspace, address)
        if form == "json":
            print_json(effective(only) if only else [effective(app) for app in environment.applications])
        else:
            click.echo(render_yaml([only] if only else environment.applications), nl=False)
        return
    environment, app = find_application(workspace, address)
    if shape == _MODIFY:
        print_json(modify_cloud_recording(environment, app, task))
        return
    keys = None
    if reveal:
        now = int(system_clock().timestamp())
        keys = Keys(lambda reference: resolve(reference, workspace.root).reveal(), now)
    numbered = None if room_type is None else room_type == "number"
    print_json(create_cloud_recording(environment, app, room=room or "", numbered=numbered, user=user, keys=keys))


def on_terminal() -> bool:
    """Whether what is printed goes to a person and into no file."""
    return sys.stdout.isatty()


def _check_options(
    shape: str | None, form: str | None, of_create: dict[str, str | None], task: str | None, reveal: bool
) -> None:
    """Raises UsageError for an option that the chosen format would ignore."""
    given = [name for name, value in of_create.items() if value is not None] + (["--reveal"] if reveal else [])
    if shape != _CREATE and given:
        raise UsageError(f"{given[0]} is for --as {_CREATE}")
    if shape != _MODIFY and task is not None:
        raise UsageError(f"--task is for --as {_MODIFY}")
    if shape == _CREATE and not of_create["--room"]:
        raise UsageError(f"--as {_CREATE} needs --room", fix="Name the room to record.")
    if shape and form == "yaml":
        raise UsageError("a request is JSON", fix="Leave --format out.")
    if reveal and not on_terminal():
        raise UsageError("--reveal shows secrets on a terminal only, and this is none")
