"""`provisioner report`: plans as a reviewer, or another program, reads them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from provisioner.cli.address import project_folder, select
from provisioner.cli.output import style
from provisioner.cli.output_file import output_option, write_output
from provisioner.cli.plan_format import plan_format_option
from provisioner.forge.port import Forge
from provisioner.forge.registry import FORGES, open_forge
from provisioner.foundation.errors import UsageError
from provisioner.reconcile.plan.document import Document
from provisioner.reconcile.plan.seal import load, read
from provisioner.report.plan.formats import formats_of
from provisioner.report.plan.plan_view import PlanView, read_plan
from provisioner.report.plan.repository_paths import plan_from_root
from provisioner.report.text.style import plain
from provisioner.specs.workspace import Workspace


@click.command("report")
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True)
@plan_format_option("report", default="markdown")
@output_option("--out", about="Write a file instead of stdout.")
@click.option("--post", type=click.Choice(list(FORGES)), help="In a CI job: keep one comment on the change.")
@click.option("--specs-only", "offline", is_flag=True, help="Name environments, not plans; read no console.")
@click.option("--base", metavar="REF", help="With --specs-only: the commit to compare with.")
def command(
    plans: tuple[str, ...], *, form: str, out: Path | None, post: str | None, offline: bool, base: str | None
) -> None:
    """Show plans for review: what happens to whom, why, what it costs, what cannot be undone.

    PLAN is what `plan --out` or `plan --format json` wrote; several are summarised together.

    With --specs-only, PLAN is ENV[/APP]: specs are compared with those of a commit, for a job that has no
    credentials. The console is not read, and the report says so.

    \b
    Examples:
      provisioner report plan.json
      provisioner report plan.json --format junit --out plan.xml
    """
    if offline:
        _check_offline(base, post)
        documents = _compared(plans, base or "")
    elif base is not None:
        raise UsageError("--base goes with --specs-only", fix="A plan has its base already: `plan --base REF`.")
    else:
        documents = [(load if post else read)(Path(plan)) for plan in plans]
    _check_once(documents)
    # Opened before anything is shown: a job that lacks a variable hears of it first.
    forge = open_forge(post, os.environ) if post else None
    views = [read_plan(document) for document in documents]
    text = formats_of("report")[form].render(views, plain if out else style, project_folder())
    if out:
        write_output(out, text.encode())
    else:
        click.echo(text, nl=False)
    if forge:
        _post(forge, documents, views)


def _check_offline(base: str | None, post: str | None) -> None:
    if base is None:
        raise UsageError("--specs-only needs a commit to compare with", fix="Give --base REF, such as origin/main.")
    if post:
        raise UsageError("--post shows sealed plans, and --specs-only makes none", fix="Leave one of them out.")


def _compared(addresses: Sequence[str], base: str) -> list[Document]:
    from provisioner.reconcile.guardrails.reading import guardrails
    from provisioner.reconcile.plan.specs_only import specs_only
    from provisioner.specs.documents.revision import revision

    workspace = Workspace.containing(Path.cwd())
    documents: list[Document] = []
    for environment, only in [select(workspace, [address]) for address in addresses]:
        before = revision(workspace, base, environment.name)
        documents.append(specs_only(environment, before, only, guardrails(workspace, environment, before.commit)))
    return documents


def _check_once(documents: Sequence[Document]) -> None:
    names = [document["environment"] for document in documents]
    if again := {name for name in names if names.count(name) > 1}:
        raise UsageError(f"several plans of {', '.join(sorted(again))}", fix="Give one plan for each environment.")


def _post(forge: Forge, documents: Sequence[Document], views: Sequence[PlanView]) -> None:
    from provisioner.forge.marker import MARKER_BYTES
    from provisioner.forge.publish import post, summarise
    from provisioner.report.plan.comment import render_comment

    plans, limits = [plan_from_root(plan, project_folder()) for plan in views], forge.context.kind.limits
    note = post(forge, render_comment(plans, limits.text - MARKER_BYTES * len(plans)), documents)
    if limits.page:
        summarise(forge, render_comment(plans, limits.page))
    click.echo(f"Comment: {note.url}", err=True)
