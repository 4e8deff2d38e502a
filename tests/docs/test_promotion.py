"""docs/promotion.md does what it shows."""

from __future__ import annotations

import re
import shlex

from provisioner.promotion.gates import GATES
from tests.conftest import ROOT
from tests.project import Project
from tests.test_readme import follow, steps_of

PAGE = (ROOT / "docs/promotion.md").read_text("utf-8")


def test_every_command_of_the_tour_prints_what_the_page_shows(project: Project) -> None:
    steps = steps_of(PAGE.split("## A tour")[1])
    assert len(steps) >= 15
    for command, expected in steps:
        program, *arguments = shlex.split(command)
        if program == "provisioner" and "$(" not in command:
            ran = project.run(*arguments)  # in this process: a start-up less for each of them
            missing = [line for line in expected if not printed(line, ran.out + ran.err)]
            assert not missing, f"{command} does not print {missing}: {ran.out}{ran.err}"
        else:
            follow([(command, expected)], project.root)


def printed(line: str, output: str) -> bool:
    pattern = re.escape(line).replace("…", ".*")
    return any(re.fullmatch(pattern, seen) for seen in output.splitlines())


def test_every_gate_has_its_row() -> None:
    assert re.findall(r"^\| `([a-z]+)` \|", PAGE.split("## Gates")[1].split("\n## ")[0], re.MULTILINE) == list(GATES)


def test_the_gates_of_the_page_are_legal(project: Project) -> None:
    (block,) = [block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "freeze:" in block]
    project.edit("environments/prod/environment.yaml", "site:", f"{block}site:")
    assert project.run("validate", "prod").code == 0
    prod = project.environment("prod")
    assert (prod.gates.soak, prod.gates.evidence, prod.ladder) == (86400, 1, ("staging",))
    assert [window.name for window in prod.freeze] == ["weekend", "year-end"]
