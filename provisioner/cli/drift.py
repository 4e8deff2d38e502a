"""`provisioner drift`: where the console differs from the specs."""

from __future__ import annotations

import os

import click

from provisioner.cli.address import project_folder
from provisioner.cli.audit import audit_source, named, since_last_look
from provisioner.cli.output import exit_code_option, style, verbose_option
from provisioner.cli.plan_format import plan_format_option
from provisioner.cli.session import CommandSession, addresses_argument, difference_code, owner_option, session
from provisioner.forge.registry import FORGES, open_forge
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.reconcile.apply.last_in_sync import last_equal
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.plan import Plan
from provisioner.recording.findings import Severity
from provisioner.report.plan.formats import formats_of
from provisioner.report.plan.plan_view import PlanView, read_plan

_WEIGHTS = ["high", "medium", "low"]


@click.command("drift")
@addresses_argument
@owner_option
@click.option("--post", type=click.Choice(list(FORGES)), help="In a CI job: keep one issue while it lasts.")
@click.option("--audit", is_flag=True, help="Ask the account's audit log who changed it.")
@click.option("--since-audit", is_flag=True, help="Read only what the log names since the last full look; see above.")
@plan_format_option("drift")
@verbose_option
@exit_code_option
@click.option(
    "--fail-on",
    type=click.Choice(_WEIGHTS),
    help="Exit 2 only where what the console does now weighs at least this, 4 as --exit-code does.",
)
def command(
    *,
    addresses: tuple[str, ...],
    owners: tuple[str, ...],
    post: str | None,
    audit: bool,
    since_audit: bool,
    form: str,
    verbose: bool,
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
      provisioner drift prod --fail-on high
      provisioner drift prod --owner @acme/calls
      provisioner drift prod --audit
      provisioner drift prod --since-audit
    """
    with session(*addresses, owners=owners) as opened:
        source = audit_source(opened.environment, opened.state) if audit or since_audit else None
        plan = since_last_look(opened, source) if source and since_audit else opened.drift()
        equal = last_equal_of(opened)
        if source and audit:
            plan = named(plan, source, equal)
    since = {
        entry.application.name: equal.get(entry.application.sdk_app_id)
        for entry in plan.applications
        if entry.differences
    }
    view = read_plan(document(plan), since)
    click.echo(formats_of("drift")[form].render([view], style, project_folder(), verbose=verbose), nl=False)
    if post:
        post_issue(view, post)
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
    from provisioner.forge.publish import post_drift
    from provisioner.report.plan.drift_issue import render_drift_issue
    from provisioner.report.plan.repository_paths import plan_from_root

    if plan.scope is not None and plan.look is None:
        raise UsageError("--post keeps an issue about a whole environment", fix="Leave out applications and owners.")
    forge = open_forge(kind, os.environ)
    drifted = any(entry.differs for entry in plan.applications)
    limit = forge.context.kind.limits.text - MARKER_BYTES
    body = render_drift_issue(plan_from_root(plan, project_folder()), forge.context.run, limit)
    issue = post_drift(forge, plan.environment, body, drifted=drifted)
    if issue:
        click.echo(f"{'Issue' if drifted else 'Closed'}: {issue.url}", err=True)


def last_equal_of(opened: CommandSession) -> dict[int, str]:
    """When each application was last in sync, by SDKAppId; nothing where the journal cannot be read."""
    try:
        return last_equal(opened.state.journal.entries())
    except ProvisionerError as error:
        click.echo(f"Since when is not known: {error}", err=True)
        return {}
