"""What every command does that changes specs: finish what another began, then write all of its own files or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.specs.workspace import Workspace

if TYPE_CHECKING:
    from provisioner.specs.editing.transaction import FileChanges


def workspace_to_change(*, begin: bool = False) -> Workspace:
    """The workspace that one stands in; a command that was cut off while it wrote there is finished first.

    `begin`: where there is none yet, the folder that one stands in becomes one.
    """
    from provisioner.specs.editing.transaction import recover  # `validate` mostly writes nothing

    workspace = (Workspace.begun_in if begin else Workspace.containing)(Path.cwd())
    done = recover(workspace.root)
    if done is None:
        return workspace
    click.echo(f"`{done.command}` was cut off earlier. " + ("Finished it:" if done.written else _DROPPED), err=True)
    if done.written:
        click.echo("".join(f"  wrote {file}\n" for file in done.files), nl=False, err=True)
    return workspace


def write_specs(root: Path, changes: FileChanges) -> None:
    """Make all changes or none; the log names the running command. Raises ProvisionerError."""
    from provisioner.specs.editing.transaction import write_together

    path = click.get_current_context().command_path
    write_together(root, changes, path.partition(" ")[2])


_DROPPED = "It had not written anything yet: run it again if you still want it."
