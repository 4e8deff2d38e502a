"""`provisioner approvals`: who must approve a plan, and who has."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from provisioner.cli.output import format_option, print_json, style
from provisioner.forge.approvals import Checked, approvals_document, change_of_job, check, check_base
from provisioner.forge.publish import post_verdict
from provisioner.forge.registry import detect, open_forge
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.guardrails.reading import base_policy, guardrails
from provisioner.reconcile.plan.approvals import ApprovalPolicy, Demand, demands, policy
from provisioner.reconcile.plan.document import Document
from provisioner.reconcile.plan.guardrail_document import guardrails_document
from provisioner.reconcile.plan.seal import load
from provisioner.report.plan.approvals import render_approvals
from provisioner.report.plan.guardrail_view import broken_words, read_guardrails
from provisioner.specs.codeowners.owners import read_owners
from provisioner.specs.documents.environment import Environment
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
    --base is held to what the base asks for, too: a change cannot lower what it needs itself, and whoever the base
    asks approves whatever weakens its guardrails. --check takes no other plan.

    An approval counts if it was given on the newest commit, after the comment of `report --post` showed this very
    plan, and not by the author. A new push voids it.

    \b
    Examples:
      provisioner approvals plan.json
    """
    if status and not checking:
        raise UsageError("--status shows what --check finds", fix="Give both.")
    sealed = load(plan)
    if checking and sealed["base"] is None:
        fix = "Make it with `plan --base REF`, REF being the commit that the change is merged into."
        raise UsageError("names no base: nobody knows what protected the environment before", where=str(plan), fix=fix)
    workspace = Workspace.containing(Path.cwd())
    environment = workspace.environment(sealed["environment"])
    _check_guardrails(workspace, environment, sealed, plan)
    needed = demands(sealed, _policies(workspace, environment, sealed))
    if checking and system_clock() > datetime.fromisoformat(sealed["seal"]["expires"]):
        raise ConflictError(f"the plan expired at {sealed['seal']['expires']}", where=str(plan), fix="Make it again.")
    found = _checked(sealed, needed, status) if checking else None
    told = approvals_document(sealed, needed, found)
    if form == "json":
        print_json(told)
    else:
        click.echo(render_approvals(told, style), nl=False)
    return int(found is not None and not found.approved)


def _check_guardrails(workspace: Workspace, environment: Environment, sealed: Document, plan: Path) -> None:
    """A plan file is somebody's word; what became of the guardrails is looked at anew. Raises ConflictError."""
    for words in broken_words(read_guardrails(sealed["guardrails"])):
        click.echo(printable(words), err=True)
    if sealed["base"] is None:
        return
    now = guardrails_document(guardrails(workspace, environment, sealed["base"]["commit"]))
    if now != sealed["guardrails"]:
        what = "does not say what becomes of the guardrails here: specs, CODEOWNERS or workflows have moved"
        raise ConflictError(what, where=str(plan), fix="Make it again with `plan --base`, in this checkout.")


def _policies(workspace: Workspace, environment: Environment, sealed: Document) -> Iterator[ApprovalPolicy]:
    """What the work tree asks for, and all that is known of what the base asks for."""
    yield policy(environment, read_owners(workspace.root))
    if sealed["base"]:
        for known in base_policy(workspace, sealed["base"]["commit"], environment).policies:
            yield policy(known.environment or environment, known.owners)


def _checked(sealed: Document, needed: Sequence[Demand], status: bool) -> Checked | None:
    """What the forge says; None where nobody needs to approve."""
    if not needed and not status:
        return None
    forge = open_forge(detect(os.environ), os.environ)
    if not needed:
        check_base(forge, sealed, change_of_job(forge))
    found = check(forge, sealed, needed) if needed else None
    if status:
        post_verdict(forge, sealed, found)
    return found
