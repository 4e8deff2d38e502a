"""`provisioner approvals`: who must approve a plan, and who has."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from provisioner.cli.output import format_option, print_json, style
from provisioner.forge.approvals import Checked, approvals_document, check
from provisioner.forge.publish import post_verdict
from provisioner.forge.registry import detect, open_forge
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.reconcile.plan.approvals import ApprovalPolicy, Demand, demands, policy
from provisioner.reconcile.plan.document import Document
from provisioner.reconcile.plan.seal import load
from provisioner.report.plan.approvals import render_approvals
from provisioner.specs.codeowners.owners import owners_at, read_owners
from provisioner.specs.documents.revision import revision
from provisioner.specs.workspace import Workspace


@click.command("approvals")
@click.argument("plan", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--check", "checking", is_flag=True, help="Ask the forge of this CI job; exit 1 unless all have approved."
)
@click.option("--status", is_flag=True, help="With --check: also show the answer as a status of the commit.")
@format_option
def command(plan: Path, checking: bool, status: bool, form: str) -> int:
    """List who must approve the sealed PLAN, and with --check who has.

    Owners come from CODEOWNERS, numbers and teams from `approvals` in environment.yaml. A plan that was made with
    --base is held to what the base asks for, too: a change cannot lower what it needs itself.

    An approval counts if it was given on the newest commit, after the comment of `report --post` showed this very
    plan, and not by the author. A new push voids it.

    \b
    Examples:
      provisioner approvals plan.json
    """
    if status and not checking:
        raise UsageError("--status shows what --check finds", fix="Give both.")
    sealed = load(plan)
    needed = demands(sealed, _policies(sealed))
    if checking and system_clock() > datetime.fromisoformat(sealed["seal"]["expires"]):
        raise ConflictError(f"the plan expired at {sealed['seal']['expires']}", where=str(plan), fix="Make it again.")
    found = _checked(sealed, needed, status) if checking else None
    told = approvals_document(sealed, needed, found)
    if form == "json":
        print_json(told)
    else:
        click.echo(render_approvals(told, style), nl=False)
    return int(found is not None and not found.approved)


def _policies(sealed: Document) -> Iterator[ApprovalPolicy]:
    """What the work tree asks for, and what the commit asks for that the plan was compared with."""
    workspace, name = Workspace.containing(Path.cwd()), sealed["environment"]
    environment = workspace.environment(name)
    yield policy(environment, read_owners(workspace.root))
    if sealed["base"]:
        commit = sealed["base"]["commit"]
        before = revision(workspace, commit, name).environment
        yield policy(before or environment, owners_at(workspace.root, commit))


def _checked(sealed: Document, needed: Sequence[Demand], status: bool) -> Checked | None:
    """What the forge says; None where nobody needs to approve."""
    if not needed and not status:
        return None
    forge = open_forge(detect(os.environ), os.environ)
    found = check(forge, sealed, needed) if needed else None
    if status:
        post_verdict(forge, sealed, found)
    return found
