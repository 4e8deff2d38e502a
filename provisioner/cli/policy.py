"""`provisioner policy`: the examples of policies, and policies of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from provisioner.cli.output import format_option, print_json, style
from provisioner.cli.writing import workspace_to_change, write_specs
from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.report.specs.policies import policies_document, render_policies
from provisioner.specs.policies.cases import run_cases
from provisioner.specs.policies.vendoring import vendor as vendor_sources
from provisioner.specs.workspace import SpecErrors, Workspace


@click.group("policy")
def command() -> None:
    """Policies of the organisation: run the examples in their files, copy those of others.

    \b
    Examples:
      provisioner policy test
      provisioner policy vendor
    """


@command.command("test", short_help="Run the examples in policies' files.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@format_option
def test(names: tuple[str, ...], form: str) -> int:
    """Run the examples (`cases`) in policies' files, all or those of NAME. The exit code is 1 where one fails.

    \b
    Examples:
      provisioner policy test
      provisioner policy test acme.retention --format json
    """
    workspace = Workspace.containing(Path.cwd())
    policies, findings = workspace.policies()
    if findings:
        raise SpecErrors(findings)
    known = {policy.name: policy for policy in policies}
    for name in names:
        if name not in known:
            raise UsageError(f'there is no policy "{printable(name)}"{did_you_mean(name, known)}', where="policies/")
    results = {name: run_cases(policy) for name, policy in known.items() if not names or name in names}
    if form == "json":
        document: Any = policies_document(results)
        print_json(document)
    else:
        click.echo(render_policies(results, style), nl=False)
    return int(any(not result.passed for found in results.values() for result in found))


@command.command("vendor", short_help="Copy policies of other repositories, and lock them.")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
def vendor(sources: tuple[str, ...]) -> None:
    """Copy the policies that policies/vendor/sources.yaml names, all or those of SOURCE, and lock their digests.

    Nothing else fetches them: every other command reads the copies, and refuses one that is not as locked. A source in
    Git is pinned by its commit. Copies and lock belong into Git.

    \b
    Example:
      provisioner policy vendor acme
    """
    root = workspace_to_change().root
    changed = vendor_sources(root, sources)
    write_specs(root, changed)
    for file in sorted(changed):
        click.echo(file)
    click.echo("Review and commit these." if changed else "Every copy is as its source has it.", err=True)
