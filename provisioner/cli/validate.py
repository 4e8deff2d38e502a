"""`provisioner validate`: every spec, offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from provisioner.cli.address import check_environment
from provisioner.cli.output import print_json, style, verbose
from provisioner.cli.several import all_option, jobs_option
from provisioner.cli.writing import workspace_to_change, write_specs
from provisioner.foundation.errors import UsageError
from provisioner.foundation.git import place_of
from provisioner.recording.findings import Finding
from provisioner.report.specs.findings import findings_document, render_findings
from provisioner.specs.validation import validated
from provisioner.specs.workspace import Workspace


@click.command("validate")
@click.argument("environments", metavar="[ENV]...", nargs=-1)
@all_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="github: annotations of a pull request. sarif: SARIF 2.1.0 for code scanning.",
)
@jobs_option
@click.option("--fix", "fixing", is_flag=True, help="First repair what has one safe answer.")
def command(environments: tuple[str, ...], *, everywhere: bool, form: str, jobs: int | None, fixing: bool) -> int:
    """Check every spec, offline. Each finding comes as file:line:col; an error makes the exit code 1.

    With ENV, only what concerns these environments or a template is told; files of others are looked through for what
    they have in common.

    --fix changes only what every reader agrees on, and only those characters; comments stay. A bare number never
    gets a unit and a misspelt word is never replaced: those have more than one answer. It repairs:

    \b
      yes, on, OFF, True    true or false, where nothing else may stand
      ~, Null               null, where null may stand
      "true", "8", 8_000    the value without quotes and underscores
      010, 2024             in quotes, where only text may stand
      Auto, max_idle_time   the known word or key, where letter case,
                            hyphens and underscores are all that differs
      5 s                   5s
      a key twice           once, if both say the same
      UTF-16, BOM           UTF-8 without byte order mark
      --- at the end        removed

    A command that was cut off while it wrote (REC007) is finished first.

    \b
    Examples:
      provisioner validate
      provisioner validate dev --format json
      provisioner validate --fix
    """
    workspace = workspace_to_change() if fixing else Workspace.containing(Path.cwd())
    if everywhere and environments:
        raise UsageError("--all is every environment", fix="Leave the names out.")
    for name in environments:
        check_environment(workspace, name)
    names = tuple(dict.fromkeys(environments))
    found = validated(workspace, names, jobs)
    if fixing and _fixed(workspace.root, found.findings):
        found = validated(Workspace(workspace.root), names, jobs)
    told = [finding for finding in found.findings if not names or _concerns(finding, names)]
    told.sort(key=lambda finding: not finding.stops)  # what is to be mended first, each part by its place
    applications = {name: len(valid) for name, valid in sorted(found.applications.items())}
    _tell(told, applications, form, workspace)
    errors = render_findings([finding for finding in told if finding.stops]).count("\n")
    if errors:
        ending = " left." if fixing else "; nothing was read or written."
        click.echo(f"{errors} error{'s' if errors > 1 else ''}{ending}", err=True)
    return int(errors > 0)


def _concerns(finding: Finding, environments: Sequence[str]) -> bool:
    if finding.environment:
        return finding.environment in environments
    file = finding.where.file if finding.where else ""
    return not file.startswith("environments/") or file.split("/")[1] in environments


def _fixed(root: Path, findings: Sequence[Finding]) -> bool:
    from provisioner.specs.editing.fixes import fix_files

    changes, fixes = fix_files(root, {finding.where.file for finding in findings if finding.where})
    write_specs(root, changes)
    for done in fixes:
        click.echo(f"fixed {done}", err=True)
    return bool(fixes)


def _tell(findings: Sequence[Finding], applications: dict[str, int], form: str, workspace: Workspace) -> None:
    below = place_of(workspace.root).below  # services that read these know paths from the repository's root
    if form == "json":
        print_json(findings_document(findings, applications))
    elif form == "sarif":
        from provisioner.report.plan.repository_paths import findings_from_root
        from provisioner.report.plan.sarif import sarif

        print_json(sarif(findings_from_root(findings, below), workspace.known_rules()))
    elif form == "github":
        from provisioner.report.plan.github_annotations import render_annotations
        from provisioner.report.plan.repository_paths import findings_from_root

        click.echo(render_annotations(findings_from_root(findings, below)), nl=False)
    else:
        click.echo(render_findings(findings, style, verbose=verbose()), nl=False)
        if not any(finding.stops for finding in findings):
            for name, count in applications.items():
                click.echo(f"{name}: {count} application{' is' if count == 1 else 's are'} valid.")
