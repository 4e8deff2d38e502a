"""`provisioner unmanaged`: applications that no spec manages."""

from __future__ import annotations

import shlex
from contextlib import closing
from pathlib import Path

import click

from provisioner.cli.account_source import binding_option, captures_option, list_option, open_source
from provisioner.cli.address import check_environment
from provisioner.cli.output import format_option, print_json
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.intake.unmanaged import unmanaged
from provisioner.report.text.columns import aligned
from provisioner.specs.workspace import Workspace

FOUND = 2


@click.command("unmanaged")
@click.argument("environment", metavar="ENV")
@format_option
@list_option
@captures_option
@binding_option
@click.option("--exit-code", is_flag=True, help="Exit 2 if there is any.")
def command(
    *, environment: str, form: str, pasted: Path | None, captures: tuple[Path, ...], binding: str, exit_code: bool
) -> int:
    """List the applications of an environment's account that no spec manages: nobody reviews how they are recorded.

    What another environment's specs manage in the same account is not listed. Where only people see the account, they
    paste its list (--list), or bring a capture of it (--from).

    \b
    Examples:
      provisioner unmanaged prod
      provisioner unmanaged prod --list applications.csv
      provisioner unmanaged prod --exit-code
    """
    workspace = Workspace.containing(Path.cwd())
    check_environment(workspace, environment)
    chosen = workspace.environment(environment)
    environments = [chosen, *workspace.validate()[0]]
    with closing(open_source(chosen, workspace.root, captures, binding, pasted)) as console:
        found = unmanaged(console, environments)
    if form == "json":
        print_json([{"name": entry.name, "sdkAppId": entry.sdk_app_id} for entry in found])
    elif found:
        click.echo("\n".join(aligned([[str(entry.sdk_app_id), printable(entry.name)] for entry in found])))
        words = ["provisioner", "import", environment, *(["--list", str(pasted)] if pasted else [])]
        words += [word for capture in captures for word in ("--from", str(capture))]
        click.echo(
            f"{environment}: no spec manages {len(found)}; `{printable(shlex.join(words))}` writes specs for them.",
            err=True,
        )
    else:
        click.echo(f"{environment}: specs manage every application of the account.", err=True)
    return FOUND if found and exit_code else 0
