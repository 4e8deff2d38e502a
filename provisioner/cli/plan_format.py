"""`--format` of a command that shows plans; apart from other output, because plans take long to import."""

from __future__ import annotations

from collections.abc import Callable

import click

from provisioner.cli.output import Command
from provisioner.report.plan.formats import formats_of


def plan_format_option(command: str, default: str = "text") -> Callable[[Command], Command]:
    """`--format` of a command that shows plans: every format that the registry has for it."""
    formats = formats_of(command)
    return click.option(
        "--format",
        "form",
        metavar="FORMAT",
        type=click.Choice(list(formats)),
        default=default,
        show_default=True,
        help=f"One of {', '.join(formats)}.",
    )
