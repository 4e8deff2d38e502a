from __future__ import annotations

import json

import pytest

from tests.project import Project

DEV = "environments/dev/environment.yaml"
CALL = "environments/dev/apps/video-call.yaml"


def test_an_environment_narrows_what_is_told(project: Project) -> None:
    project.edit(CALL, "owner:", "ownr:")
    project.edit("environments/prod/apps/classroom.yaml", "mode: auto", "mode: automatic")
    everything = project.run("validate", "--verbose")
    dev, prod = project.run("validate", "dev", "--verbose"), project.run("validate", "prod", "--verbose")
    assert sorted(everything.out.splitlines()) == sorted((dev.out + prod.out).splitlines())
    assert {line.split("/")[1] for line in dev.out.splitlines()} == {"dev"}
    assert (everything.code, dev.code, prod.code) == (1, 1, 1)


def test_an_environment_without_errors_is_valid_whatever_stands_elsewhere(project: Project) -> None:
    project.edit(CALL, "owner:", "ownr:")
    ran = project.run("validate", "prod")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("\nprod: 3 applications are valid.\n")
    assert "environments/dev" not in ran.out


def test_an_unknown_environment_is_named(project: Project) -> None:
    ran = project.run("validate", "prd")
    assert ran.code == 1
    assert ran.err == 'environments/: there is no environment "prd" (did you mean "prod"?)\n  Known: dev, prod.\n'


def test_errors_come_before_what_stops_nothing(project: Project) -> None:
    """And what both environments have is told once."""
    project.edit("environments/prod/apps/video-call.yaml", "expectedParticipants: 2", "expectedParticipants: 9")
    lines = project.run("validate").out.splitlines()
    assert [line.split()[1] for line in lines[:3]] == ["REC032", "REC052", "REC075"]
    assert lines[1].endswith(" (also at environments/prod/environment.yaml:6:7)")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (CALL, "mode: auto", "mode: on", 'recording.mode takes auto or manual; "on" is read differently by'),
        (CALL, "enabled: true", "enabled: Yes", 'recording.enabled takes true or false; "Yes" is read differently by'),
        (DEV, "tier: development", "tier: off", "tier takes development, staging or production; "),
        (DEV, "retention: 7d", "retention: 010", "settings.storage.vod.retention is a number that tools read"),
    ],
)
def test_a_word_that_tools_read_differently_is_told_with_its_key(
    project: Project, file: str, old: str, new: str, told: str
) -> None:
    project.edit(file, old, new)
    ran = project.run("validate")
    assert f" REC005 {told}" in ran.out


def test_json_tells_what_text_tells(project: Project) -> None:
    assert project.json("validate")["environments"] == [
        {"name": "dev", "applications": 3},
        {"name": "prod", "applications": 3},
    ]
    project.edit(CALL, "expectedParticipants: 2", "expectedParticipants: 9")
    ran = project.run("validate", "--format", "json")
    document = json.loads(ran.out)
    assert ran.code == 1
    assert document["totals"]["error"] == 1
    assert [finding for finding in document["findings"] if finding["severity"] == "error"] == [
        {
            "id": "REC032",
            "severity": "error",
            "message": "9 participants, but mixed.maxUsers is 8: the stream of one user is not recorded",
            "environment": "dev",
            "application": "video-call",
            "path": "/recording/expectedParticipants",
            "origin": {"file": CALL, "line": 10, "column": 25},
        }
    ]


def test_a_program_reads_stdout_and_nothing_else_is_on_it(project: Project) -> None:
    project.edit(CALL, "owner:", "ownr:")
    for form, start in (("github", "::error file=environments/"), ("sarif", "{\n"), ("json", "{\n")):
        ran = project.run("validate", "--format", form)
        assert ran.code == 1
        assert ran.out.startswith(start)
        assert ran.err == "1 error; nothing was read or written.\n"


def test_fix_repairs_what_has_one_answer_and_tells_the_rest(project: Project) -> None:
    project.edit(CALL, "enabled: true\n", "enabled: Yes   # always\n")
    project.edit(CALL, "expectedParticipants: 2", "expected_participants: 2")
    project.edit("environments/prod/apps/classroom.yaml", "maxIdleTime: 2m", "maxIdleTime: 120")
    ran = project.run("validate", "--fix")
    assert ran.code == 1
    assert "environments/prod/apps/classroom.yaml:13:18: REC011 recording.settings.maxIdleTime" in ran.out
    assert ran.err == (
        f"fixed {CALL}:8:12: Yes -> true\n"
        f"fixed {CALL}:10:3: key expected_participants -> expectedParticipants\n"
        "1 error left.\n"
    )
    text = (project.root / CALL).read_text()
    assert "  enabled: true   # always\n" in text
    assert "  expectedParticipants: 2\n" in text


def test_fix_writes_nothing_where_nothing_is_wrong(project: Project) -> None:
    def stamps() -> dict[str, int]:
        return {path.as_posix(): path.stat().st_mtime_ns for path in project.root.rglob("*.yaml")}

    before = stamps()
    ran = project.run("validate", "--fix")
    assert (ran.code, ran.err) == (0, "")
    assert stamps() == before


def test_fix_writes_through_a_link_and_never_out_of_the_tree(project: Project) -> None:
    project.edit(CALL, "enabled: true", "enabled: yes")
    real = project.root / "shared.yaml"
    (project.root / CALL).rename(real)
    (project.root / CALL).symlink_to(real)
    outside = project.root.parent / f"{project.root.name}-outside.yaml"
    outside.write_text(real.read_text().replace("video-call", "link"))
    (project.root / "environments/dev/apps/link.yaml").symlink_to(outside)
    ran = project.run("validate", "--fix", "dev")
    assert "environments/dev/apps/link.yaml:1:1: REC002 is a link that leaves the project\n" in ran.out
    assert (project.root / CALL).is_symlink()
    assert "enabled: true" in real.read_text()
    assert "enabled: yes" in outside.read_text()


def test_a_file_name_cannot_move_text_in_a_terminal(project: Project) -> None:
    project.write("environments/dev/apps/a\x1b[2Kb\n.yaml", "a: 1\n")
    for form in ("text", "json", "github", "sarif"):
        ran = project.run("validate", "--format", form)
        assert ran.code == 1
        assert "\x1b" not in ran.out + ran.err
        assert "internal error" not in ran.err
