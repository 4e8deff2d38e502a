"""`provisioner eject`: what is needed to go on without this tool."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provisioner.cli.output_folder import write_folder
from provisioner.console.port import Unreadable
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ProvisionerError
from provisioner.promotion.console_plans import UnreadableConsole, console_plan
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.plan.plan import ApplicationPlan
from provisioner.report.specs.leaving import Leaving, LeftApplication, leaving_files, render_leaving
from provisioner.specs.documents.environment import Environment
from provisioner.specs.layout import ENVIRONMENTS, POLICIES, STATE, TEMPLATES
from provisioner.specs.workspace import Workspace

PAGE = "README.md"

_OF_A_PROJECT = (
    ENVIRONMENTS,
    TEMPLATES,
    POLICIES,
    "Pulumi.yaml",
    STATE,
    ".pulumi-state",
    ".pulumi-cli",
    ".github/workflows",
    ".gitlab-ci.yml",
)
"""What a project has because of this tool, and of which some may be others'."""


@click.command("eject")
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
@click.argument("names", metavar="[ENV]...", nargs=-1)
def command(folder: Path, names: tuple[str, ...]) -> None:
    """Write into OUT what is needed to go on without this tool: nothing is deleted, and no console is written to.

    \b
    OUT/README.md              what remains, what stops, what to delete
    OUT/ENV/specs.yaml         the effective settings of every application
    OUT/ENV/console.json       what the console shows, and where it differs
    OUT/ENV/requests/APP.json  how a backend records a manual application
    OUT/ENV/history.json       what was written, when and by whom

    Secrets stand in it by reference. docs/leaving.md is the way as a whole.

    \b
    Example:
      provisioner eject leaving
    """
    workspace = Workspace.containing(Path.cwd())
    environments = [workspace.environment(name) for name in dict.fromkeys(names) or workspace.environment_names()]
    everything = [_leaving(workspace, environment) for environment in environments]
    there = [path for path in _OF_A_PROJECT if (workspace.root / path).exists()]
    page = render_leaving(everything, there)
    files = {path: text.encode() for leaving in everything for path, text in leaving_files(leaving).items()}
    write_folder(folder, {PAGE: page.encode(), **files})
    click.echo(page, nl=False)
    click.echo(f"{folder}: {len(files) + 1} files", err=True)


def _leaving(workspace: Workspace, environment: Environment) -> Leaving:
    plan = console_plan(workspace.root, os.environ, environment)
    journal = _journal(workspace, environment)
    if isinstance(plan, UnreadableConsole):
        return Leaving(environment, "console", {}, plan.reason, None, journal)
    unmanaged = None if plan.unmanaged is None else [f"{entry.name} ({entry.sdk_app_id})" for entry in plan.unmanaged]
    applications = {entry.application.name: _left(entry) for entry in plan.applications}
    return Leaving(environment, plan.console, applications, "", unmanaged, journal)


def _left(entry: ApplicationPlan) -> LeftApplication:
    fields = entry.observed.fields.items()
    shown = {path: value for path, value in fields if value is not None and not isinstance(value, Unreadable)}
    differs = [difference.path for difference in entry.differences]
    return LeftApplication(shown, differs, [field.path for field in entry.unverified])


def _journal(workspace: Workspace, environment: Environment) -> list[dict[str, object]] | str:
    state = EnvironmentState(environment.name, workspace.root, environment.journal, system_clock)
    try:
        entries = list(state.journal.entries())
    except (ProvisionerError, ImportError) as error:
        return error.what if isinstance(error, ProvisionerError) else str(error)
    return [{"run": entry.run, "event": entry.event, "at": entry.at, **entry.details} for entry in entries]
