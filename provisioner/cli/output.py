"""What all commands print with: colour on a terminal only, JSON, and the options that choose a format."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import IO, Any, TypeVar

import click

from provisioner.report.text.json_text import json_text

Command = TypeVar("Command", bound=Callable[..., Any])

_COLOURS: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "quiet": {"dim": True},
    "change": {"fg": "blue", "bold": True},
    "danger": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow"},
    "good": {"fg": "green"},
}

exit_code_option = click.option(
    "--exit-code", is_flag=True, help="Exit 2 on differences, 4 where something cannot be verified."
)


def _format_option(*forms: str) -> Callable[[Command], Command]:
    return click.option("--format", "form", type=click.Choice(forms), default="text", show_default=True)


format_option = _format_option("text", "json")


def verbose() -> bool:
    """Whether `--verbose` asks for everything that could be said, before or after the command's name."""
    context = click.get_current_context(silent=True)
    return bool(context and context.find_root().params.get("verbose"))


def is_terminal(stream: IO[Any] | None) -> bool:
    """Whether `stream` is a terminal; one that is closed is none."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def tell(words: str, *, err: bool = False) -> None:
    """One line while something is being written: where nobody reads any more, or the disk is full, work goes on.

    What was begun is finished, and the journal has it.
    """
    try:
        click.echo(words, err=err)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(nowhere, (sys.stderr if err else sys.stdout).fileno())
        os.close(nowhere)


def style(words: str, role: str) -> str:
    """Colour by role, on a terminal that shows it; NO_COLOR is honoured, and an empty one counts as unset."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not is_terminal(sys.stdout):
        return words
    return click.style(words, **_COLOURS[role])


def print_json(value: Any) -> None:
    """JSON on stdout."""
    click.echo(json_text(value), nl=False)


def print_lines(lines: Iterable[str]) -> None:
    """Any number of lines on stdout. They are printed in batches, because printing each by itself is slow."""
    rest = iter(lines)
    while some := list(islice(rest, 500)):
        click.echo("\n".join(some))
