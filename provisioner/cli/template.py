"""`provisioner template`: versions of templates, who pins them, and the lock."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.address import select
from provisioner.cli.output import format_option, print_json, style
from provisioner.cli.writing import workspace_to_change, write_specs
from provisioner.foundation.errors import UsageError
from provisioner.promotion.bump import bumped
from provisioner.promotion.pins import pins, pins_document, render_pins
from provisioner.promotion.repin import render_repinning
from provisioner.promotion.repin import repin as make_repinning
from provisioner.promotion.template_lock import locking
from provisioner.specs.editing.assignment import assignment
from provisioner.specs.editing.transaction import created
from provisioner.specs.layout import LOCK
from provisioner.specs.workspace import SpecErrors, Workspace


@click.group("template")
def command() -> None:
    """Versions of templates: the next one, who pins which, and the lock that keeps pinned ones as they are.

    \b
    Examples:
      provisioner template status
      provisioner template bump call --note "Stay longer" --set maxIdleTime=20s
      provisioner template repin call@v2 dev
      provisioner template lock
    """


@command.command("bump", short_help="Copy a version to the next one.")
@click.argument("template", metavar="NAME[@vN]")
@click.option("--note", required=True, metavar="TEXT", help="What is different in it; it stands in the file.")
@click.option(
    "--set", "values", multiple=True, metavar="PATH=VALUE", help="A value of the new version; PATH= for null."
)
def bump(template: str, note: str, values: tuple[str, ...]) -> None:
    """Copy the newest version of a template, or the named one, to the next free version. Nobody pins it yet.

    \b
    Example:
      provisioner template bump call --note "Stay longer" --set maxIdleTime=20s
    """
    if not note.strip():
        raise UsageError("--note says what is different in the new version", fix='--note "Stay longer".')
    workspace = workspace_to_change()
    file, data = bumped(workspace, template, note, dict(assignment(word, "--set") for word in values))
    findings = [
        found for found in workspace.drafted({file: data}).validate()[1] if found.where and found.where.file == file
    ]
    if any(found.stops for found in findings):
        raise SpecErrors(found for found in findings if found.stops)
    write_specs(workspace.root, created({file: data}))
    click.echo(file)
    _, name, version = file.removesuffix(".yaml").split("/")
    pin = f"{name}@{version}"
    click.echo(
        f"Next:\n  pin it where it is tried first: provisioner template repin {pin} ENV\n  provisioner template status",
        err=True,
    )


@command.command("repin", short_help="Let many applications pin another version.")
@click.argument("pin", metavar="NAME@vN")
@click.argument("addresses", metavar="ENV[/APP]...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def repin(pin: str, addresses: tuple[str, ...], dry_run: bool) -> None:
    """Let every application there that pins another version of the template pin NAME@vN, and say what that changes.

    APP may be a pattern. Files of production are edits to review like any other; the version is locked with them. What
    is held is left alone.

    \b
    Examples:
      provisioner template repin call@v1 dev --dry-run
      provisioner template repin call@v1 'dev/video-*' prod/video-call
    """
    workspace = Workspace.containing(Path.cwd()) if dry_run else workspace_to_change()
    by_environment: dict[str, list[str]] = {}
    for address in addresses:
        by_environment.setdefault(address.partition("/")[0], []).append(address)
    found = make_repinning(workspace, pin, [select(workspace, group) for group in by_environment.values()])
    click.echo(render_repinning(found, style), nl=False)
    if not found.changes:
        click.echo(f"Nothing to do: nobody there pins another version of {pin.partition('@')[0]}.", err=True)
    elif dry_run:
        click.echo("Nothing was written: --dry-run.", err=True)
    else:
        write_specs(workspace.root, found.changes)
        click.echo("".join(f"wrote {file}\n" for file in found.changes), nl=False, err=True)


@command.command("status", short_help="Who pins which version, and what the newest would change.")
@format_option
def status(form: str) -> None:
    """Show which environment pins which version, and what the newest would change for those who pin another.

    \b
    Example:
      provisioner template status
    """
    workspace = Workspace.containing(Path.cwd())
    found = pins(workspace, [workspace.environment(name) for name in workspace.environment_names()])
    if form == "json":
        print_json(pins_document(found))
    else:
        click.echo(render_pins(found, style), nl=False)


@command.command("lock", short_help="Lock every version that production pins.")
def lock() -> None:
    """Write the digests of all versions that production pins into templates/templates.lock. What is there stays.

    \b
    Example:
      provisioner template lock
    """
    workspace = workspace_to_change()
    environments = [workspace.environment(name) for name in workspace.environment_names()]
    pinned = {pin for env in environments if env.production for app in env.applications for pin in app.templates}
    digests = workspace.template_digests()
    changes = locking(workspace.files, {pin: digests[pin].text for pin in pinned})
    write_specs(workspace.root, changes)
    click.echo(f"{LOCK} {'written' if changes else 'holds every version that production pins'}")
