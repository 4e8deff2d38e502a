from __future__ import annotations

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.specs.editing import scaffold
from tests.conftest import ROOT
from tests.project import Project

APPLICATION = ("new", "application", "dev/webinar", "--sdk-app-id", "20001009", "--owner", "@acme/webinars")


def files(project: Project) -> set[str]:
    return {path.relative_to(project.root).as_posix() for path in project.root.rglob("*") if path.is_file()}


def test_an_application(project: Project, snapshot: SnapshotAssertion) -> None:
    ran = project.run(*APPLICATION, "--template", "call@v1")
    assert (ran.code, ran.out) == (0, "environments/dev/apps/webinar.yaml\n")
    assert ran.err == snapshot(name="next steps")
    assert (project.root / "environments/dev/apps/webinar.yaml").read_text() == snapshot
    assert project.run("validate").out.endswith("\ndev: 4 applications are valid.\nprod: 3 applications are valid.\n")


def test_an_application_that_the_simulated_account_holds_has_no_such_step(project: Project) -> None:
    project.edit("environments/dev/embedded.yaml", "20001004", "20001009")
    ran = project.run(*APPLICATION, "--template", "call@v1", "--mode", "manual")
    assert "simulated account" not in ran.err
    assert "  mode: manual " in (project.root / "environments/dev/apps/webinar.yaml").read_text()


def test_the_first_version_of_a_template(project: Project, snapshot: SnapshotAssertion) -> None:
    ran = project.run("new", "template", "webinar", "--description", "One speaker: many listeners")
    assert (ran.code, ran.out) == (0, "templates/webinar/v1.yaml\n")
    assert ran.err == snapshot(name="next steps")
    assert (project.root / "templates/webinar/v1.yaml").read_text() == snapshot
    assert project.run(*APPLICATION, "--template", "webinar@v1").code == 0
    assert project.run("validate").code == 0


def test_the_next_version_of_a_template_is_a_copy(project: Project) -> None:
    project.write("templates/call/v9.yaml", (project.root / "templates/call/v1.yaml").read_text() + "# nine\n")
    ran = project.run("new", "template", "call")
    assert ran.out == "templates/call/v10.yaml\n"
    assert (project.root / "templates/call/v10.yaml").read_text().endswith("# nine\n")
    assert "recording.template: call@v10" in ran.err


def test_an_environment(project: Project, snapshot: SnapshotAssertion) -> None:
    ran = project.run("new", "environment", "staging", "--tier", "staging", "--vod-sub-app-id", "1500000020")
    assert (ran.code, ran.out) == (0, "environments/staging/environment.yaml\nenvironments/staging/embedded.yaml\n")
    assert ran.err == snapshot(name="next steps")
    for file in ran.out.split():
        assert (project.root / file).read_text() == snapshot(name=file)
    application = ("new", "application", "staging/call", "--sdk-app-id", "20002001", "--owner", "@a")
    assert project.run(*application, "--template", "call@v1").code == 0
    assert project.run("validate").out.endswith("staging: 1 application is valid.\n")


@pytest.mark.parametrize("tier", ["development", "staging", "production"])
@pytest.mark.parametrize("site", ["cn", "intl"])
@pytest.mark.parametrize("driver", ["embedded", "tencent"])
def test_every_environment_validates(project: Project, tier: str, site: str, driver: str) -> None:
    ran = project.run("new", "environment", "qa", "--tier", tier, "--site", site, "--driver", driver)
    assert ran.code == 0
    assert "say in environments/qa/environment.yaml where files go" in ran.err
    assert ("environments/qa/embedded.yaml" in files(project)) == (driver == "embedded")
    assert project.run("validate", "qa").code == 0


def test_nothing_is_ever_overwritten(project: Project) -> None:
    before = (project.root / "environments/dev/apps/classroom.yaml").read_bytes()
    ran = project.run(
        *("new", "application", "dev/classroom", "--sdk-app-id", "1", "--template", "call@v1", "--owner", "@a")
    )
    assert (ran.code, ran.err) == (
        1,
        "environments/dev/apps/classroom.yaml: exists already, and is never overwritten\n",
    )
    assert (project.root / "environments/dev/apps/classroom.yaml").read_bytes() == before
    assert project.run("new", "environment", "dev", "--tier", "staging").code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            (*APPLICATION, "--template", "cal@v1"),
            "environments/dev/apps/webinar.yaml:10:13: REC020 recording.template cal@v1: there is no "
            'templates/cal/v1.yaml (did you mean "call@v1"?)',
        ),
        (
            (*APPLICATION, "--template", "call@v1", "--sdk-app-id", "20001001"),
            "environments/dev/apps/webinar.yaml:5:11: REC039 sdkAppId 20001001 is video-call's already",
        ),
        ((*APPLICATION, "--template", "call@v1", "--owner", ""), "REC011 owner takes a team or person such as"),
        (
            ("new", "application", "dev/a/../b", "--sdk-app-id", "1", "--template", "call@v1", "--owner", "@a"),
            'the name takes lower-case letters, digits and inner hyphens, not "a/../b"',
        ),
        (
            ("new", "application", "qa/b", "--sdk-app-id", "1", "--template", "call@v1", "--owner", "@a"),
            'there is no environment "qa"',
        ),
        (("new", "template", "../x"), "the name takes lower-case letters"),
        (("new", "template", "call", "--description", "x"), "templates/call/v2.yaml starts as a copy of v1"),
        (("new", "environment", "qa", "--tier", "staging", "--region", "Singapore"), "REC011 region"),
        (("new", "environment", "qa", "--tier", "stagin"), "'stagin' is not one of"),
        (("new", "aplication", "dev/x"), "No such command 'aplication'"),
    ],
)
def test_what_would_not_be_valid_is_not_written(project: Project, arguments: tuple[str, ...], said: str) -> None:
    before = files(project)
    ran = project.run(*arguments)
    assert ran.code == 1
    assert said in ran.err
    assert ran.out == ""
    assert files(project) == before
    assert project.run("validate").code == 0  # no folder is left behind either


def test_the_header_leads_to_the_schema(project: Project) -> None:
    text = scaffold.template(ROOT, "templates/x/v1.yaml", "x", "y")
    match = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert match
    assert (ROOT / "templates/x" / match[1]).resolve().is_file()
    project.run("new", "template", "x")
    project.run("schema", "schemas")
    match = re.match(r"# yaml-language-server: \$schema=(\S+)\n", (project.root / "templates/x/v1.yaml").read_text())
    assert match
    assert (project.root / "templates/x" / match[1]).resolve().is_file()
