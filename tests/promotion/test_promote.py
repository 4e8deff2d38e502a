"""What `promote` writes, what it leaves alone, and what it refuses."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.cli import promote
from provisioner.specs.layout import LOCK
from tests.foundation.test_ssh_signature import line, new_key
from tests.project import Project
from tests.promotion.support import (
    CALL,
    DESK,
    PROD,
    PROD_CALL,
    PROD_ROOM,
    ROOM,
    open_gates,
    promoted,
    records,
    settings,
    ticking,
)

V1 = "templates/call/v1.yaml"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promote, "system_clock", ticking())
    monkeypatch.setattr(promote, "identity", lambda *_: "Ann <ann@example.com>")
    open_gates(monkeypatch)


def test_what_the_source_says_is_written_and_nothing_else(project: Project) -> None:
    settings(project, CALL, "maxIdleTime: 20s")
    before = {path: path.read_bytes() for path in project.root.rglob("*.yaml")}
    assert promoted(project, "dev", "prod").code == 0
    after = (project.root / PROD_CALL).read_text()
    assert after == before[project.root / PROD_CALL].decode() + "  settings:\n    maxIdleTime: 20s\n"
    (record,) = records(project)
    changed = {path for path in project.root.rglob("*.yaml") if before.get(path) != path.read_bytes()}
    assert changed == {project.root / PROD_CALL, project.root / record}


def test_a_second_promotion_changes_nothing(project: Project) -> None:
    settings(project, CALL, "maxIdleTime: 20s")
    promoted(project, "dev", "prod")
    before = {path: path.read_bytes() for path in project.root.rglob("*.yaml")}
    ran = promoted(project, "dev", "prod")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "dev -> prod: 0 to promote.")
    assert {path: path.read_bytes() for path in project.root.rglob("*.yaml")} == before


def test_a_dry_run_says_the_same_and_writes_nothing(project: Project) -> None:
    settings(project, CALL, "maxIdleTime: 20s")
    before = (project.root / PROD_CALL).read_bytes()
    assert "maxIdleTime  (not set) -> 20s" in promoted(project, "dev", "prod", "--dry-run").out
    assert (project.root / PROD_CALL).read_bytes() == before
    assert records(project) == []
    assert not (project.root / ".provisioner/prod/pull-request.md").exists()


def test_a_hotfix_in_production_survives(project: Project) -> None:
    settings(project, CALL, "maxIdleTime: 20s")
    promoted(project, "dev", "prod")
    project.edit(PROD_CALL, "expectedParticipants: 2", "expectedParticipants: 4")
    project.edit(CALL, "20s", "30s")
    ran = promoted(project, "dev", "prod")
    assert ran.code == 0
    text = (project.root / PROD_CALL).read_text()
    assert "expectedParticipants: 4" in text
    assert "maxIdleTime: 30s" in text
    assert "stays as prod has it: recording.expectedParticipants" in ran.out


def conflict(project: Project) -> None:
    """After a promotion both change the idle time of classrooms; dev changes that of calls, too."""
    project.edit(PROD_ROOM, "  settings:\n    maxIdleTime: 2m ", "  settings:\n    maxIdleTime: 60s ")
    settings(project, CALL, "maxIdleTime: 20s")
    promoted(project, "dev", "prod")
    project.edit(PROD_ROOM, "60s", "2m")
    settings(project, ROOM, "maxIdleTime: 90s", pin="classroom@v1")
    project.edit(CALL, "20s", "25s")


def test_a_conflict_stops_its_application_and_no_other(project: Project) -> None:
    conflict(project)
    before = (project.root / PROD_ROOM).read_bytes()
    ran = promoted(project, "dev", "prod")
    assert ran.code == 3
    lines = ran.out.splitlines()
    start = lines.index("! classroom  both changed it since the last promotion: left alone")
    assert lines[start + 1 : start + 4] == [
        "                 dev  prod  last promotion",
        "    maxIdleTime  90s  2m    (not set)",
        "    make both say the same, or choose: --app classroom --prefer dev",
    ]
    assert (project.root / PROD_ROOM).read_bytes() == before
    assert "25s" in (project.root / PROD_CALL).read_text()
    assert "`classroom`: both changed `maxIdleTime`: dev `90s`, prod `2m`, last promotion `(not set)`" in ran.out


def test_only_conflicts_left_is_a_failure(project: Project) -> None:
    conflict(project)
    assert promoted(project, "dev", "prod", "--app", "classroom").code == 1
    ran = promoted(project, "dev", "prod", "--app", "classroom", "--check")
    assert (ran.code, ran.out) == (1, "dev -> prod: nothing to promote but conflicts: classroom.\n")


@pytest.mark.parametrize(("prefer", "kept"), [("dev", "90s"), ("prod", "2m")])
def test_somebody_decides_a_conflict_once(project: Project, prefer: str, kept: str) -> None:
    conflict(project)
    assert promoted(project, "dev", "prod", "--app", "classroom", "--prefer", prefer).code == 0
    assert f"maxIdleTime: {kept} " in (project.root / PROD_ROOM).read_text()
    ran = promoted(project, "dev", "prod", "--app", "classroom")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "dev -> prod: 0 to promote.")


def test_a_template_version_is_locked_when_production_pins_it(project: Project) -> None:
    project.write("templates/call/v2.yaml", (project.root / V1).read_text().replace("2h", "3h"))
    project.edit(CALL, "call@v1", "call@v2")
    locked = (project.root / LOCK).read_text()
    assert promoted(project, "dev", "prod").code == 0
    added = [line for line in (project.root / LOCK).read_text().splitlines() if line not in locked.splitlines()]
    assert [line.split(":")[0] for line in added] == ["  call@v2"]
    project.edit("templates/call/v2.yaml", "3h", "4h")
    assert "REC073 call@v2 was edited after production pinned it" in project.run("validate").out


def test_a_target_that_would_not_be_valid_is_not_written(project: Project) -> None:
    settings(project, DESK, "maxIdleTime: 20s")
    promoted(project, "dev", "prod")
    project.edit(PROD_CALL, "expectedParticipants: 2", "expectedParticipants: 4")
    project.write("templates/call/v2.yaml", (project.root / V1).read_text().replace("maxUsers: 8", "maxUsers: 3"))
    project.edit(CALL, "call@v1", "call@v2")
    before = {path: path.read_bytes() for path in project.root.rglob("*.yaml")}
    ran = promoted(project, "dev", "prod")
    assert ran.code == 1
    assert ran.err.splitlines()[:2] == [
        "Nothing was written; prod would not be valid:",
        f"{PROD_CALL}:10:25: REC032 4 participants, but mixed.maxUsers is 3: the stream of one user is not recorded",
    ]
    assert {path: path.read_bytes() for path in project.root.rglob("*.yaml")} == before


def test_a_new_application_gets_a_file_with_questions(project: Project) -> None:
    text = (
        (project.root / CALL).read_text().replace("name: video-call ", "name: webinar ").replace("20001001", "20001004")
    )
    project.write("environments/dev/apps/webinar.yaml", text.replace("owner:", "onRemove: stop-auto\nowner:"))
    settings(project, "environments/dev/apps/webinar.yaml", "maxIdleTime: 30s, storage: {vod: {retention: 14d}}")
    ran = promoted(project, "dev", "prod")
    assert ran.code == 0
    file = "environments/prod/apps/webinar.yaml"
    assert "TODO: sdkAppId, owner, storage.vod.retention" in ran.out
    written = (project.root / file).read_text()
    assert "stop-auto" not in written
    assert "maxIdleTime: 30s" in written
    assert [line for line in project.run("validate").out.splitlines() if file in line] == [
        f"{file}:5:11: REC024 sdkAppId is to be filled in: the SDKAppId of webinar in prod",
        f"{file}:6:8: REC024 owner is to be filled in: who is asked about webinar in prod",
        f"{file}:12:59: REC024 recording.settings.storage.vod.retention is to be filled in: storage.vod.retention of "
        "webinar in prod; dev has its own here",
    ]
    project.edit(file, '"FILL IN: the SDKAppId of webinar in prod"', "20000104")
    project.edit(file, '"FILL IN: who is asked about webinar in prod"', '"@acme/webinars"')
    project.edit(file, '"FILL IN: storage.vod.retention of webinar in prod; dev has its own here"', "90d")
    assert project.run("validate", "prod").code == 0
    assert promoted(project, "dev", "prod").out.splitlines()[-1] == "dev -> prod: 0 to promote."


def test_what_is_held_is_left_alone_and_told(project: Project) -> None:
    for file in (CALL, DESK):
        settings(project, file, "maxIdleTime: 20s")
    project.edit(PROD_CALL, "owner:", "hold: {reason: broken on Android, since: 2026-01-30}\nowner:")
    ran = promoted(project, "dev", "prod")
    assert ran.code == 0
    assert "= video-call  held since 2026-01-30: broken on Android" in ran.out
    assert "20s" not in (project.root / PROD_CALL).read_text()
    named = promoted(project, "dev", "prod", "--app", "video-call")
    assert (named.code, named.err.splitlines()[0]) == (
        1,
        f"{PROD_CALL}:6:1: video-call is held since 2026-01-30: broken on Android",
    )
    project.edit(PROD, "tier:", "hold: {reason: audit, since: 2026-01-30}\ntier:")
    assert promoted(project, "dev", "prod").err.splitlines()[0] == f"{PROD}:5:1: prod is held since 2026-01-30: audit"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dev"], "promote takes two environments"),
        (["dev", "prod", "--prefer", "staging"], "--prefer takes dev or prod, not staging"),
        (["dev", "prod", "--reason", "x"], "--reason is for --to and --bypass"),
        (["dev", "prod", "--to", "x"], "--to RECORD names its environments itself"),
        (["--to", "x"], "--to needs --reason"),
        (["--to", "x", "--reason", "y"], 'there is no promotion record "x"'),
        (["dev", "prod", "--check", "--dry-run"], "--check only asks the gates"),
        (["--to", "x", "--reason", "x" * 501], "--reason takes at most 500 characters"),
        (["dev", "prod", "--branch", "-x"], '"-x" is no name for a branch'),
    ],
)
def test_what_makes_no_sense_is_refused(project: Project, arguments: list[str], words: str) -> None:
    git(project.root, "init", "-q", ".")
    ran = promoted(project, *arguments)
    assert ran.code == 1
    assert words in ran.err


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def repository(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project in Git, with one change of dev to promote."""
    for key, value in {"NAME": "Ann", "EMAIL": "ann@example.com"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{key}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{key}", value)
    project.write(".gitignore", "/.provisioner/\n")
    git(project.root, "init", "-q", "-b", "main", ".")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "-m", "Begin")
    settings(project, CALL, "maxIdleTime: 20s")
    git(project.root, "commit", "-q", "-a", "-m", "Calls *wait* for 20 s @everybody")
    return project


def test_a_branch_carries_the_promotion_as_one_commit(repository: Project) -> None:
    commit = git(repository.root, "rev-parse", "HEAD")
    ran = promoted(repository, "dev", "prod", "--branch", "promote/calls")
    assert ran.code == 0
    assert git(repository.root, "rev-parse", "promote/calls^") == commit == git(repository.root, "rev-parse", "main")
    (record,) = records(repository)
    assert git(repository.root, "show", "--format=%s", "--name-only").splitlines() == [
        "Promote video-call from dev to prod",
        "",
        PROD_CALL,
        record,
    ]
    assert git(repository.root, "status", "--porcelain") == ""
    assert f"commit: {commit}" in (repository.root / record).read_text().replace('"', "")
    assert "@\u2060everybody" in ran.out


def test_the_commit_of_a_promotion_is_signed(repository: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    keys = tmp_path_factory.mktemp("keys")
    key = new_key(keys, "ann")
    (keys / "signers").write_text(line(key, "ann@acme"))
    assert promoted(repository, "dev", "prod", "--branch", "promote/calls", "--sign", str(key)).code == 0
    signers = f"gpg.ssh.allowedSignersFile={keys / 'signers'}"
    told = git(repository.root, "-c", signers, "log", "-1", "--format=%G? %GS", "promote/calls")
    assert told == "G ann@acme"


def test_a_key_that_signs_nothing_leaves_nothing_behind(repository: Project) -> None:
    ran = promoted(repository, "dev", "prod", "--branch", "promote/calls", "--sign", "CODEOWNERS")
    assert (ran.code, "git commit: " in ran.err) == (1, True)
    assert git(repository.root, "branch", "--format=%(refname:short)").splitlines() == ["main"]
    assert git(repository.root, "status", "--porcelain") == ""
    assert promoted(repository, "dev", "prod", "--sign", "CODEOWNERS").err.startswith("--sign signs the commit that")


def test_a_branch_that_exists_and_a_dirty_tree_are_refused(repository: Project) -> None:
    git(repository.root, "branch", "taken")
    assert "the branch taken exists already" in promoted(repository, "dev", "prod", "--branch", "taken").err
    repository.write("notes.txt", "x")
    ran = promoted(repository, "dev", "prod", "--branch", "fresh")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "the work tree is not clean (?? notes.txt)")
    assert git(repository.root, "branch", "--format=%(refname:short)").splitlines() == ["main", "taken"]


def test_a_commit_that_is_refused_leaves_nothing_behind(repository: Project) -> None:
    hook = repository.root / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho 'no, thanks' >&2\nexit 1\n")
    hook.chmod(0o755)
    before = (repository.root / PROD_CALL).read_bytes()
    ran = promoted(repository, "dev", "prod", "--branch", "fresh")
    assert ran.code == 1
    assert "git commit: no, thanks" in ran.err
    assert (repository.root / PROD_CALL).read_bytes() == before
    assert records(repository) == []
    assert git(repository.root, "branch", "--show-current") == "main"
    assert git(repository.root, "branch", "--format=%(refname:short)") == "main"
    assert git(repository.root, "status", "--porcelain") == ""


def test_the_text_of_the_pull_request(project: Project, snapshot: SnapshotAssertion) -> None:
    conflict(project)
    ran = promoted(project, "dev", "prod")
    saved = (project.root / ".provisioner/prod/pull-request.md").read_text()
    assert ran.out.endswith(saved)
    assert ran.out == snapshot


def test_the_json_form_says_the_same(project: Project) -> None:
    conflict(project)
    said = json.loads(promoted(project, "dev", "prod", "--dry-run", "--format", "json").out)
    assert said["moves"]["video-call"]["steps"] == [
        {"path": "/recording/settings/maxIdleTime", "source": "25s", "target": "20s", "last": "20s"}
    ]
    assert said["conflicts"]["classroom"] == [
        {"path": "/recording/settings/maxIdleTime", "source": "90s", "target": "2m"}  # nothing was said before
    ]
    assert said["files"] == [PROD_CALL]
    assert said["pullRequest"]["title"] == "Promote video-call from dev to prod"
