"""Where a command learns what an account holds: its console, a capture of it, or a list that somebody pasted."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from provisioner.console.drivers import open_console
from provisioner.console.port import Console
from provisioner.console.runbook.pasted_driver import PastedConsole
from provisioner.console.runbook.pasted_list import read_list
from provisioner.foundation.errors import UsageError
from provisioner.specs.documents.environment import Environment

Callback = TypeVar("Callback", bound=Callable[..., Any])

captures_option = click.option(
    "--from",
    "captures",
    multiple=True,
    metavar="CAPTURE.har",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ask a capture of your console session instead of the console.",
)
binding_option = click.option(
    "--binding", default="default", show_default=True, metavar="FILE", help="How to read the capture."
)
list_option = click.option(
    "--list",
    "pasted",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The account's applications as pasted: id and name, as CSV, TSV or plain lines; - is stdin.",
)


def open_source(
    environment: Environment, root: Path, captures: tuple[Path, ...], binding: str, pasted: Path | None
) -> Console:
    """The captures, or the list, as a console where there are any, else the environment's own.

    What a capture lacks is told. Raises UsageError, ProvisionerError.
    """
    if pasted and captures:
        raise UsageError("--list and --from are two ways to say what the account holds", fix="Name one.")
    if not captures and binding != "default":
        raise UsageError("--binding says how a capture is read", fix="Name one with --from, or leave it out.")
    if not captures:
        opening = partial(open_console, environment, root, os.environ)
        if pasted is None:
            return opening()
        return PastedConsole(read_list(pasted), None if environment.console.by_people else opening)
    from provisioner.console.learning.capture_console import CaptureConsole
    from provisioner.console.tencent.binding import load

    console = CaptureConsole(captures, load(binding, root))
    if console.incomplete:
        click.echo(f"{console.incomplete} Open every page of the list, and export again.", err=True)
    return console
