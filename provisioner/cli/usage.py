"""`provisioner usage`: how much was recorded."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from provisioner.archive.minutes.record_statistic import ON_NO_OTHER_SITE, StatisticSource
from provisioner.archive.minutes.usage import SERVICE, UsageSource, open_usage
from provisioner.archive.minutes.usage_period import Period, day_of, period
from provisioner.cli.address import select
from provisioner.cli.output import print_json, style
from provisioner.cli.output_file import on_stdout, output_option, write_output
from provisioner.cli.session import addresses_argument, owner_option
from provisioner.foundation import progress
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.report.archive.usage import ApplicationUsage, UsageReport, render_usage, usage_csv, usage_document
from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace

_PICTURES = (".png", ".svg")


@click.command("usage")
@addresses_argument
@owner_option
@click.option("--from", "start", metavar="DAY", help="First day; by default six days before the last one.")
@click.option("--to", "end", metavar="DAY", help="Last day, included; yesterday unless said: today still grows.")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
@output_option("--chart", about="Draw a .png or .svg.")
def command(
    *,
    addresses: tuple[str, ...],
    owners: tuple[str, ...],
    start: str | None,
    end: str | None,
    form: str,
    chart: Path | None,
) -> int:
    """Show recorded minutes by application, kind and day.

    A DAY is YYYY-MM-DD, today or yesterday, in Beijing's time, as the service counts. Money is shown where
    environment.yaml names a price file.

    \b
    Examples:
      provisioner usage dev
      provisioner usage dev --from 2026-01-01 --to 2026-01-31 --format csv
      provisioner usage dev/classroom --chart usage.svg
    """
    if chart and chart.suffix not in _PICTURES:
        raise UsageError(f"--chart writes {' and '.join(_PICTURES)}, not {chart}", fix="Name usage.svg or usage.png.")
    workspace = Workspace.containing(Path.cwd())
    environment, only = select(workspace, addresses, owners)
    today = day_of(system_clock())
    asked = period(start, end, today)
    report = replace(_report(workspace.root, environment, only, asked), growing=asked.last >= today)
    if chart:
        from provisioner.report.archive.usage_chart import draw  # matplotlib loads longer than most commands run

        write_output(chart, draw(report, chart.suffix.removeprefix(".")))
        click.echo(printable(f"Drawn as {chart}."), err=True)
    if on_stdout(chart):
        return 0
    if form == "json":
        print_json(usage_document(report))
    else:
        click.echo(usage_csv(report) if form == "csv" else render_usage(report, style), nl=False)
    return 0


def _report(root: Path, environment: Environment, only: frozenset[str] | None, asked: Period) -> UsageReport:
    from provisioner.console.service_client import answering

    apps = [app for app in environment.applications if only is None or app.name in only]
    with open_usage(environment, root, os.environ) as client:
        source, statistic = UsageSource(client), StatisticSource(client)

        def usage_of(app: Application) -> ApplicationUsage:
            both = source.usage(app.sdk_app_id, asked.before().until(asked))
            counted = statistic.seconds(app.sdk_app_id, asked) if environment.site == "cn" else ON_NO_OTHER_SITE
            return ApplicationUsage(app, both.within(asked), both.within(asked.before()), counted)

        found = []
        with progress.task("Asking", len(apps), source.applications_per_second(asked)) as task:
            for app in apps:
                found.append(usage_of(app))
                task.step()
    return UsageReport(environment.name, answering(environment, root, SERVICE), asked, tuple(found), environment.prices)
