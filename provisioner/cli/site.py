"""`provisioner site`: everything that is known, for people with a browser."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provisioner.archive.evidence.collect import collect
from provisioner.archive.evidence.verdicts import EvidenceReport
from provisioner.cli.coverage import looked_at
from provisioner.cli.evidence import evidence_query
from provisioner.cli.output_folder import write_folder
from provisioner.cli.site_content import Known, environment_part
from provisioner.foundation import git
from provisioner.foundation.clock import system_clock, timestamp
from provisioner.foundation.errors import ProvisionerError
from provisioner.promotion.console_plans import ConsolePlan, UnreadableConsole, console_plan
from provisioner.promotion.gate_context import read_journal
from provisioner.promotion.status import status
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.report.archive.coverage_summary import CoverageSummary
from provisioner.report.site.pages import render_site
from provisioner.report.site.site_view import SiteView
from provisioner.specs.documents.environment import Environment
from provisioner.specs.layout import ENVIRONMENTS, TEMPLATES
from provisioner.specs.workspace import Workspace


@click.command("site")
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
@click.argument("names", metavar="[ENV]...", nargs=-1)
@click.option("--specs-only", is_flag=True, help="Ask no console and look at no recording.")
def command(folder: Path, names: tuple[str, ...], specs_only: bool) -> None:
    """Write a read-only site: the environments side by side, drift, what each application records in words, evidence,
    confirmations that end soon, last changes and promotions, and a page for each application with its settings.

    It needs no server and no script, and holds no secret. OUT is replaced where an earlier run has written it.

    \b
    Example:
      provisioner site public
    """
    workspace = Workspace.containing(Path.cwd())
    environments = [workspace.environment(name) for name in dict.fromkeys(names) or workspace.environment_names()]
    now = system_clock()
    plans = {env.name: _plan(workspace, env, specs_only) for env in environments}
    journals = {env.name: read_journal(_state(workspace, env)) for env in environments}
    records = {env.name: workspace.promotions(env.name) for env in environments}
    found = status(
        environments,
        lambda env: plans[env.name],
        lambda env: journals[env.name],
        lambda env: records[env.name],
        now,
    )
    parts = [
        environment_part(
            column,
            Known(
                plans[column.environment.name],
                journals[column.environment.name],
                records[column.environment.name],
                _evidence(workspace, column.environment, specs_only),
                _coverage(workspace, column.environment, specs_only),
            ),
            now,
        )
        for column in found.columns
    ]
    commit = git.clean_head(workspace.root, [ENVIRONMENTS, TEMPLATES])[:12]
    files = render_site(SiteView(parts, found.rows, timestamp(now), commit))
    write_folder(folder, {path: page.encode() for path, page in files.items()})
    click.echo(f"{folder / 'index.html'}: {len(files)} files, {sum(map(len, files.values())) >> 10} KiB", err=True)


def _state(workspace: Workspace, env: Environment) -> EnvironmentState:
    return EnvironmentState(env.name, workspace.root, env.journal, system_clock)


def _plan(workspace: Workspace, env: Environment, specs_only: bool) -> ConsolePlan:
    if specs_only:
        return UnreadableConsole(env.name, "it was not asked (--specs-only)")
    return console_plan(workspace.root, os.environ, env)


def _coverage(workspace: Workspace, env: Environment, specs_only: bool) -> CoverageSummary | str:
    if specs_only:
        return "Rooms were not looked at (--specs-only)."
    try:
        with looked_at(workspace.root, env, env.applications, (None, None)) as report:
            return CoverageSummary.of(report, env.coverage)
    except (ProvisionerError, ImportError) as error:
        reason = error.what if isinstance(error, ProvisionerError) else str(error)
        return f"Rooms could not be looked at: {reason}"


def _evidence(workspace: Workspace, env: Environment, specs_only: bool) -> EvidenceReport | str:
    if specs_only:
        return "Recordings were not looked at (--specs-only)."
    try:
        return collect(env, evidence_query(workspace, env), workspace.root, os.environ)
    except (ProvisionerError, ImportError) as error:
        reason = error.what if isinstance(error, ProvisionerError) else str(error)
        return f"Recordings could not be looked at: {reason}"
