"""`provisioner controller`: records applications in manual mode by their specs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from provisioner.cli.address import check_environment, find_application
from provisioner.cli.output import format_option, print_json
from provisioner.console.controller_client import ControllerClient
from provisioner.foundation.errors import UsageError
from provisioner.foundation.secret_refs import resolve
from provisioner.recording.limits import CONCURRENT_TASKS
from provisioner.specs.workspace import Workspace

if TYPE_CHECKING:
    from provisioner.controller.controller import Controller

_DATABASE = ".provisioner/controller.sqlite"

_database_option = click.option(
    "--database",
    metavar="URL",
    envvar="CONTROLLER_DATABASE",
    help=f"sqlite:///PATH, postgresql://…, or env:NAME or file:PATH that holds one; by default {_DATABASE}.",
)


@click.group("controller")
def command() -> None:
    """Record applications in manual mode: start when a call begins, stop when its room is dismissed.

    It carries out `recording.manual` of the environments that declare a `controller`, by documented actions alone.
    `provisioner controller serve dev` runs one in front of the simulated service.

    \b
    Example:
      provisioner controller migrate
    """


@command.command("serve", short_help="Run it until Ctrl-C.")
@click.argument("environments", metavar="ENV...", nargs=-1, required=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; TLS ends in front of it.")
@click.option("--port", type=click.IntRange(0, 65535), default=8480, show_default=True, help="0: any free one.")
@_database_option
@click.option(
    "--tasks",
    type=click.IntRange(1),
    default=CONCURRENT_TASKS,
    show_default=True,
    help="Tasks one application may run at once.",
)
@click.option(
    "--reload", "reload_seconds", type=click.FloatRange(0), default=60.0, show_default=True, metavar="SECONDS",
    help="Read the specs again so often; 0: on SIGHUP and request only.",
)  # fmt: skip
@click.option(
    "--retention", "days", type=click.FloatRange(1), default=90.0, show_default=True, metavar="DAYS",
    help="How long what is over is kept.",
)  # fmt: skip
def serve(
    *, environments: tuple[str, ...], host: str, port: int, database: str | None, tasks: int, reload_seconds: float,
    days: float,
) -> None:  # fmt: skip
    """Record the environments' applications until Ctrl-C or SIGTERM, which finish what is in flight.

    SIGHUP reads the specs again. Replicas that share a PostgreSQL database share the work.

    \b
    Examples:
      provisioner controller serve dev
      provisioner controller serve prod --host 0.0.0.0 --database env:CONTROLLER_DATABASE
    """
    from provisioner.controller.controller import Settings
    from provisioner.controller.serve import serve as run
    from provisioner.controller.sweep import Retention

    workspace = Workspace.containing(Path.cwd())
    for name in environments:
        check_environment(workspace, name)
    settings = Settings(
        database=_database(workspace, database),
        host=host,
        port=port,
        tasks=tasks,
        reload_seconds=reload_seconds,
        retention=Retention(days),
    )
    run(workspace.root, environments, settings, _announce)


@command.command("migrate", short_help="Make its tables, or bring them up to date.")
@_database_option
def migrate(database: str | None) -> None:
    """Make the tables of a database, or bring them up to date; once, before the replicas of a version start.

    A SQLite file is migrated by `serve` itself.

    \b
    Example:
      provisioner controller migrate --database env:CONTROLLER_DATABASE
    """
    from provisioner.controller.store.opening import migrate_store

    done = migrate_store(_database(Workspace.containing(Path.cwd()), database))
    click.echo("The tables are up to date now." if done else "The tables are up to date already.")


@command.command("reload", short_help="Let a running one read the specs again.")
@click.argument("environment", metavar="ENV")
@format_option
def reload(environment: str, form: str) -> None:
    """Let the environment's controller read the specs where it runs; new settings hold from the next call on.

    \b
    Example:
      provisioner controller reload prod
    """
    changed = _client(environment).reload()
    if form == "json":
        print_json({"changed": changed})
    else:
        click.echo("\n".join(f"{name}: new settings from the next call on" for name in changed) or "Nothing changed.")


@command.command("modify", short_help="Move a running recording to the present layout.")
@click.argument("address", metavar="ENV/APP")
@click.option("--room", required=True, help="The room that is being recorded.")
@format_option
def modify(address: str, room: str, form: str) -> None:
    """Move what records in a room to the layout and subscription of the present spec; nothing else can be changed.

    \b
    Example:
      provisioner controller modify prod/support-desk --room 4711
    """
    workspace = Workspace.containing(Path.cwd())
    environment, app = find_application(workspace, address)
    tasks = ControllerClient(environment, workspace.root).modify(app.name, room)
    if form == "json":
        print_json({"modified": tasks})
    else:
        click.echo("\n".join(f"modified {task}" for task in tasks))


def _client(name: str) -> ControllerClient:
    workspace = Workspace.containing(Path.cwd())
    return ControllerClient(workspace.environment(name), workspace.root)


def _database(workspace: Workspace, given: str | None) -> str:
    """The database's URL; one with a password is named, not written."""
    if given is None:
        return f"sqlite:///{workspace.root / _DATABASE}"
    if given.startswith(("env:", "file:")):
        return resolve(given, workspace.root).reveal()
    if urlsplit(given).password:
        raise UsageError(
            "a database's password is written out", fix="Keep the URL in a variable or a file: --database env:NAME."
        )
    return given


def _announce(address: str, controller: Controller) -> None:
    for name, held in controller.contracts.environments.items():
        simulated = " (simulated service)" if held.environment.console.driver == "embedded" else ""
        recorded = ", ".join(held.digests) or "nothing: no application has recording.manual"
        click.echo(f"{name}{simulated}: records {recorded}")
    click.echo(f"Serving at {address}; Ctrl-C stops it.")
    sys.stdout.flush()
