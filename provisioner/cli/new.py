"""`provisioner new`: an application, a template or an environment to start from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from provisioner.cli.address import check_environment
from provisioner.cli.writing import workspace_to_change, write_specs
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.recording.fields import FIELDS
from provisioner.recording.findings import Severity
from provisioner.recording.sites import SITES
from provisioner.report.specs.findings import render_findings
from provisioner.specs.editing import scaffold
from provisioner.specs.editing.transaction import created
from provisioner.specs.layout import application_file, embedded_file, environment_file
from provisioner.specs.workspace import Workspace


@click.group("new")
def command() -> None:
    """Write an application, a template or an environment to start from.

    What is written validates, and its comments teach what to decide next. Existing files are never overwritten.

    \b
    Examples:
      provisioner new environment qa --tier staging --vod-sub-app-id 1500000020
      provisioner new template webinar --description "One speaker, many listeners"
      provisioner new application qa/webinar --sdk-app-id 20002001 \\
        --template webinar@v1 --owner @acme/webinars
    """


@command.command("application", short_help="A new file environments/ENV/apps/APP.yaml.")
@click.argument("address", metavar="ENV/APP")
@click.option("--sdk-app-id", type=int, required=True, help="The application's SDKAppId in this environment.")
@click.option("--template", required=True, metavar="NAME@vN", help="The template that its settings come from.")
@click.option("--owner", required=True, help="Who is asked about it: a team or person such as @acme/calls.")
@click.option("--mode", type=click.Choice(["auto", "manual"]), default="auto", show_default=True, help="Who records.")
def application(address: str, sdk_app_id: int, template: str, owner: str, mode: str) -> None:
    """Write environments/ENV/apps/APP.yaml.

    \b
    Example:
      provisioner new application dev/webinar --sdk-app-id 20001009 \\
        --template call@v1 --owner @acme/webinars
    """
    workspace = workspace_to_change()
    environment, _, name = address.partition("/")
    check_environment(workspace, environment)
    _check_name(name)
    file = application_file(environment, name)
    text = scaffold.application(
        workspace.root, file, name, sdk_app_id=sdk_app_id, owner=owner, template=template, mode=mode
    )
    _create(workspace.root, {file: text.encode()})
    steps = [f"provisioner explain {address}", f"provisioner plan {address}"]
    seeds = workspace.root / embedded_file(environment)
    if seeds.is_file() and not re.search(rf"\b{sdk_app_id}\b", seeds.read_text("utf-8", "replace")):
        account = embedded_file(environment)
        steps.insert(1, f"add to the simulated account, {account}: {name}: {{sdkAppId: {sdk_app_id}}}")
    _next(workspace.root, *steps)


@command.command("template", short_help="The next free version templates/NAME/vN.yaml.")
@click.argument("name")
@click.option("--description", metavar="TEXT", help="What calls it is for, in a line.")
def template(name: str, description: str | None) -> None:
    """Write the next free version of templates/NAME: a copy of the newest one, else one to start from.

    \b
    Example:
      provisioner new template webinar --description "One speaker, many listeners"
    """
    workspace = workspace_to_change(begin=True)
    _check_name(name)
    folder = workspace.root / "templates" / name
    versions = [int(match[1]) for path in folder.glob("v*.yaml") if (match := re.fullmatch(r"v(\d+)", path.stem))]
    newest = max(versions, default=0)
    file = f"templates/{name}/v{newest + 1}.yaml"
    if newest and description is not None:
        raise UsageError(f"--description does not fit: {file} starts as a copy of v{newest}", fix="Leave it out.")
    if newest:
        data = (folder / f"v{newest}.yaml").read_bytes()
    else:
        data = scaffold.template(workspace.root, file, name, description or f"Recordings of {name}").encode()
    _create(workspace.root, {file: data})
    _next(workspace.root, f"edit {file}", f"pin it in an application: recording.template: {name}@v{newest + 1}")


@command.command("environment", short_help="A new folder environments/NAME.")
@click.argument("name")
@click.option("--tier", type=click.Choice(["development", "staging", "production"]), required=True)
@click.option("--site", type=click.Choice(list(SITES)), default="intl", show_default=True)
@click.option("--region", help="API region; by default ap-singapore, or ap-guangzhou on the China site.")
@click.option("--driver", type=click.Choice(["embedded", "tencent", "runbook"]), default="embedded", show_default=True)
@click.option("--vod-sub-app-id", type=int, metavar="ID", help="VOD application that recorded files go to.")
def environment(
    *, name: str, tier: str, site: str, region: str | None, driver: str, vod_sub_app_id: int | None
) -> None:
    """Write environments/NAME/environment.yaml and, for the embedded console, the account it simulates.

    \b
    Example:
      provisioner new environment qa --tier staging --vod-sub-app-id 1500000020
    """
    workspace = workspace_to_change(begin=True)
    _check_name(name)
    file = environment_file(name)
    chosen = region or SITES[site].region
    root = workspace.root
    text = scaffold.environment(
        root, file, name, tier=tier, site=site, region=chosen, driver=driver, sub_app_id=vod_sub_app_id
    )
    documents = {file: text.encode()}
    if driver == "embedded":
        documents[embedded_file(name)] = scaffold.embedded(root, embedded_file(name), name).encode()
    _create(root, documents)
    storage = [] if vod_sub_app_id else [f"say in {file} where files go: settings.storage"]
    _next(root, *storage, f"provisioner new application {name}/APP --sdk-app-id ID --template NAME@vN --owner @TEAM")


def _check_name(name: str) -> None:
    try:
        FIELDS["/name"].kind.parse(name)
    except ValueError as reason:
        raise UsageError(f"the name {reason}") from None


def _create(root: Path, documents: Mapping[str, bytes]) -> None:
    """Write all documents (by path below `root`), or none where one exists already or would not be valid."""
    for file in documents:
        if (root / file).exists():
            raise UsageError("exists already, and is never overwritten", where=file)
    judged = Workspace(root).drafted(documents).validate()[1]
    findings = [entry for entry in judged if entry.where and entry.where.file in documents]
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise ProvisionerError(f"Nothing was written; it would not be valid:\n{render_findings(findings).rstrip()}")
    write_specs(root, created(documents))
    click.echo("\n".join(documents))
    click.echo(render_findings(findings), nl=False, err=True)


def _next(root: Path, *steps: str) -> None:
    folder = scaffold.schema_folder(root)
    if not folder.exists():
        steps = (f"provisioner schema {folder.relative_to(root)}, for completion in editors", *steps)
    click.echo("Next:" + "".join(f"\n  {step}" for step in steps), err=True)
