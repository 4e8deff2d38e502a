"""What commands that read a console share: the environment, its console, the plan, its exit code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import click

from provisioner.archive.minutes.usage import UsageSource, last_week, open_usage
from provisioner.archive.minutes.usage_period import day_of
from provisioner.cli.address import select
from provisioner.console.audit.audited_console import open_audited_console
from provisioner.console.controller_client import running_contracts
from provisioner.console.port import Console
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.reconcile.apply.last_applied import last_applied
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.guardrails.change import Guardrails
from provisioner.reconcile.guardrails.reading import guardrails
from provisioner.reconcile.plan.plan import Plan, make_plan
from provisioner.reconcile.plan.reach import Reach, reach
from provisioner.reconcile.plan.removal import NOTHING_GONE, Gone, Managed, gone
from provisioner.specs.application_cache import ApplicationCache
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.revision import Revision, revision
from provisioner.specs.workspace import Workspace


@dataclass(frozen=True)
class CommandSession:
    """One environment with its console open; `only` names chosen applications, `state` outlives it.

    `base` is the environment as of the commit that the plan is compared with, `guardrails` what became of them since,
    `reach` what the change since then reaches, where nothing else is to be looked at.
    """

    environment: Environment
    console: Console
    only: frozenset[str] | None
    state: EnvironmentState
    workspace: Workspace
    base: Revision | None = None
    guardrails: Guardrails | None = None
    reach: Reach | None = None

    @cached_property
    def last_applied(self) -> Mapping[int, Managed] | str:
        """What the journal knows of specs as they were applied, or why nothing can be known."""
        try:
            return last_applied(self.state.journal.entries(), self.environment.name, self.console.label)
        except (ProvisionerError, ImportError) as error:
            return f"the journal cannot be read ({error.what if isinstance(error, ProvisionerError) else error})"

    def drift(self, only: frozenset[str] | None = None) -> Plan:
        """What differs from specs that are in force; specs that are gone do not count.

        `only` narrows what the addresses chose, to what must be looked at: nothing else is asked then.
        """
        return self._planned(only, in_force=True, listing=only is None)()

    def plan(self, *, usage: bool = False) -> Plan:
        """What would be done; `usage` asks how much is recorded of what changes."""
        plan = self._planned(gone=self._gone() if self.only is None else NOTHING_GONE)
        if not usage:
            return plan()
        with open_usage(self.environment, self.state.root, os.environ) as client:
            source, week = UsageSource(client), last_week(day_of(system_clock()))
            return plan(ask=partial(source.usage, period=week))

    def _planned(self, only: frozenset[str] | None = None, **how: Any) -> Callable[..., Plan]:
        chosen = self.only if only is None else only & self.only if self.only is not None else only
        return partial(
            make_plan,
            self.environment,
            self.console,
            chosen,
            self.base,
            running=running_contracts(self.environment, self.state.root),
            guardrails=self.guardrails,
            reach=self.reach,
            **how,
        )

    def _gone(self) -> Gone:
        last = self.last_applied
        if isinstance(last, str):
            return Gone(unknown=last)
        return gone(last.values(), self.environment, self.workspace.managed)


@contextmanager
def session(
    *addresses: str, owners: Sequence[str] = (), base: str | None = None, changed: str | None = None
) -> Iterator[CommandSession]:
    """Open what the addresses name, all of one environment; `base` is a commit's name.

    `changed` is one as well: then plans are of what changed since, and of nothing else.
    Raises SpecErrors, UsageError and ConsoleError.
    """
    compares = base is not None or changed is not None
    workspace = Workspace.containing(Path.cwd(), cache=ApplicationCache() if compares else None)
    environment, only = select(workspace, addresses, owners)
    if changed is not None:
        _check_changed(only, base)
        base = changed
    before = None if base is None else revision(workspace, base, environment.name)
    guarded = None if before is None else guardrails(workspace, environment, before.commit)
    reached = reach(environment, before, workspace.root) if before and changed is not None else None
    console = open_audited_console(environment, workspace.root, os.environ)
    try:
        state = EnvironmentState(environment.name, workspace.root, environment.journal, system_clock)
        yield CommandSession(environment, console, only, state, workspace, before, guarded, reached)
    finally:
        console.close()


def _check_changed(only: frozenset[str] | None, base: str | None) -> None:
    if base is not None:
        raise UsageError("--changed REF compares with REF already", fix="Leave out --base.")
    if only is not None:
        raise UsageError(
            "--changed chooses the applications by itself", fix="Name the environment alone, without --owner."
        )


addresses_argument = click.argument("addresses", metavar="ENV[/APP]...", nargs=-1, required=True)
owner_option = click.option(
    "--owner", "owners", multiple=True, metavar="OWNER", help="Only applications of this owner; may be repeated."
)
changed_option = click.option(
    "--changed", metavar="REF", help="Read only applications that the change since this commit reaches."
)
base_option = click.option("--base", metavar="REF", help="Show what changed since this commit, and what is drift.")


def difference_code(plan: Plan, wanted: bool) -> int:
    """The exit code of a read-only command: 2 differences, 4 only unverified fields, else 0."""
    if not wanted:
        return 0
    if plan.changes or plan.controller_behind:
        return 2
    unread = plan.look.unverified if plan.look else 0
    return 4 if plan.count("cannot-verify") or unread else 0
