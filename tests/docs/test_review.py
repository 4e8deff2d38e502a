"""docs/review.md shows what the commands print and what an environment may say."""

from __future__ import annotations

import re
import shlex

from provisioner.specs.keys.approvals import Approvals
from tests.conftest import ROOT
from tests.project import Project

PAGE = (ROOT / "docs/review.md").read_text("utf-8")
PROD = "environments/prod/environment.yaml"


def test_the_commands_print_what_the_page_shows(project: Project) -> None:
    (block,) = re.findall(r"```console\n(.*?)```", PAGE.partition("## Who must approve")[2], re.DOTALL)
    shown: list[str] = []
    expected: list[str] = []
    for line in block.splitlines():
        if line.startswith("$ provisioner "):
            shown = project.run(*shlex.split(line)[2:]).out.splitlines()
            expected.clear()
        else:
            expected.append(re.escape(line).replace("…", ".*"))
    assert len(expected) == len(shown) == 3
    assert all(re.fullmatch(pattern, line) for pattern, line in zip(expected, shown, strict=True))


def test_the_block_of_an_environment_is_one_that_it_takes(project: Project) -> None:
    (block,) = re.findall(r"```yaml\n# environments/prod/environment.yaml\n(.*?)```", PAGE, re.DOTALL)
    project.edit(PROD, "approvals: {required: 1, high: 2}  # of each application's owners in CODEOWNERS\n", block)
    assert project.environment("prod").approvals == Approvals(1, 2, ("@acme/sre",))
