from __future__ import annotations

import pytest

from provisioner.foundation.errors import UsageError
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"


def test_validate_counts_what_is_valid(project: Project) -> None:
    ran = project.run("validate")
    assert ran.code == 0
    assert ran.out.splitlines()[-2:] == ["dev: 3 applications are valid.", "prod: 3 applications are valid."]


def test_validate_prints_warnings_and_only_errors_fail(project: Project) -> None:
    project.edit("environments/dev/environment.yaml", "retention: 7d", "retention: forever")
    ran = project.run("validate")
    assert (ran.code, ran.err) == (0, "")
    assert "environments/dev/environment.yaml:10:65: REC068 low: files of development are kept" in ran.out
    project.edit(CALL, "mode: auto", "mode: atuo")
    ran = project.run("validate")
    assert (ran.code, ran.err) == (1, "1 error; nothing was read or written.\n")


@pytest.mark.parametrize("command", [("validate",), ("plan", "dev"), ("apply", "dev"), ("drift", "dev")])
def test_a_spec_error_stops_every_command_before_anything_is_read(project: Project, command: tuple[str, ...]) -> None:
    project.edit(CALL, "owner:", "ownr:")
    ran = project.run(*command)
    assert ran.code == 1
    assert f'{CALL}:6:1: REC010 the document has no key "ownr" (did you mean "owner"?)' in ran.out + ran.err
    assert "Traceback" not in ran.err
    assert not (project.root / ".provisioner").exists()


def test_flags_of_the_tool_may_follow_the_command(project: Project) -> None:
    with pytest.raises(UsageError):
        project.run("plan", "prd", "--debug")
    assert project.run("validate", "--verbose").code == 0
    assert 'no command "--debug"' not in project.run("plan", "--", "--debug").err


def test_an_environment_that_does_not_exist_is_named_with_the_known_ones(project: Project) -> None:
    ran = project.run("plan", "prd")
    assert ran.code == 1
    assert ran.err == ('environments/: there is no environment "prd" (did you mean "prod"?)\n  Known: dev, prod.\n')


def test_an_application_that_does_not_exist_is_named_with_the_known_ones(project: Project) -> None:
    ran = project.run("plan", "dev/video")
    assert ran.code == 1
    assert "Known: classroom, support-desk, video-call." in ran.err


def test_an_address_narrows_the_plan_to_one_application(project: Project) -> None:
    plan = project.json("plan", "dev/video-call")
    assert [app["name"] for app in plan["applications"]] == ["video-call"]
    assert [app["name"] for app in plan["unmanaged"]] == ["webinar-trial"]


def test_exit_codes_tell_differences_only_when_asked(project: Project) -> None:
    assert project.run("plan", "dev").code == 0
    assert project.run("plan", "dev", "--exit-code").code == 2
    project.run("apply", "--yes", "dev")
    assert project.run("plan", "dev", "--exit-code").code == 0


def test_what_cannot_be_verified_has_an_exit_code_of_its_own(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALL_KEY", "sesame0open")
    project.edit(
        CALL,
        "template: call@v1",
        "template: call@v1\n  settings: {callback: {url: 'https://example.com/x', keyRef: env:CALL_KEY}}",
    )
    applied = project.run("apply", "--yes", "dev")
    assert applied.code == 0
    ran = project.run("plan", "dev", "--exit-code")
    assert ran.code == 4
    assert "callback.keyRef: cannot verify env:CALL_KEY: the console never shows it" in ran.words
    assert "sesame0open" not in ran.out + ran.err + applied.out + applied.err


def test_a_wrong_verb_is_answered_with_the_right_one(project: Project) -> None:
    ran = project.run("aply", "dev")
    assert ran.code == 1
    assert 'there is no command "aply" (did you mean "apply"?)' in ran.err


def test_outside_a_project_the_reason_is_told(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, project: Project
) -> None:
    monkeypatch.chdir("/")
    ran = project.run("validate")
    assert ran.code == 1
    assert "no folder environments/ here or above" in ran.err


def test_credentials_that_are_missing_are_named(project: Project) -> None:
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: tencent}")
    ran = project.run("plan", "prod")
    assert ran.code == 1
    assert "TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY not set" in ran.err


def test_help_names_every_command(project: Project) -> None:
    out = project.run("--help").out
    assert all(command in out for command in ("validate", "plan", "apply", "drift", "attest", "doctor", "schema"))


def test_what_the_system_refuses_is_told_without_a_traceback(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied", "environments")

    monkeypatch.setattr("provisioner.cli.validate.validated", refused)
    ran = project.run("validate")
    assert (ran.code, ran.out, ran.err) == (1, "", "environments: Permission denied\n")
