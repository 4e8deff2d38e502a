"""`provisioner migrate`: specs of an older version of the format."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.writing import workspace_to_change, write_specs
from provisioner.specs.editing import migrations
from provisioner.specs.editing.transaction import FileChange
from provisioner.specs.workspace import Workspace

TO_DO = 2


@click.command("migrate")
@click.option("--check", is_flag=True, help="Only say what would be rewritten; exit 2 if anything would.")
@click.option("--to", "target", metavar="VERSION", help="The version to reach; by default the newest.")
def command(check: bool, target: str | None) -> int:
    """Rewrite specs for a newer version of the format. Comments, quotes and order stay.

    Either every file is rewritten, or none is. Today recording/v1 is the only
    version there is.

    \b
    Examples:
      provisioner migrate --check
      provisioner migrate --to recording/v1
    """
    known = migrations.MIGRATIONS
    version = target or migrations.newest(known)
    root = (Workspace.containing(Path.cwd()) if check else workspace_to_change()).root
    rewrites = migrations.rewrites(root, version, known)
    if not check:
        write_specs(root, {rewrite.file: FileChange(rewrite.was, rewrite.data) for rewrite in rewrites})
    for rewrite in rewrites:
        click.echo(f"{rewrite.file}: {rewrite.before} -> {rewrite.after}")
    if not rewrites:
        click.echo(f"Nothing to migrate: every spec is {version}.", err=True)
        return 0
    click.echo(
        f"{len(rewrites)} file{'s' if len(rewrites) > 1 else ''} {'to rewrite' if check else 'rewritten'}.", err=True
    )
    return TO_DO if check else 0
