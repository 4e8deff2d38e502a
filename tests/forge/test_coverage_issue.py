"""`coverage --post`: one issue while an objective is missed."""

from __future__ import annotations

import pytest

from provisioner.simulator import Call, Room
from tests.forge.fake import FakeForge
from tests.forge.jobs import variables
from tests.project import Project

CALL = 20000101
PROD = "environments/prod/environment.yaml"


@pytest.fixture
def night(kind: str, project: Project, fake: FakeForge, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A scheduled job of an environment with an objective, some hours after somebody clicked to manual."""
    assert project.run("apply", "prod", "--yes").code == 0
    project.edit(PROD, "site:", "coverage: {atLeast: 99.5%}\nsite:")
    for name, value in variables(kind, fake, project.root, change=None).items():
        monkeypatch.setenv(name, value)
    for name in ("CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"):
        monkeypatch.delenv(name, raising=False)
    with project.console("prod") as state:
        state.wind(3600)
        state.edit(CALL, mode="manual")
        state.wind(3 * 3600)
        state.recordings.play(Room(CALL, "77"), Call(seconds=600).events(), start=state.now() - 7000)
    return project


def test_a_missed_objective_opens_an_issue_and_a_met_one_closes_it(kind: str, night: Project, fake: FakeForge) -> None:
    for _ in range(2):
        ran = night.run("coverage", "prod", "--post", kind, "--exit-code")
        assert (ran.code, ran.err.startswith("Issue: ")) == (2, True)
    (issue,) = fake.issues()
    assert issue.title == "Recordings of prod are missing"
    assert "not recorded, 1 room: mode is manual in the console" in issue.body
    night.edit(PROD, "99.5%", "0%")
    assert night.run("coverage", "prod", "--post", kind).err.startswith("Closed: ")
    assert (issue.open, "as its objective asks" in issue.body) == (False, True)


def test_what_nobody_knows_opens_and_closes_nothing(
    kind: str, project: Project, night: Project, fake: FakeForge
) -> None:
    night.run("coverage", "prod", "--post", kind)
    with night.console("prod") as state:
        state.wind(9 * 86_400)  # no room within the objective's time
    ran = night.run("coverage", "prod", "--post", kind)
    assert "no issue was opened or closed" in ran.err
    assert [issue.open for issue in fake.issues()] == [True]


@pytest.mark.parametrize("address", ["prod/video-call", "dev"])
def test_half_an_environment_and_one_without_an_objective_have_no_issue(
    kind: str, night: Project, address: str
) -> None:
    ran = night.run("coverage", address, "--post", kind)
    assert (ran.code, "an environment's objective" in ran.err) == (1, True)
