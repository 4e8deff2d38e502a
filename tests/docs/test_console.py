"""What the guides show can be used as it stands."""

from __future__ import annotations

import re

import pytest

from provisioner.console.tencent.binding import load
from tests.conftest import ROOT
from tests.project import Project

GUIDE = (ROOT / "docs" / "console.md").read_text("utf-8")
YAML = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
CHOICES = [block for block in YAML if block.startswith("console:")]


def test_the_binding_of_the_guide_is_one(project: Project) -> None:
    (binding,) = [block for block in YAML if "kind: Binding" in block]
    project.write("bindings/ours.yaml", binding)
    assert load("bindings/ours.yaml", project.root).listing.by_id


@pytest.mark.parametrize("choice", CHOICES)
def test_a_console_of_the_guide_is_legal(project: Project, choice: str) -> None:
    text = (project.root / "environments/prod/environment.yaml").read_text()
    before, _, after = text.partition("console: {driver: embedded}")
    project.write("environments/prod/environment.yaml", before + choice.strip() + "\n" + after.partition("\n")[2])
    ran = project.run("validate")
    assert ran.code == 0, ran.out


def test_every_source_of_credentials_is_in_the_guide_and_legal(project: Project) -> None:
    sources = re.findall(r"^\| `([a-z-]+: \{.*?\})` \|", GUIDE, re.MULTILINE)
    assert len(sources) == 7
    for source in sources:
        written = source.replace("…", "qcs::cam::uin/1:roleName/x")
        written = re.sub(r"(roleArn|providerId): ([^,}]+)", r"\1: '\2'", written)
        text = (ROOT / "environments/prod/environment.yaml").read_text()
        chosen = f"{{driver: tencent, credentials: {{{written}}}}}"
        project.write("environments/prod/environment.yaml", text.replace("{driver: embedded}", chosen))
        ran = project.run("validate")
        assert ran.code == 0, f"{source}: {ran.out}"
