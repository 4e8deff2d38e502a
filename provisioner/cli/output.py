"""How every verb speaks: colour on a terminal only, JSON, the options that choose between them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from itertools import islice
from typing import Any

import click

from provisioner.foundation.redaction import printable

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
format_option = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


def style(words: str, role: str) -> str:
    """Colour by role, on a terminal only; NO_COLOR is honoured."""
    if "NO_COLOR" in os.environ or not sys.stdout.isatty():
        return words
    return click.style(words, **_COLOURS[role])


def print_json(value: Any) -> None:
    """JSON for people and programs: what is invisible, or moves text in a terminal, is an escape in its string."""
    for line in json.dumps(value, indent=2, ensure_ascii=False).split("\n"):
        click.echo(printable(line))


def print_lines(lines: Iterable[str]) -> None:
    """Any number of lines, many at a time: printing each by itself would take longer than finding it."""
    rest = iter(lines)
    while some := list(islice(rest, 500)):
        click.echo("\n".join(some))
