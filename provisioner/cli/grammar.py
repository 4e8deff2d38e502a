"""What every command takes, from the commands themselves: `commands.json`, which completion reads instead of them.

`python -m provisioner.cli.grammar FILE` writes it (`make docs`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from provisioner.cli.docs import topics
from provisioner.cli.main import cli
from provisioner.foundation.files import write_atomically
from provisioner.recording.fields import FIELDS

_SETTINGS = "/recording/settings/"


def grammar() -> dict[str, Any]:
    """`commands` (options with what follows them, None for a flag; arguments by their names), `groups`, and words."""
    found = dict(all_commands())
    commands = {name: _taken(command) for name, command in found.items() if not isinstance(command, click.Group)}
    groups = {"": sorted(cli.list_commands(click.Context(cli)))}
    groups |= {
        name: sorted(command.list_commands(click.Context(command)))
        for name, command in found.items()
        if isinstance(command, click.Group)
    }
    return {
        "options": _options(cli),
        "groups": groups,
        "commands": commands,
        "paths": sorted(_path(path) for path in FIELDS),
        "command": groups[""],
        "topic": topics(),
    }


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and group with the words that name it, a group before those below it."""
    return _commands(cli, "")


def _commands(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{prefix}{name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix}{name} ")


def _taken(command: click.Command) -> dict[str, Any]:
    context = click.Context(command)
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    return {
        "options": _options(command),
        "arguments": [word for one in arguments for word in _kinds(one.make_metavar(context))],
    }


def _kinds(metavar: str) -> list[str]:
    """`[DEV PROD]` are two words, `[ENV]...` one that may come again."""
    many = "..." if metavar.endswith("...") else ""
    inner = metavar.removesuffix("...")
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1]
    return [f"{word}{many}" for word in inner.split()]


def _options(command: click.Command) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in command.get_params(click.Context(command, help_option_names=["-h", "--help"])):
        if isinstance(one, click.Option) and not one.hidden:
            for name in one.opts:
                found[name] = None if one.is_flag or one.count else _value(one)
    return dict(sorted(found.items()))


def _value(option: click.Option) -> str | list[str]:
    if isinstance(option.type, click.Choice):
        return [str(choice) for choice in option.type.choices]
    if option.metavar is None and isinstance(option.type, click.Path):
        return "FILE"
    return option.metavar or option.type.name.upper()


def _path(path: str) -> str:
    """As people type it: `maxIdleTime`, `recording.mode`."""
    return path.removeprefix(_SETTINGS).removeprefix("/").replace("/", ".")


if __name__ == "__main__":
    text = json.dumps(grammar(), indent=1, ensure_ascii=False)
    write_atomically(Path(sys.argv[1]), f"{text}\n".encode())
