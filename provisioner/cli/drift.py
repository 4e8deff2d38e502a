"""`provisioner drift`: where the console differs from the specs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from provisioner.cli.address import project_folder
from provisioner.cli.audit import audit_source, named, since_last_look
from provisioner.cli.output import exit_code_option, style, verbose
from provisioner.cli.output_file import metrics_option, on_stdout, write_output
from provisioner.cli.plan_format import plan_format_option
from provisioner.cli.session import CommandSession, difference_code, owner_option, session
from provisioner.cli.several import all_option, by_environment, gravest, several_argument, side_by_side
from provisioner.forge.registry import FORGES, open_forge
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.reconcile.apply.last_in_sync import last_equal
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.plan import Plan
from provisioner.recording.findings import Severity
from provisioner.report.plan.formats import formats_of
from provisioner.report.plan.plan_view import PlanView, read_plan

_WEIGHTS = ["high", "medium", "low"]


DRIFTED = 2


@click.command("drift")
@several_argument
@all_option
@owner_option
@click.option("--post", type=click.Choice(list(FORGES)), help="In a CI job: keep one issue while it lasts.")
@click.option("--audit", is_flag=True, help="Ask the account's audit log who changed it.")
@click.option("--since-audit", is_flag=True, help="Read only what the log names since the last full look; see above.")
@metrics_option
@plan_format_option("drift")
@exit_code_option
@click.option(
    "--fail-on",
    type=click.Choice(_WEIGHTS),
    help="Exit 2 only where what the console does now weighs at least this, 4 as --exit-code does.",
)
def command(
    *,
    addresses: tuple[str, ...],
    everywhere: bool,
    owners: tuple[str, ...],
    post: str | None,
    audit: bool,
    since_audit: bool,
    metrics: Path | None,
    form: str,
    exit_code: bool,
    fail_on: str | None,
) -> int:
    """Show what the console does now that the specs do not say, since when, and what applying them would do.

    What is lost at this moment comes first: rooms that are not recorded, or recorded against the specs; then the
    repair. Writes nothing to the console.

    With --post one issue is opened, updated, and closed when nothing differs any more. With --audit each application
    that differs says who changed it, when and from where, by CloudAudit; what CloudAudit cannot say is never "nobody".

    With --since-audit only applications are read that CloudAudit names since the last full look, that differed then, or
    whose specs changed. Everything is read once a day, and whenever CloudAudit cannot tell.

    \b
    Examples:
      provisioner drift prod --exit-code
      provisioner drift --all
      provisioner drift prod --fail-on high
      provisioner drift prod --owner @acme/calls
      provisioner drift prod --audit
      provisioner drift prod --since-audit
      provisioner drift prod --metrics trtc-prod.prom
    """
    if metrics and since_audit:
        raise UsageError("--metrics tells of every application", fix="Leave out --since-audit, which reads only some.")

    def look(own: list[str]) -> tuple[Plan, PlanView]:
        with session(*own, owners=owners) as opened:
            source = audit_source(opened.environment, opened.state) if audit or since_audit else None
            plan = since_last_look(opened, source) if source and since_audit else opened.drift()
            equal = last_equal_of(opened)
            plan = named(plan, source, equal) if source and audit else plan
        return plan, _view(plan, equal)

    chosen = by_environment(addresses, everywhere=everywhere)
    found, failed = side_by_side(chosen, look)
    views = [view for _, view in found]
    if metrics:
        from provisioner.report.metrics.health_metrics import drift_metrics

        write_output(metrics, drift_metrics(views, chosen, system_clock()))
    if views and not on_stdout(metrics):
        click.echo(formats_of("drift")[form].render(views, style, project_folder(), verbose=verbose()), nl=False)
    for view in views if post else ():
        post_issue(view, post or "")
    return gravest([failed, *(_code(plan, exit_code, fail_on) for plan, _ in found)])


def _view(plan: Plan, equal: Mapping[int, str]) -> PlanView:
    differing = [entry.application for entry in plan.applications if entry.differences]
    return read_plan(document(plan), {app.name: equal.get(app.sdk_app_id) for app in differing})


def _code(plan: Plan, exit_code: bool, fail_on: str | None) -> int:
    if exit_code and plan.lapsed:  # nobody knows any more whether it differs: that is not for the night to pass over
        return DRIFTED
    if fail_on and not exit_code and not _weighs(plan, Severity(fail_on)):
        return 4 if plan.count("cannot-verify") else 0
    return difference_code(plan, exit_code or fail_on is not None)


def _weighs(plan: Plan, least: Severity) -> bool:
    """Whether the console does something now that is at least so grave."""
    order = list(Severity)
    grave = order[: order.index(least) + 1]
    return any(finding.severity in grave for entry in plan.applications for finding in entry.present)


def post_issue(plan: PlanView, kind: str) -> None:
    """Keep one issue about the environment on the forge `kind`. Raises ProvisionerError."""
    from provisioner.forge.marker import MARKER_BYTES
    from provisioner.forge.publish import Subject, post_drift
    from provisioner.report.plan.drift_issue import render_drift_issue
    from provisioner.report.plan.repository_paths import plan_from_root

    if plan.scope is not None and plan.look is None:
        raise UsageError("--post keeps an issue about a whole environment", fix="Leave out applications and owners.")
    forge = open_forge(kind, os.environ)
    drifted = any(entry.to_settle for entry in plan.applications)
    limit = forge.context.kind.limits.text - MARKER_BYTES
    below = project_folder()
    body = render_drift_issue(plan_from_root(plan, below), forge.context.run, limit)
    issue = post_drift(forge, Subject(plan.environment, below), body, drifted=drifted)
    if issue:
        click.echo(f"{'Issue' if drifted else 'Closed'}: {issue.url}", err=True)


def last_equal_of(opened: CommandSession) -> dict[int, str]:
    """When each application was last in sync, by SDKAppId; nothing where the journal cannot be read."""
    try:
        return last_equal(opened.state.journal.entries())
    except ProvisionerError as error:
        click.echo(f"Since when is not known: {error}", err=True)
        return {}
