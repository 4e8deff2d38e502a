"""What verbs that look at a console share: the environment, its console, the plan, its exit code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioner.cli.address import find
from provisioner.console.drivers import open_console
from provisioner.console.port import Console
from provisioner.reconcile.plan import Plan, make_plan
from provisioner.specs.environment import Environment
from provisioner.specs.workspace import Workspace


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
    environment, app = find(workspace, address)
    console = open_console(environment, workspace.root, os.environ)
    try:
        state = state_folder(workspace, environment.name)
        yield Session(environment, console, app.name if app else None, state)
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
