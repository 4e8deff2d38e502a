"""`provisioner doctor`: check credentials, connection, permissions, and what can be read."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provisioner.cli.address import find
from provisioner.cli.output import format_option, print_json, style
from provisioner.console.doctor import examine
from provisioner.console.doctor_checks import CheckResult, DoctorCheck, Examination
from provisioner.credentials.source import Caller
from provisioner.forge.port import SettingResult
from provisioner.forge.registry import FORGES, open_project
from provisioner.foundation.clock import system_clock
from provisioner.report.console.doctor import examination_document, render_examination
from provisioner.specs.workspace import Workspace


@click.command("doctor")
@click.argument("address", metavar="ENV[/APP]")
@format_option
@click.option("--forge", type=click.Choice(list(FORGES)), help="Check what is set on the forge, not the console.")
@click.option("--exit-code", is_flag=True, help="Exit 4 where nothing fails but something cannot be verified.")
def command(address: str, form: str, forge: str | None, exit_code: bool) -> int:
    """Check credentials, connection, permissions, and what can be read of one application. Writes nothing.

    With --forge: whether branch rules, reviews by code owners and environments are set so that approvals cannot be
    passed by. Its token and the project come from the variables of a job (GITHUB_TOKEN and GITHUB_REPOSITORY,
    GITLAB_TOKEN and CI_PROJECT_ID); most settings only an administrator's token reads.

    \b
    Examples:
      provisioner doctor dev
      provisioner doctor dev/video-call --format json
      provisioner doctor prod --forge github
    """
    workspace = Workspace.containing(Path.cwd())
    environment, sample = find(workspace, address)
    if forge:
        found = _settings(forge, environment.name)
    else:
        found = examine(environment, sample, Caller.of(os.environ, workspace.root), system_clock)
    if form == "json":
        print_json(examination_document(found))
    else:
        click.echo(render_examination(found, style), nl=False)
    if found.count(CheckResult.FAILS):
        return 1
    return 4 if exit_code and found.count(CheckResult.UNKNOWN) else 0


_RESULTS = {
    SettingResult.OK: CheckResult.OK,
    SettingResult.MISSING: CheckResult.FAILS,
    SettingResult.UNKNOWN: CheckResult.UNKNOWN,
}


def _settings(name: str, environment: str) -> Examination:
    """What the forge's settings are, as an examination without a console."""
    forge = open_project(name, os.environ)
    found = forge.settings(environment)
    checks = (DoctorCheck(one.name, _RESULTS[one.result], one.detail, one.fix) for one in found)
    return Examination(environment, f"{FORGES[name].title} project {forge.context.project}", tuple(checks), (), {})
