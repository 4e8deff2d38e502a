"""`provisioner evidence`: compare recordings with what the specs declare."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from provisioner.archive.evidence.collect import EvidenceQuery, collect
from provisioner.archive.evidence.verdicts import EvidenceReport, EvidenceVerdict
from provisioner.archive.time_range import time_range
from provisioner.cli.address import select
from provisioner.cli.output import format_option, print_json, style
from provisioner.cli.output_file import metrics_option, on_stdout, write_output
from provisioner.cli.session import addresses_argument, owner_option
from provisioner.foundation.clock import system_clock
from provisioner.reconcile.apply.effective_since import Effect, in_effect
from provisioner.reconcile.apply.recorded_windows import console_says
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.report.archive.evidence import evidence_document, render_evidence
from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace

_USUALLY = timedelta(days=7)
"""How far back to look without --since, where no change is known."""


@click.command("evidence")
@addresses_argument
@owner_option
@click.option("--since", metavar="TIME", help="Only calls that began then or later: a day (UTC) or a moment.")
@click.option("--until", metavar="TIME", help="Only what was stored up to then; a day counts whole.")
@metrics_option
@format_option
@click.option(
    "--exit-code", is_flag=True, help="Exit 2 where files or console contradict, 4 where something is not seen."
)
def command(
    *,
    addresses: tuple[str, ...],
    owners: tuple[str, ...],
    since: str | None,
    until: str | None,
    metrics: Path | None,
    form: str,
    exit_code: bool,
) -> int:
    """Compare files, minutes and callbacks with the specs, setting by setting.

    Only calls that began after the last change took effect are judged; without one, those of the last seven days.

    \b
    Examples:
      provisioner evidence dev
      provisioner evidence dev/video-call --since 2026-03-01 --format json
    """
    workspace = Workspace.containing(Path.cwd())
    environment, only = select(workspace, addresses, owners)
    query = evidence_query(workspace, environment, only, since, until)
    report = collect(environment, query, workspace.root, os.environ)
    report = _with_console(report, environment, workspace)
    if metrics:
        from provisioner.report.metrics.archive_metrics import evidence_metrics

        write_output(metrics, evidence_metrics(report, system_clock()))
    if on_stdout(metrics):
        pass
    elif form == "json":
        print_json(evidence_document(report))
    else:
        click.echo(render_evidence(report, style), nl=False)
    return _code(report) if exit_code else 0


def evidence_query(
    workspace: Workspace,
    environment: Environment,
    only: frozenset[str] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> EvidenceQuery:
    """Since when each chosen application is judged: from its last change on, or as `since` and `until` say."""
    changes = in_effect(
        environment, EnvironmentState(environment.name, workspace.root, environment.journal, system_clock)
    )
    begin, end = time_range(since, until, changes.now)
    apps = [app for app in environment.applications if only is None or app.name in only]
    judged = {app.sdk_app_id: _judged_since(changes, app.sdk_app_id, begin) for app in apps}
    return EvidenceQuery(apps, judged, changes.holds, end, changes.now)


def _judged_since(changes: Effect, sdk_app_id: int, begin: datetime | None) -> datetime:
    """The later of `begin` and the moment at which the last change took effect."""
    if sdk_app_id not in changes.holds:
        return begin or changes.now - _USUALLY
    holds = changes.holds[sdk_app_id] + changes.late
    return max(begin, holds) if begin else holds


def _with_console(report: EvidenceReport, environment: Environment, workspace: Workspace) -> EvidenceReport:
    """What the console's state means for applications of which nothing is there."""
    empty = [entry.application for entry in report.evidence if not entry.recordings]
    if not empty:
        return report
    state = EnvironmentState(environment.name, workspace.root, environment.journal, system_clock)
    said = console_says(environment, empty, state, os.environ)
    evidence = tuple(
        entry
        if entry.recordings
        else replace(
            entry,
            console=said[entry.application.sdk_app_id].words,
            against=said[entry.application.sdk_app_id].against,
        )
        for entry in report.evidence
    )
    return replace(report, evidence=evidence)


def _code(report: EvidenceReport) -> int:
    if report.count(EvidenceVerdict.CONTRADICTS) or any(entry.against for entry in report.evidence):
        return 2
    return 4 if report.blind or report.count(EvidenceVerdict.NOTHING) else 0
