"""`provisioner adopt`: write what the console shows into the spec."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import click

from provisioner.cli.address import find
from provisioner.cli.output import format_option, print_json, style
from provisioner.cli.writing import workspace_to_change, write_specs
from provisioner.console.audit.audited_console import open_audited_console
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.intake.adopt import Adoption, adopt
from provisioner.recording.paths import named, short
from provisioner.report.console.adoption import adoption_document, render_adoption, render_edit
from provisioner.specs.editing.transaction import FileChange
from provisioner.specs.workspace import SpecErrors, Workspace


@click.command("adopt")
@click.argument("address", metavar="ENV/APP")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show the edit as a unified diff; write nothing.")
@format_option
def command(address: str, paths: tuple[str, ...], dry_run: bool, form: str) -> int:
    """Write what the console shows into the application's own file: every value that differs, or those at PATH.

    A value that template or environment hold already is not repeated: the override goes. Any other becomes an
    override, and what the console does not have becomes null where a weaker layer sets it. Comments, order and
    quotes of everything else stay. A value that cannot be read is never adopted. Templates and environment.yaml
    are left alone, because others live by them. The file is written only if it is valid then.

    \b
    Examples:
      provisioner adopt dev/classroom --dry-run
      provisioner adopt dev/classroom recording.mode
    """
    workspace = Workspace.containing(Path.cwd()) if dry_run else workspace_to_change()
    environment, app = find(workspace, address)
    if app is None:
        raise UsageError(f"{address} is an environment: adopt looks at one application", fix="Write ENV/APP.")
    with closing(open_audited_console(environment, workspace.root, os.environ)) as console:
        observed = console.read(app.sdk_app_id)
    draft = workspace.draft(environment.name, app.name)
    adoption = adopt(draft, observed, _chosen(paths, list(observed.fields)))
    _check(workspace, environment.name, adoption)
    if not dry_run:
        change = FileChange(draft.text.encode(), adoption.draft.text.encode())
        write_specs(workspace.root, {draft.file: change})
    if form == "json":
        edit = render_edit(draft.file, draft.text, adoption.draft.text)
        print_json(adoption_document(adoption, edit, written=bool(adoption.adopted) and not dry_run))
        return 0
    click.echo(render_adoption(adoption, style), nl=False)
    if dry_run:
        click.echo(render_edit(draft.file, draft.text, adoption.draft.text, style), nl=False)
    click.echo(_verdict(adoption, dry_run), err=True)
    return 0


def _chosen(paths: tuple[str, ...], shown: list[str]) -> set[str] | None:
    """The leaves that `paths` name; None for all. Raises UsageError."""
    if not paths:
        return None
    chosen = {path: word for word in paths for path in named(word, shown)}
    if unknown := [word for path, word in chosen.items() if path not in shown]:
        raise UsageError(
            f'"{printable(unknown[0])}" is nothing that a console shows',
            fix=f"It shows {', '.join(map(short, shown[:3]))} and so on: `provisioner plan` names what differs.",
        )
    return set(chosen)


def _check(workspace: Workspace, environment: str, adoption: Adoption) -> None:
    """Raises ProvisionerError where the specs would not be valid with it."""
    try:
        workspace.drafted({adoption.draft.file: adoption.draft.text.encode()}).environment(environment)
    except SpecErrors as error:
        raise ProvisionerError(
            f"What the console shows makes no valid spec, so nothing was written:\n{error}",
            fix="Adopt single paths, or change the console.",
        ) from None


def _verdict(adoption: Adoption, dry_run: bool) -> str:
    if not adoption.adopted:
        known = "all that can be read" if adoption.unverified else "what the console shows"
        return f"Nothing to adopt: the spec says {known}."
    return "Nothing was written: --dry-run." if dry_run else "Written. Review it like any change, and commit it."
