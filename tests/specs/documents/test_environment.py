"""What one environment's specs do to another's, and what is carried where nothing stops."""

from __future__ import annotations

import pytest

from provisioner.specs.workspace import SpecErrors
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"
PROD = "environments/prod/environment.yaml"


def ids(project: Project) -> list[str]:
    """What dev is told, shipped as it is: that pages disagree on its site."""
    return [finding.id for finding in project.environment("dev").findings]


def test_warnings_are_carried_and_stop_nothing(project: Project) -> None:
    environment = project.environment("prod")
    assert [(finding.id, finding.application, finding.environment) for finding in environment.findings] == [
        ("REC052", "", "prod"),
        ("REC075", "", "prod"),
    ]
    assert ids(project) == ["REC052"]


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_an_id_in_two_environments_stops_both(project: Project, name: str) -> None:
    project.edit(CALL, "20001001", "20000101")
    ran = project.run("plan", name)
    assert ran.code == 1
    assert "REC060 sdkAppId 20000101 is also" in ran.err
    assert not (project.root / ".provisioner").exists()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PROD, "tier: production", "tier: productoin"),
        ("environments/prod/apps/video-call.yaml", "mode: auto", "mode: on"),
        ("environments/prod/apps/video-call.yaml", "expectedParticipants: 2", "expectedParticipants: 12"),
    ],
)
def test_what_is_broken_elsewhere_stops_nothing_here(project: Project, file: str, old: str, new: str) -> None:
    project.edit(file, old, new)
    with pytest.raises(SpecErrors):
        project.environment("prod")
    assert ids(project) == ["REC052"]
    assert project.run("plan", "dev").code == 0


def test_a_folder_that_is_no_environment_stops_nothing_elsewhere(project: Project) -> None:
    (project.root / "environments/scratch").mkdir()
    assert ids(project) == ["REC052"]


def test_a_broken_template_stops_every_environment_that_uses_it(project: Project) -> None:
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 5")
    for name in ("dev", "prod"):
        with pytest.raises(SpecErrors) as caught:
            project.environment(name)
        assert [str(finding.where) for finding in caught.value.findings] == ["templates/call/v1.yaml:9:16"]
    ran = project.run("validate")
    assert ran.out.count("templates/call/v1.yaml:9:16") == 1
    assert ran.err == "1 error; nothing was read or written.\n"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("90", 'takes a quantity with its unit, not 90; write the unit, such as "90s"'),
        ("36h", "takes multiples of 1d, not 36h"),
        ("0d", "takes 1d to 3650d or forever, not 0d"),
    ],
)
def test_a_minimum_retention_is_a_retention(project: Project, value: str, reason: str) -> None:
    project.edit(PROD, "console:", f"minimumRetention: {value}\nconsole:")
    with pytest.raises(SpecErrors) as caught:
        project.environment("prod")
    assert str(caught.value) == f"{PROD}:8:19: REC011 minimumRetention {reason}"
