"""A kill at any step loses nothing: a rerun finishes, and nothing is written twice."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests import fork_server
from tests.project import Project

KILLED = Path(__file__).with_name("killed.py")
ALL_STEPS = 24
"""A first apply of dev: begin, two applications of (write entry, three writes, applied entry), end; twice each."""


def apply(project: Project, step: int, *arguments: str) -> int:
    ran = fork_server.run(KILLED, str(step), "apply", *arguments, "--yes", cwd=project.root, env={"PATH": ""})
    return ran.returncode


def writes(project: Project) -> int:
    return project.console("dev").accepted_writes()


def test_an_apply_takes_as_many_steps_as_are_killed_below(project: Project) -> None:
    assert apply(project, ALL_STEPS, "dev") == -signal.SIGKILL
    assert apply(project, ALL_STEPS + 1, "dev") == 0


@pytest.mark.parametrize("step", range(1, ALL_STEPS + 1))
def test_a_rerun_after_a_kill_finishes_without_a_doubled_write(project: Project, step: int) -> None:
    assert apply(project, step, "dev") == -signal.SIGKILL
    before = writes(project)
    assert project.run("apply", "--yes", "dev").code == 0
    assert before <= writes(project) == 6
    assert project.json("plan", "dev")["totals"]["change"] == 0


@pytest.mark.parametrize("step", [1, 3, 5, 8, 11, 12, 17, 22])
def test_a_sealed_plan_continues_after_a_kill(project: Project, step: int) -> None:
    project.run("plan", "dev", "--out", "plan.json")
    assert apply(project, step, "--plan", "plan.json") == -signal.SIGKILL
    again = project.run("apply", "--yes", "--plan", "plan.json")
    assert again.code == 0, again.err
    assert writes(project) == 6
    assert project.json("plan", "dev")["totals"]["change"] == 0
