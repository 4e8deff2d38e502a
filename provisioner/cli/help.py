"""`provisioner help COMMAND`: what `COMMAND --help` shows."""

from __future__ import annotations

import click

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable


@click.command("help")
@click.argument("words", metavar="[COMMAND]...", nargs=-1)
@click.pass_context
def command(context: click.Context, words: tuple[str, ...]) -> None:
    """Show what a command does and takes; without one, which commands there are.

    \b
    Examples:
      provisioner help plan
      provisioner help console edit
    """
    at = context.parent
    assert at is not None
    for word in words:
        group = at.command
        known = group.list_commands(at) if isinstance(group, click.Group) else []
        found = group.get_command(at, word) if isinstance(group, click.Group) else None
        if found is None:
            raise UsageError(
                f'there is no command "{printable(word)}"{did_you_mean(word, known)}',
                fix=f"Known: {', '.join(known) or 'none below this one'}.",
            )
        at = click.Context(found, info_name=word, parent=at)
    click.echo(at.get_help())
