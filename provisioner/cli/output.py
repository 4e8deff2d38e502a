"""How every verb speaks: colour on a terminal only, JSON, the options that choose between them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import IO, Any, TypeVar

import click

from provisioner.report.text.json_text import json_text

Callback = TypeVar("Callback", bound=Callable[..., Any])

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


def _format_option(*forms: str) -> Callable[[Callback], Callback]:
    return click.option("--format", "form", type=click.Choice(forms), default="text", show_default=True)


format_option = _format_option("text", "json")
review_format_option = _format_option("text", "json", "markdown")


def is_terminal(stream: IO[Any] | None) -> bool:
    """Whether `stream` is a terminal; one that is closed is none."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def style(words: str, role: str) -> str:
    """Colour by role, on a terminal that shows it; NO_COLOR is honoured, and an empty one counts as unset."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not is_terminal(sys.stdout):
        return words
    return click.style(words, **_COLOURS[role])


def print_json(value: Any) -> None:
    """JSON on stdout."""
    click.echo(json_text(value), nl=False)


def print_lines(lines: Iterable[str]) -> None:
    """Any number of lines, many at a time: printing each by itself would take longer than finding it."""
    rest = iter(lines)
    while some := list(islice(rest, 500)):
        click.echo("\n".join(some))
