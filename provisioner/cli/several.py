"""A command that looks at several environments: side by side, each with its own console; one failure stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from provisioner.cli.output import style
from provisioner.foundation import progress
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.foundation.text_safety import printable
from provisioner.specs.workspace import Workspace

T = TypeVar("T")

_MOST = 16
"""Environments that are looked at at the same time; each asks its console by several threads of its own."""

GRAVEST_FIRST = (1, 3, 2, 4, 0)
"""Exit codes: an error, some failed, differences, something unverified, nothing."""

several_argument = click.argument("addresses", metavar="[ENV[/APP]]...", nargs=-1)
jobs_option = click.option(
    "--jobs", type=int, metavar="N", help="Read by so many processes; by default as many as cores from 2,000 files on."
)
all_option = click.option("--all", "everywhere", is_flag=True, help="Every environment.")


def by_environment(addresses: Sequence[str], *, everywhere: bool) -> dict[str, list[str]]:
    """The addresses of each environment, in order. Raises UsageError."""
    if bool(addresses) == everywhere:
        raise UsageError("name environments, or give --all", fix="provisioner plan dev prod, or plan --all.")
    names = Workspace.containing(Path.cwd()).environment_names() if everywhere else addresses
    if not names:
        raise UsageError("there is no environment", where="environments/")
    found: dict[str, list[str]] = {}
    for address in names:
        found.setdefault(address.partition("/")[0], []).append(address)
    return found


def side_by_side(addresses: dict[str, list[str]], look: Callable[[list[str]], T]) -> tuple[list[T], int]:
    """`look` at each environment at once; the answers in order, and 1 where one failed, else 0.

    Of one environment an error is raised, of several it is told while the others go on.
    """
    if len(addresses) == 1:
        return [look(own) for own in addresses.values()], 0
    from concurrent.futures import ThreadPoolExecutor  # not for one

    answers: list[T] = []
    failed = 0
    with ThreadPoolExecutor(min(len(addresses), _MOST)) as pool:
        try:
            running = [(name, pool.submit(look, own)) for name, own in addresses.items()]
            for name, future in running:
                try:
                    answers.append(future.result())
                except ProvisionerError as error:
                    failed = 1
                    click.echo(f"{style('failed', 'danger')} {printable(name)}: {error}", err=True)
        except KeyboardInterrupt:
            progress.interrupt()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            progress.interrupt(False)
    return answers, failed


def gravest(codes: Sequence[int]) -> int:
    """The exit code of several environments."""
    return min(codes, key=GRAVEST_FIRST.index, default=0)
