"""`provisioner compare`: two environments side by side."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.output import print_json, style
from provisioner.promotion.compare import compare
from provisioner.promotion.history import bases
from provisioner.promotion.pairing import pair
from provisioner.promotion.proposal import propose
from provisioner.promotion.render_compare import comparison_document, render_markdown, render_text
from provisioner.specs.workspace import Workspace

DIFFERENCES = 2


@click.command("compare")
@click.argument("source", metavar="DEV")
@click.argument("target", metavar="PROD")
@click.option("--app", "apps", multiple=True, metavar="APP", help="Only this application; may be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option("--exit-code", is_flag=True, help="Exit 2 where something would move, clash, or be new.")
def command(source: str, target: str, apps: tuple[str, ...], form: str, exit_code: bool) -> int:
    """Show the effective specs of two environments side by side, leaf by leaf. Reads no console.

    \b
      conflict   both changed since the last promotion: somebody decides
      moves      PROD gets DEV's value on promotion
      override   PROD keeps its own value, such as a hotfix
      stays      belongs to its environment: ids, storage, callbacks

    Applications pair by name, renamed ones by their `aliases`.

    \b
    Examples:
      provisioner compare dev prod
      provisioner compare dev prod --app classroom --format markdown
      provisioner compare dev prod --exit-code
    """
    workspace = Workspace.containing(Path.cwd())
    pairing = pair(workspace.environment(source), workspace.environment(target)).narrowed(apps)
    known = bases(workspace.promotions(target), source)
    comparison = compare(workspace, propose(workspace, pairing, known))
    if form == "json":
        print_json(comparison_document(comparison))
    elif form == "markdown":
        click.echo(render_markdown(comparison), nl=False)
    else:
        click.echo(render_text(comparison, style), nl=False)
    return DIFFERENCES if exit_code and comparison.pending else 0
