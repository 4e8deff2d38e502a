"""Versions of templates: the next one, who pins which, and the lock."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.specs.layout import LOCK
from tests.project import Project
from tests.promotion.support import CALL, PROD_CALL

V2 = "templates/call/v2.yaml"
BUMP = ("template", "bump", "call", "--note", "Stay longer")


def test_a_bump_copies_the_newest_version_with_a_note(project: Project) -> None:
    ran = project.run(*BUMP, "--set", "maxIdleTime=20s", "--set", "mixed.audio.bitrate=96kbps")
    assert (ran.code, ran.out) == (0, f"{V2}\n")
    before = (project.root / "templates/call/v1.yaml").read_text()
    expected = before.replace("apiVersion:", "# v2, from v1: Stay longer\napiVersion:").replace(
        "maxIdleTime: 5s", "maxIdleTime: 20s"
    )
    assert (project.root / V2).read_text() == expected.replace("64kbps", "96kbps")
    assert project.run("validate").code == 0


def test_any_version_can_be_copied_and_none_is_overwritten(project: Project) -> None:
    project.run(*BUMP, "--set", "maxIdleTime=20s")
    assert project.run("template", "bump", "call@v1", "--note", "From the first").out == "templates/call/v3.yaml\n"
    text = (project.root / "templates/call/v3.yaml").read_text()
    assert "maxIdleTime: 5s " in text
    assert "# v3, from v1: From the first\n" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["cal", "--note", "x"], 'templates/: there is no template "cal" (did you mean "call"?)'),
        (["call@v9", "--note", "x"], 'templates/: there is no template "call@v9" (did you mean "call@v1"?)'),
        (["call", "--note", " "], "--note says what is different in the new version"),
        (["call", "--note", "x", "--set", "storage.vendor=vod"], "storage.vendor stands in no template"),
        (["call", "--note", "x", "--set", "mode=auto"], "recording.mode stands in no template"),
        (["call", "--note", "x", "--set", "maxIdleTime=1s"], "--set maxIdleTime takes 5s to 24h, not 1s"),
    ],
)
def test_what_makes_no_version_is_refused(project: Project, arguments: list[str], words: str) -> None:
    ran = project.run("template", "bump", *arguments)
    assert ran.code == 1
    assert ran.err.startswith(words)
    assert not (project.root / V2).exists()


def test_a_note_cannot_end_its_comment(project: Project) -> None:
    assert project.run("template", "bump", "call", "--note", "x\nmaxIdleTime: 1s").code == 0
    assert "# v2, from v1: x\\u000amaxIdleTime: 1s\n" in (project.root / V2).read_text()


def test_status_tells_who_pins_what_and_what_the_newest_would_change(
    project: Project, snapshot: SnapshotAssertion
) -> None:
    project.run(*BUMP, "--set", "maxIdleTime=20s")
    project.edit(CALL, "call@v1", "call@v2")
    project.edit(PROD_CALL, "template: call@v1", "template: call@v1\n  settings: {maxIdleTime: 30s}")
    assert project.run("template", "status").out == snapshot
    call = project.json("template", "status")["templates"][0]
    assert call["versions"] == {
        "call@v1": {"locked": True, "pinnedBy": ["dev/support-desk", "prod/support-desk", "prod/video-call"]},
        "call@v2": {"locked": False, "pinnedBy": ["dev/video-call"]},
    }
    assert {f"{entry['environment']}/{entry['application']}": entry["changes"] for entry in call["behind"]} == {
        "dev/support-desk": [{"path": "/recording/settings/maxIdleTime", "before": "5s", "after": "20s"}],
        "prod/support-desk": [{"path": "/recording/settings/maxIdleTime", "before": "5s", "after": "20s"}],
        "prod/video-call": [],
    }


def test_lock_adds_what_is_missing_and_never_takes_an_edit_for_new(project: Project) -> None:
    text = (project.root / LOCK).read_text()
    assert project.run("template", "lock").out == f"{LOCK} holds every version that production pins\n"
    (project.root / LOCK).unlink()
    assert project.run("template", "lock").out == f"{LOCK} written\n"
    assert (project.root / LOCK).read_text() == text
    project.edit("templates/call/v1.yaml", "2h", "3h")
    ran = project.run("template", "lock")
    assert ran.code == 1
    assert "REC073 call@v1 was edited after production pinned it" in ran.err
    assert (project.root / LOCK).read_text() == text


REPIN = ("template", "repin", "call@v2")


def test_repinning_moves_every_application_there_and_locks_what_production_pins(project: Project) -> None:
    project.run(*BUMP, "--set", "maxIdleTime=20s")
    before = (project.root / CALL).read_text()
    dry = project.run(*REPIN, "dev", "prod/video-*", "--dry-run")
    assert dry.err == "Nothing was written: --dry-run.\n"
    assert (project.root / CALL).read_text() == before
    ran = project.run(*REPIN, "dev", "prod/video-*")
    assert (ran.code, ran.out) == (0, dry.out)
    assert ran.out.splitlines() == [
        "dev/support-desk  call@v1 -> call@v2",
        "    maxIdleTime  5s -> 20s",
        "dev/video-call  call@v1 -> call@v2",
        "    maxIdleTime  5s -> 20s",
        "prod/video-call  call@v1 -> call@v2",
        "    maxIdleTime  5s -> 20s",
    ]
    assert (project.root / CALL).read_text() == before.replace("call@v1", "call@v2")
    assert "  call@v2: sha256:" in (project.root / LOCK).read_text()
    assert project.run("validate").code == 0
    again = project.run(*REPIN, "dev")
    assert (again.code, again.err) == (0, "Nothing to do: nobody there pins another version of call.\n")


def test_repinning_is_refused_as_a_whole(project: Project) -> None:
    ran = project.run("template", "repin", "call@v3", "dev")
    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        'there is no template version "call@v3" (did you mean "call@v1"?)',
    )
    project.run(*BUMP, "--set", "mixed.maxUsers=1")
    before = (project.root / CALL).read_text()
    ran = project.run(*REPIN, "dev")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "Nothing was written; it would not be valid:")
    project.edit(PROD_CALL, "owner:", "hold: {reason: broken on Android, since: 2026-01-30}\nowner:")
    ran = project.run(*REPIN, "prod")
    assert "prod/video-call is held since 2026-01-30: broken on Android" in ran.err
    assert (project.root / CALL).read_text() == before
