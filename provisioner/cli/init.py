"""`provisioner init`: a repository of specs that works at once."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

import click

from provisioner.cli.prompt import can_ask
from provisioner.cli.writing import write_specs
from provisioner.foundation.errors import UsageError
from provisioner.foundation.files import write_atomically
from provisioner.foundation.git import place_of
from provisioner.recording.sites import SITES
from provisioner.specs.editing.transaction import created
from provisioner.specs.keys.tier import TIERS
from provisioner.specs.layout import ENVIRONMENTS
from provisioner.specs.workspace import Workspace
from provisioner.starter.choices import Choices, environments
from provisioner.starter.repository import APPLICATION, first_specs, surrounding_files
from provisioner.starter.tool_requirement import tool_requirement

_OWNER = "@acme/platform"
_DRIVERS = {
    "embedded": "a simulated console, to try everything without an account",
    "runbook": "people carry out printed steps in the real console",
    "tencent": "requests to the service, through actions that are published by name only",
}
_FORGES = {
    "github": "GitHub Actions: review, apply, drift, promotion",
    "gitlab": "the same on GitLab CI",
    "none": "no jobs",
}


@click.command("init")
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--driver", type=click.Choice(list(_DRIVERS)), help="How the console is reached; embedded unless told.")
@click.option("--forge", type=click.Choice(list(_FORGES)), help="Whose jobs to write; none unless told.")
@click.option("--env", "names", metavar="NAMES", help="Environments in the order of promotion; dev,prod unless told.")
@click.option("--site", type=click.Choice(list(SITES)), default="intl", show_default=True)
@click.option("--owner", metavar="@TEAM", help=f"Who approves changes; {_OWNER}, to be replaced, unless told.")
@click.option("--tool", metavar="RELEASE", help="What jobs install: a version, a wheel's file, git+https://…@COMMIT.")
@click.option("--dry-run", is_flag=True, help="Show the files; write nothing.")
def command(
    *,
    folder: Path,
    driver: str | None,
    forge: str | None,
    names: str | None,
    site: str,
    owner: str | None,
    tool: str | None,
    dry_run: bool,
) -> None:
    """Write a repository of specs into FOLDER: environments, a template, an application, and a forge's jobs.

    On a terminal it asks for what it was not told. A file that is there is kept as it is. In a folder of a larger
    repository, what a forge reads goes to that repository's root. Where there are specs, only the rest is written.

    \b
    Examples:
      provisioner init recording
      provisioner init calls --driver runbook --forge github --env qa,prod
    """
    root = folder.resolve()
    place = place_of(root)
    existing = _existing(root)
    if existing and (driver or names):
        raise UsageError(
            f"{ENVIRONMENTS}/ is there already, and says itself what --driver and --env would",
            where=str(folder),
            fix="Leave them out: init adds what stands around the specs. `provisioner new environment` adds one.",
        )
    choices = Choices(
        folder=place.below.rstrip("/"),
        environments=existing or environments(names or _asked("Environments, in the order of promotion", "dev,prod")),
        driver=driver or ("" if existing else _chosen("The console's driver", _DRIVERS, "embedded")),
        site=site,
        owner=owner or _asked("Who approves changes", _OWNER),
        forge=_forge(forge or _chosen("Whose jobs", _FORGES, "none")),
        tool=tool_requirement(tool),
    )
    files = surrounding_files(choices)
    kept = [path for path in files if os.path.lexists(place.top / path)]
    specs = {} if existing else first_specs(choices, root)
    if not dry_run:
        for path in files.keys() - set(kept):
            write_atomically(place.top / path, files[path])
        write_specs(root, created(specs))  # last, so that a run that was cut off is simply repeated
    click.echo("\n".join([*(f"{place.below}{path}" for path in specs), *(path for path in files if path not in kept)]))
    for path in kept:
        click.echo(_kept(path, files[path]), err=True)
    if dry_run:
        click.echo("Nothing was written.", err=True)
        return
    _next_steps(choices, folder)


def _existing(root: Path) -> tuple[str, ...]:
    """The environments that a project has, those of the lowest tier first; none where there is no project."""
    if not (root / ENVIRONMENTS).is_dir():
        return ()
    workspace = Workspace(root)
    known = [(workspace.without_applications(name), name) for name in workspace.environment_names()]
    ranked = sorted((TIERS.index(own.tier) if own else 0, name) for own, name in known)
    return tuple(name for _, name in ranked)


def _asked(question: str, default: str) -> str:
    if not can_ask():
        return default
    answer: str = click.prompt(question, default=default, err=True)
    return answer


def _chosen(question: str, words: Mapping[str, str], default: str) -> str:
    """One of `words`, each with what it means."""
    if not can_ask():
        return default
    for word, meaning in words.items():
        click.echo(f"  {word:<9} {meaning}", err=True)
    answer: str = click.prompt(question, type=click.Choice(list(words)), default=default, err=True)
    return answer


def _forge(word: str) -> str | None:
    return None if word == "none" else word


def _kept(path: str, wanted: bytes) -> str:
    """What to do about a file that was there: the lines that it needs are shown, where they are few."""
    lines = wanted.decode("utf-8", "replace").rstrip("\n").splitlines()
    if Path(path).name not in ("CODEOWNERS", ".gitignore", ".gitlab-ci.yml", ".pre-commit-config.yaml"):
        return f"{path} is there already, and was kept."
    needed = [line for line in lines if line and not line.startswith("#")]
    return "\n".join([f"{path} is there already, and was kept. Add to it:", *(f"    {line}" for line in needed)])


def _next_steps(choices: Choices, folder: Path) -> None:
    first = choices.environments[0]
    there = [f"cd {shlex.quote(str(folder))}"] if folder != Path() else []
    look = {"embedded": f"provisioner plan {first}", "tencent": f"provisioner doctor {first}"}
    steps = [*there, look.get(choices.driver, f"provisioner attest {first}/{APPLICATION}")]
    if choices.driver != "embedded":
        app = f"{ENVIRONMENTS}/{first}/apps/{APPLICATION}.yaml"
        steps.insert(len(there), f"put your SDKAppId into {app}")
    if not choices.tool.pinned:
        pin = f"{choices.folder}/requirements/trtc-recording.txt".lstrip("/")
        steps.append(f"add --hash=sha256:… of the release to {pin}, so that jobs install nothing else")
    click.echo("\n".join(["Next:", *(f"  {step}" for step in steps)]), err=True)
