"""How every verb speaks: colour on a terminal only, JSON, the options that choose between them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

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
review_format_option = _format_option("text", "json", "markdown")


def style(words: str, role: str) -> str:
    """Colour by role, on a terminal only; NO_COLOR is honoured."""
    if "NO_COLOR" in os.environ or not sys.stdout.isatty():
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
