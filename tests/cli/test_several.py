"""Several environments in one command: side by side, one failure stops no other, the gravest exit code counts."""

from __future__ import annotations

import json

import pytest

from provisioner.cli.several import gravest
from tests.project import Project

PROD = "environments/prod/environment.yaml"


def test_plan_and_drift_show_all_environments(project: Project) -> None:
    plans = project.json("plan", "--all")
    assert [plan["environment"] for plan in plans] == ["dev", "prod"]
    assert plans == project.json("plan", "dev", "prod")
    assert project.json("plan", "dev/video-call", "prod")[0]["scope"] == ["video-call"]
    project.run("apply", "dev", "--yes")
    shown = project.run("drift", "--all", "--exit-code")
    assert shown.code == 2
    assert "dev: no drift." in shown.out
    assert "prod: 3 of 3 applications" in shown.out or "prod: 2 of" in shown.out


def test_one_failure_stops_no_other(project: Project) -> None:
    project.edit(PROD, "site: ", "sight: ")
    for command in ("plan", "drift"):
        shown = project.run(command, "--all", "--format", "json")
        assert shown.code == 1
        assert json.loads(shown.out)["environment"] == "dev"
        assert shown.err.startswith("failed prod: ")
        assert f"{PROD}:" in shown.err
    status = project.run("status", "--format", "json")
    assert status.code == 1
    assert [column["name"] for column in json.loads(status.out)["environments"]] == ["dev"]


@pytest.mark.parametrize(
    ("codes", "code"), [([], 0), ([0, 4], 4), ([4, 2, 0], 2), ([2, 3], 3), ([0, 2, 1], 1), ([0], 0)]
)
def test_the_gravest_code_counts(codes: list[int], code: int) -> None:
    assert gravest(codes) == code


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["plan"], "name environments, or give --all"),
        (["plan", "dev", "--all"], "name environments, or give --all"),
        (["plan", "--all", "--out", "plan.json"], "--out seals the plan of one environment"),
        (["status", "dev", "--all"], "--all is every environment"),
        (["validate", "dev", "--all"], "--all is every environment"),
    ],
)
def test_what_does_not_go_together_is_told(project: Project, arguments: list[str], told: str) -> None:
    refused = project.run(*arguments)
    assert (refused.code, told in refused.err) == (1, True)
