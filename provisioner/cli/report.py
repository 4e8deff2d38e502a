"""`provisioner report`: plans as a reviewer, or another program, reads them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from provisioner.cli.address import project_folder, select
from provisioner.cli.output import plan_format_option, style
from provisioner.forge.port import Forge
from provisioner.foundation.errors import UsageError
from provisioner.foundation.files import write_atomically
from provisioner.reconcile.plan.document import Document
from provisioner.reconcile.plan.seal import load, read
from provisioner.report.plan.formats import formats_of
from provisioner.report.plan.plan_view import PlanView, read_plan
from provisioner.report.text.style import plain
from provisioner.specs.workspace import Workspace


@click.command("report")
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True)
@plan_format_option("report", default="markdown")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write a file instead of stdout.")
@click.option("--post", type=click.Choice(["github", "gitlab"]), help="In a CI job: keep one comment on the change.")
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
    forge = _forge(post) if post else None
    views = [read_plan(document) for document in documents]
    text = formats_of("report")[form].render(views, plain if out else style, project_folder())
    if out:
        write_atomically(out, text.encode())
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
    from provisioner.reconcile.plan.specs_only import specs_only
    from provisioner.specs.documents.revision import revision

    workspace = Workspace.containing(Path.cwd())
    chosen = [select(workspace, [address]) for address in addresses]
    return [specs_only(environment, revision(workspace, base, environment.name), only) for environment, only in chosen]


def _check_once(documents: Sequence[Document]) -> None:
    names = [document["environment"] for document in documents]
    if again := {name for name in names if names.count(name) > 1}:
        raise UsageError(f"several plans of {', '.join(sorted(again))}", fix="Give one plan for each environment.")


def _forge(kind: str) -> Forge:
    """Opened before anything is shown: a job that lacks a variable hears of it first."""
    from provisioner.forge.registry import open_forge

    return open_forge(kind, os.environ)


def _post(forge: Forge, documents: Sequence[Document], views: Sequence[PlanView]) -> None:
    from provisioner.forge.publish import post, summarise

    formats, folder = formats_of("report"), project_folder()
    note = post(forge, formats["markdown"].render(views, below=folder), documents)
    summarise(forge, formats["step-summary"].render(views, below=folder))
    click.echo(f"Comment: {note.url}", err=True)
