"""`provisioner coverage`: every room accounted for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from provisioner.archive.coverage.collect_rooms import CoverageQuery, CoverageReport, collect_rooms
from provisioner.archive.coverage.coverage_totals import ObjectiveVerdict
from provisioner.archive.time_range import time_range
from provisioner.cli.address import project_folder, select
from provisioner.cli.output import print_lines, style
from provisioner.cli.output_file import metrics_option, on_stdout, output_option, write_output
from provisioner.cli.session import addresses_argument, owner_option
from provisioner.forge.port import Forge
from provisioner.forge.registry import FORGES, open_forge
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.recorded_windows import recorded_windows
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.recording.application import Application
from provisioner.report.archive.coverage import coverage_issue, coverage_markdown, render_coverage
from provisioner.report.archive.coverage_data import coverage_csv, coverage_json
from provisioner.report.archive.coverage_summary import CoverageSummary
from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace

_PICTURES = (".png", ".svg")
_USUALLY = timedelta(days=7)


@click.command("coverage")
@addresses_argument
@owner_option
@click.option("--from", "start", metavar="TIME", help="Rooms created then or later: a day (UTC) or a moment.")
@click.option("--to", "end", metavar="TIME", help="Rooms created up to then; a day counts whole.")
@click.option("--audit", is_flag=True, help="Ask CloudAudit who changed what nothing is recorded by.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "markdown"]),
    default="text",
    show_default=True,
)
@metrics_option
@output_option("--chart", about="Draw a .png or .svg: rooms by day.")
@click.option("--post", type=click.Choice(list(FORGES)), help="In a CI job: keep one issue while it is missed.")
@click.option("--exit-code", is_flag=True, help="Exit 2 where the objective is missed, 4 where that is not known.")
def command(
    *,
    addresses: tuple[str, ...],
    owners: tuple[str, ...],
    start: str | None,
    end: str | None,
    audit: bool,
    metrics: Path | None,
    form: str,
    chart: Path | None,
    post: str | None,
    exit_code: bool,
) -> int:
    """Show of every room whether it was recorded, and why not.

    By default the rooms of the last seven days, or of the time that the environment's objective names (coverage:
    {atLeast: 99.5%, over: 7d}). Without an objective --exit-code asks for all of them.

    \b
    Examples:
      provisioner coverage dev
      provisioner coverage prod --from 2026-03-01 --to 2026-03-07 --format csv
      provisioner coverage prod/video-call --audit --exit-code
    """
    if chart and chart.suffix not in _PICTURES:
        raise UsageError(f"--chart writes {' and '.join(_PICTURES)}, not {chart}", fix="Name coverage.svg.")
    workspace = Workspace.containing(Path.cwd())
    environment, only = select(workspace, addresses, owners)
    if post and (only is not None or environment.coverage is None or (start, end) != (None, None)):
        raise UsageError(
            "--post keeps an issue about an environment's objective",
            fix="Set coverage: {atLeast: …} in its environment.yaml; leave out applications, owners and times.",
        )
    forge = open_forge(post, os.environ) if post else None
    apps = [app for app in environment.applications if only is None or app.name in only]
    with looked_at(workspace.root, environment, apps, (start, end), audit=audit) as report:
        summary = CoverageSummary.of(report, environment.coverage)
        if chart:
            from provisioner.report.archive.coverage_chart import draw_coverage  # matplotlib loads long

            write_output(chart, draw_coverage(summary, chart.suffix.removeprefix(".")))
            click.echo(printable(f"Drawn as {chart}."), err=True)
        if metrics:
            from provisioner.report.metrics.archive_metrics import coverage_metrics

            write_output(metrics, coverage_metrics(environment.name, summary, system_clock()))
        if not (on_stdout(chart) or on_stdout(metrics)):
            _show(summary, form)
        if forge:
            _post(forge, summary)
        return _code(summary) if exit_code else 0


def _post(forge: Forge, summary: CoverageSummary) -> None:
    """One issue while the objective is missed; where nobody knows, an issue that is there stays as it is."""
    from provisioner.forge.marker import MARKER_BYTES
    from provisioner.forge.publish import Subject, post_coverage

    judged = summary.judged
    if judged is None or judged[0] is ObjectiveVerdict.UNKNOWN:
        click.echo("Whether the objective is met is not known: no issue was opened or closed.", err=True)
        return
    missed = judged[0] is ObjectiveVerdict.MISSED
    body = coverage_issue(summary, forge.context.run, forge.context.kind.limits.text - MARKER_BYTES)
    if issue := post_coverage(forge, Subject(summary.report.environment, project_folder()), body, missed=missed):
        click.echo(f"{'Issue' if missed else 'Closed'}: {issue.url}", err=True)


def _show(summary: CoverageSummary, form: str) -> None:
    if form == "text":
        click.echo(render_coverage(summary, style), nl=False)
    elif form == "markdown":
        click.echo(coverage_markdown(summary), nl=False)
    else:
        print_lines(coverage_csv(summary) if form == "csv" else coverage_json(summary))


@contextmanager
def looked_at(
    root: Path,
    environment: Environment,
    apps: Sequence[Application],
    span: tuple[str | None, str | None],
    *,
    audit: bool = False,
    room: str | None = None,
    variables: Mapping[str, str] = os.environ,
) -> Iterator[CoverageReport]:
    """What is known of rooms while the block lasts; `span` is what --from and --to say."""
    state = EnvironmentState(environment.name, root, environment.journal, system_clock)
    known = recorded_windows(environment, apps, state, variables, audit=audit)
    begin, end = time_range(*span, known.now, ("--from", "--to"))
    over = environment.coverage.over if environment.coverage else _USUALLY
    until = min(end or known.now, known.now)
    query = CoverageQuery(apps, begin or until - over, until, known.now, known.windows, known.unread, room)
    with collect_rooms(environment, query, root, variables) as report:
        yield report


def _code(summary: CoverageSummary) -> int:
    judged = summary.judged
    if judged is not None:
        return {ObjectiveVerdict.MET: 0, ObjectiveVerdict.MISSED: 2, ObjectiveVerdict.UNKNOWN: 4}[judged[0]]
    whole = summary.whole
    if whole.percent is not None and whole.percent < 100:
        return 2
    return 4 if summary.blind or whole.unknown or not whole.known else 0
