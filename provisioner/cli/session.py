"""What verbs that look at a console share: the address, the environment, its console, the way of speaking."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from provisioner.console.drivers import open_console
from provisioner.console.port import Console
from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.reconcile.plan import Plan, make_plan
from provisioner.specs.environment import Environment
from provisioner.specs.workspace import Workspace

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
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Session:
    """One environment with its console open; `only` names a single application, `state` is its local folder."""

    environment: Environment
    console: Console
    only: str | None
    state: Path

    def plan(self) -> Plan:
        return make_plan(self.environment, self.console, self.only)


@contextmanager
def session(address: str) -> Iterator[Session]:
    """Open what `ENV` or `ENV/APP` names. Raises SpecErrors, UsageError and ConsoleError."""
    workspace = Workspace.containing(Path.cwd())
    name, _, app = address.partition("/")
    environment = workspace.environment(name)
    known = [application.name for application in environment.applications]
    if app and app not in known:
        raise UsageError(
            f'{name} has no application "{app}"{did_you_mean(app, known)}',
            where=f"environments/{name}/apps/",
            fix=f"Known: {', '.join(known) or 'none'}.",
        )
    console = open_console(environment, workspace.root, os.environ)
    try:
        yield Session(environment, console, app or None, state_folder(workspace, name))
    finally:
        console.close()


def state_folder(workspace: Workspace, environment: str) -> Path:
    """Where an environment's lock, journal and embedded console live; never in Git."""
    return workspace.root / ".provisioner" / environment


def difference_code(plan: Plan, wanted: bool) -> int:
    """The exit code of a look: 2 differences, 4 only things that cannot be verified, 0 otherwise."""
    if not wanted:
        return 0
    if plan.changes:
        return 2
    return 4 if plan.count("cannot-verify") else 0
