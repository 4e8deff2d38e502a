"""Every file of a new repository, by its path from the repository's root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provisioner import __version__
from provisioner.promotion.template_lock import locking
from provisioner.reconcile.plan.document import schema as plan_schema
from provisioner.recording.sites import SITES
from provisioner.specs.editing import scaffold
from provisioner.specs.editing.transaction import contents
from provisioner.specs.layout import application_file, embedded_file, environment_file, template_file
from provisioner.specs.schema import generation
from provisioner.specs.workspace import Workspace
from provisioner.starter.choices import Choices, tier
from provisioner.starter.rendering import FILES, render

APPLICATION = "video-call"
PIN = "call@v1"

_FIRST_ID = 20_000_001
_FIRST_SUB_APP_ID = 1_500_000_001
_WORKFLOWS = ("recording-review.yaml", "recording-apply.yaml", "recording-drift.yaml", "recording-promote.yaml")


def surrounding_files(choices: Choices) -> Mapping[str, bytes]:
    """What stands around specs: path from the repository's root -> content."""
    below = f"{choices.folder}/" if choices.folder else ""
    project = [*_schemas(), *_around(choices)]
    return {**{f"{below}{path}": data for path, data in project}, **dict(_forge(choices))}


def first_specs(choices: Choices, root: Path) -> Mapping[str, bytes]:
    """The specs of a new project: path from its folder, `root`, -> content."""
    file = template_file(PIN)
    files = {file: scaffold.template(root, file, "call", "One-to-one and group calls; one mixed MP4 a call").encode()}
    for position, name in enumerate(choices.environments):
        files |= _environment(choices, root, name, position)
    specs = Workspace(root).drafted(files)
    for name in choices.production:
        specs.environment(name)  # reads what it pins
    pinned = {PIN: specs.template_digests()[PIN].text} if choices.production else {}
    return {**files, **contents(locking(specs.files, pinned))}


def _environment(choices: Choices, root: Path, name: str, position: int) -> Iterator[tuple[str, bytes]]:
    file, sdk_app_id = environment_file(name), _FIRST_ID + position
    text = scaffold.environment(
        root,
        file,
        name,
        tier=tier(name),
        site=choices.site,
        region=SITES[choices.site].region,
        driver=choices.driver,
        sub_app_id=_FIRST_SUB_APP_ID + position,
    )
    yield file, text.encode()
    if choices.driver == "embedded":
        seeds = scaffold.embedded(root, embedded_file(name), name, {APPLICATION: sdk_app_id})
        yield embedded_file(name), seeds.encode()
    app = application_file(name, APPLICATION)
    text = scaffold.application(
        root, app, APPLICATION, sdk_app_id=sdk_app_id, owner=choices.owner, template=PIN, mode="auto"
    )
    yield app, text.encode()


def _schemas() -> Iterator[tuple[str, bytes]]:
    for name, schema in {**generation.build(), "plan": plan_schema()}.items():
        yield f"schemas/{name}.json", generation.schema_bytes(schema)


def _around(choices: Choices) -> Iterator[tuple[str, bytes]]:
    """What stands beside the specs: how they are edited, run and installed."""
    values = _values(choices)
    for file, name in (
        ("README.md", "README.md"),
        (".gitignore", "gitignore"),
        (".editorconfig", "editorconfig"),
        (".vscode/extensions.json", "extensions.json"),
        ("Pulumi.yaml", "Pulumi.yaml"),
        ("__main__.py", "program"),
    ):
        yield file, render(f"project/{name}", values).encode()
    yield "requirements/libraries.txt", (FILES / "libraries.txt").read_bytes()
    yield "requirements/trtc-recording.txt", f"{choices.tool.line}\n".encode()
    if choices.tool.wheel:
        name, content = choices.tool.wheel
        yield f"requirements/{name}", content


def _forge(choices: Choices) -> Iterator[tuple[str, bytes]]:
    """What a forge reads at the repository's root, and what Git runs there."""
    values = _values(choices)
    yield ".pre-commit-config.yaml", render("project/pre-commit-config.yaml", values).encode()
    yield "CODEOWNERS", render("project/CODEOWNERS", values).encode()
    if choices.forge == "github":
        yield ".github/actions/trtc-recording/action.yml", render("github/action.yml", values).encode()
        for name in _WORKFLOWS:
            if name != "recording-promote.yaml" or len(choices.environments) > 1:
                yield f".github/workflows/{name}", render(f"github/{name}", values).encode()
    if choices.forge == "gitlab":
        yield ".gitlab/recording.gitlab-ci.yml", render("gitlab/recording.gitlab-ci.yml", values).encode()
        yield ".gitlab-ci.yml", render("gitlab/gitlab-ci.yml", values).encode()


def _values(choices: Choices) -> dict[str, Any]:
    def roles(indent: int = 2) -> str:
        lines = [
            f"{' ' * indent}{role}: ${{{{ vars.{role} }}}}"
            for role in (f"{name.replace('-', '_').upper()}_ROLE" for name in choices.environments)
        ]
        lines[0] += " # `roleArn: env:" + lines[0].split(":")[0].strip() + "` in environment.yaml"
        return "\n" + "\n".join(lines)

    return {
        "folder": choices.folder or ".",
        "below": f"{choices.folder}/" if choices.folder else "",
        "names": choices.environments,
        "first": choices.environments[0],
        "production": choices.production,
        "driver": choices.driver,
        "forge": choices.forge,
        "owner": choices.owner,
        "application": APPLICATION,
        "version": __version__,
        "roles": roles,
    }
