"""`provisioner migrate`: specs of an older version of the format."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.foundation.files import write_atomically
from provisioner.specs.editing import migrations
from provisioner.specs.workspace import Workspace

TO_DO = 2


@click.command("migrate")
@click.option("--check", is_flag=True, help="Only say what would be rewritten; exit 2 if anything would.")
@click.option("--to", "target", metavar="VERSION", help="The version to reach; by default the newest.")
def command(check: bool, target: str | None) -> int:
    """Rewrite specs for a newer version of the format. Comments, quotes and order stay.

    Either every file can be rewritten, or none is; each is replaced as a whole. Today recording/v1 is the only
    version there is.

    \b
    Examples:
      provisioner migrate --check
      provisioner migrate --to recording/v1
    """
    known = migrations.MIGRATIONS
    version = target or migrations.newest(known)
    root = Workspace.containing(Path.cwd()).root
    rewrites = migrations.rewrites(root, version, known)
    for rewrite in rewrites:
        if not check:
            write_atomically((root / rewrite.file).resolve(), rewrite.data)
        click.echo(f"{rewrite.file}: {rewrite.before} -> {rewrite.after}")
    if not rewrites:
        click.echo(f"Nothing to migrate: every spec is {version}.", err=True)
        return 0
    click.echo(
        f"{len(rewrites)} file{'s' if len(rewrites) > 1 else ''} {'to rewrite' if check else 'rewritten'}.", err=True
    )
    return TO_DO if check else 0
