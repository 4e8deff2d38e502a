"""`provisioner import`: write specs for applications that no spec manages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path

import click

from provisioner.cli.account_source import binding_option, captures_option, list_option, open_source
from provisioner.cli.output import format_option, print_json, style
from provisioner.cli.output_file import on_stdout, output_option, write_output
from provisioner.cli.writing import workspace_to_change, write_specs
from provisioner.console.port import Console, ListedApplication
from provisioner.foundation import progress
from provisioner.foundation.errors import ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.provider.import_file import import_file
from provisioner.reconcile.intake.importing import Candidate, Import, LeftOut, import_applications
from provisioner.reconcile.intake.unmanaged import spec_names, unmanaged
from provisioner.recording.field import Mode
from provisioner.report.console.imported import import_document, render_import
from provisioner.specs.codeowners.owners import read_owners
from provisioner.specs.documents.environment import Environment
from provisioner.specs.editing.transaction import created
from provisioner.specs.layout import application_file
from provisioner.specs.workspace import Workspace
from provisioner.specs.yaml.reader import Malformed, read

PARTIAL = 3
_READERS = 8
_SOMEBODY = "@somebody"
"""Who owns what a dry run would write, where nobody has been named."""


@click.command("import")
@click.argument("environment", metavar="ENV")
@click.option("--app", "apps", multiple=True, metavar="NAME", help="Only these, by name, SDKAppId or pattern (call-*).")
@click.option("--owner", metavar="@TEAM", help="Who is asked about them; by default whom CODEOWNERS names.")
@click.option("--contract", metavar="NAME@vN", help="The template that backends record by where the mode is manual.")
@click.option(
    "--share",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="How many must record alike to get a template of their own.",
)
@output_option(
    "--pulumi", "state", about="Also write what `pulumi import --file` reads, to fill the stack's state; - is stdout."
)
@list_option
@click.option(
    "--template", metavar="NAME@vN", help="With --list of a console that only people see: what it is to record by."
)
@captures_option
@binding_option
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
@format_option
def command(
    *,
    environment: str,
    apps: tuple[str, ...],
    owner: str | None,
    contract: str | None,
    share: int,
    state: Path | None,
    pasted: Path | None,
    template: str | None,
    captures: tuple[Path, ...],
    binding: str,
    dry_run: bool,
    form: str,
) -> int:
    """Write a spec for every application of the environment's account that no spec manages.

    Each says what the console shows, so that the plan is empty afterwards. An application pins the template version
    that leaves it the fewest settings of its own; where --share or more record alike and no version says just that,
    they get a new one. What cannot be read is left out, and the file says so. What backends record by in manual mode
    stands in no console: --contract names it. With --from, captures of your own console session are asked instead, and
    no API; only applications whose page was opened get a spec. Existing files are never touched; a new environment
    starts with `provisioner new environment`.

    With --list the account's list is what somebody pasted. Where only people see the console (driver runbook), nobody
    has looked at it then: the files say so, and ask for automatic recording by --template, or manual by --contract.
    `attest` and `adopt` bring in what the console shows.

    \b
    Examples:
      provisioner import dev --dry-run
      provisioner import prod --from monday.har --binding bindings/ours.yaml
      provisioner import prod --list applications.csv --template call@v1
      provisioner import dev --app 'webinar-*' --owner @acme/webinars
    """
    workspace = Workspace.containing(Path.cwd()) if dry_run else workspace_to_change()
    chosen = workspace.environment(environment)
    unseen = _unseen(
        workspace, template, contract, nobody_looks=bool(pasted and not captures) and chosen.console.by_people
    )
    project = _project(workspace.root) if state else ""
    with closing(open_source(chosen, workspace.root, captures, binding, pasted)) as console:
        strangers = unmanaged(console, [chosen, *workspace.validate()[0]])
        names = spec_names(strangers, [app.name for app in chosen.applications])
        wanted = _wanted(strangers, names, apps)
        called = [names[entry.sdk_app_id] for entry in wanted]
        owners = _owners(workspace.root, environment, called, owner, needed=not dry_run)
        candidates, unread = _read(console, wanted, names, owners, unseen)
    done = import_applications(workspace, environment, candidates, share=share, contract=contract, template=template)
    left_out = [*unread, *done.left_out]
    if not dry_run:
        _write(workspace, done, state, project, chosen)
    if form == "json":
        print_json(import_document(done, left_out, written=not dry_run))
    elif not wanted:
        click.echo("Nothing to import: specs manage every application of the account.", err=True)
    else:
        click.echo(render_import(environment, done, left_out, style), nl=False, err=on_stdout(state) and not dry_run)
        click.echo(_verdict(environment, done, state, dry_run), err=True)
    return 0 if not left_out else PARTIAL if done.applications else 1


def _check_template(workspace: Workspace, option: str, pin: str | None) -> None:
    if pin is not None and pin not in (known := workspace.template_values()):
        raise UsageError(f'{option}: there is no template "{printable(pin)}"{did_you_mean(pin, known)}')


def _unseen(workspace: Workspace, template: str | None, contract: str | None, *, nobody_looks: bool) -> Mode | None:
    """How applications are to be recorded of which a list says nothing but the name; None where a console shows it.

    Raises UsageError where the options do not say it, or name no template.
    """
    _check_template(workspace, "--contract", contract)
    _check_template(workspace, "--template", template)
    if not nobody_looks:
        if template:
            raise UsageError("--template is for a pasted list of a console that only people see", fix="Leave it out.")
        return None
    if bool(template) == bool(contract):
        raise UsageError(
            "a list says how no application is recorded, and nobody has looked",
            fix="Pass --template NAME@vN for automatic recording, or --contract NAME@vN where backends record. "
            f"Known: {', '.join(workspace.template_values()) or 'none'}.",
        )
    return Mode.AUTO if template else Mode.MANUAL


def _wanted(
    strangers: Sequence[ListedApplication], names: dict[int, str], apps: Sequence[str]
) -> list[ListedApplication]:
    """The applications that `apps` name, all where it is empty. Raises UsageError for a word that names none."""

    def called(entry: ListedApplication, word: str) -> bool:
        words = (entry.name, names[entry.sdk_app_id], str(entry.sdk_app_id))
        return word in words or any(fnmatchcase(known, word) for known in words)

    for word in apps:
        if not any(called(entry, word) for entry in strangers):
            hint = did_you_mean(word, names.values())
            raise UsageError(
                f'--app "{printable(word)}": no application without a spec is called so{hint}',
                fix="`provisioner unmanaged ENV` lists them.",
            )
    return [entry for entry in strangers if not apps or any(called(entry, word) for word in apps)]


def _owners(root: Path, environment: str, names: Sequence[str], owner: str | None, *, needed: bool) -> dict[str, str]:
    """The owner of each application's file. Raises UsageError where one is needed and none is named."""
    if owner is not None:
        return dict.fromkeys(names, owner)
    known = read_owners(root)
    found = {name: known.of(application_file(environment, name))[0] if known else () for name in names}
    if nobody := [name for name in names if not found[name]]:
        more = f" and {len(nobody) - 1} more" if len(nobody) > 1 else ""
        told = f"CODEOWNERS names nobody for {application_file(environment, nobody[0])}{more}"
        fix = "Pass --owner @TEAM, and correct it in the files where others are asked."
        if needed:
            raise UsageError(told, fix=fix)
        click.echo(f"{told}.\n  To write them: {fix[0].lower()}{fix[1:]}", err=True)
    return {name: owners[0] if owners else _SOMEBODY for name, owners in found.items()}


def _read(
    console: Console,
    wanted: Sequence[ListedApplication],
    names: Mapping[int, str],
    owners: Mapping[str, str],
    unseen: Mode | None,
) -> tuple[list[Candidate], list[LeftOut]]:
    """What the console shows of each, and why it does not show the others."""

    def candidate(entry: ListedApplication) -> Candidate | LeftOut:
        name = names[entry.sdk_app_id]
        try:
            return Candidate(entry, console.read(entry.sdk_app_id), name, owners[name], unseen)
        except ProvisionerError as error:
            return LeftOut(entry, error.what)

    rate = console.capabilities().calls_per_second
    with ThreadPoolExecutor(_READERS) as pool, progress.task("Reading", len(wanted), rate) as task:
        looked = []
        for one in pool.map(candidate, wanted):
            looked.append(one)
            task.step()
    return (
        [one for one in looked if isinstance(one, Candidate)],
        [one for one in looked if isinstance(one, LeftOut)],
    )


def _project(root: Path) -> str:
    """The name of the Pulumi project. Raises UsageError where there is none."""
    file = root / "Pulumi.yaml"
    try:
        plain = read(file.read_bytes(), "Pulumi.yaml").plain()
    except FileNotFoundError:
        raise UsageError("--pulumi: there is no Pulumi.yaml here", where=str(root)) from None
    except Malformed as error:
        raise UsageError("\n".join(map(str, error.findings))) from None
    if not isinstance(plain, dict) or not isinstance(plain.get("name"), str):
        raise UsageError("names no project", where="Pulumi.yaml", fix="Give it a name.")
    return str(plain["name"])


def _write(workspace: Workspace, done: Import, state: Path | None, project: str, environment: Environment) -> None:
    if state:  # first: once they have specs, they are not imported again
        imported = [(one.candidate.name, one.candidate.listed.sdk_app_id) for one in done.applications]
        text = json.dumps(import_file(project, environment.name, imported), indent=2) + "\n"
        write_output(state, text.encode())
    write_specs(workspace.root, created(done.documents))


def _verdict(environment: str, done: Import, state: Path | None, dry_run: bool) -> str:
    if not done.applications:
        return "Nothing was imported."
    if dry_run:
        return "Nothing was written: --dry-run."
    unseen = any(one.candidate.unseen for one in done.applications)
    look = f"\n  provisioner attest {environment}/APP  # nobody has looked at what the console shows" if unseen else ""
    fill = f"\n  pulumi import --file {state} --protect=false --generate-code=false" if state else ""
    return f"Written. Review the files, then:\n  provisioner plan {environment}{look}{fill}"
