"""Plans of both environments of a promotion, or why a console could not be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.console.audit.audited_console import open_audited_console
from provisioner.console.controller_client import running_contracts
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.plan.plan import Plan, make_plan
from provisioner.specs.documents.environment import Environment


@dataclass(frozen=True, slots=True)
class UnreadableConsole:
    """A console that could not be read, and why."""

    environment: str
    reason: str


ConsolePlan = Plan | UnreadableConsole


@dataclass(frozen=True, slots=True)
class PromotionPlans:
    """The source as it is, the target as it is, and what applying the promotion would change in the target."""

    source: ConsolePlan
    target: ConsolePlan
    after: ConsolePlan


def console_plan(
    root: Path,
    environ: Mapping[str, str],
    environment: Environment,
    only: Collection[str] | None = None,
    *,
    in_force: bool = True,
) -> ConsolePlan:
    """The plan of an environment, of the applications named in `only` where it is given.

    Specs that are not `in_force` are those that a promotion would write: what differs from them is no drift.
    """
    try:
        console = open_audited_console(environment, root, environ)
    except ProvisionerError as error:
        return UnreadableConsole(environment.name, str(error))
    try:
        return make_plan(environment, console, only, running=running_contracts(environment, root), in_force=in_force)
    except ProvisionerError as error:
        return UnreadableConsole(environment.name, str(error))
    finally:
        console.close()
