"""`provisioner adopt`, from a console that somebody changed to a plan that is empty."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.project import Project

CLASSROOM = "environments/dev/apps/classroom.yaml"


@pytest.fixture
def drifted(project: Project) -> Project:
    """A project whose dev environment was applied; then somebody changed classroom in the console."""
    project.edit(
        CLASSROOM,
        "template: classroom@v1\n",
        "template: classroom@v1\n  settings:\n    # schools' networks drop\n    maxIdleTime: 2m      # twice ours\n",
    )
    assert project.run("apply", "--yes", "dev").code == 0
    edits = ("maxIdleTime=60s", "formats=[mp4]", "mixed.layout.bigPicture=", "storage.vod.retention=14d")
    assert project.run("console", "edit", "dev/classroom", *edits).code == 0
    return project


def text(project: Project) -> str:
    return (project.root / CLASSROOM).read_text("utf-8")


def test_adopting_leaves_nothing_to_plan(drifted: Project, snapshot: SnapshotAssertion) -> None:
    before = text(drifted)
    ran = drifted.run("adopt", "dev/classroom")
    assert (ran.code, ran.err) == (0, "Written. Review it like any change, and commit it.\n")
    assert ran.out == snapshot
    assert text(drifted) == before.replace("    maxIdleTime: 2m      # twice ours\n", "") + (
        "    formats: [mp4]\n    mixed:\n      layout:\n        bigPicture: null\n"
        "    storage:\n      vod:\n        retention: 14d\n"
    )
    assert drifted.run("plan", "dev", "--exit-code").code == 0
    again = drifted.run("adopt", "dev/classroom")
    assert (again.out, again.err) == ("", "Nothing to adopt: the spec says what the console shows.\n")


def test_a_dry_run_shows_the_edit_and_writes_nothing(drifted: Project, snapshot: SnapshotAssertion) -> None:
    before = text(drifted)
    ran = drifted.run("adopt", "dev/classroom", "formats", "maxIdleTime", "--dry-run")
    assert (ran.code, ran.err) == (0, "Nothing was written: --dry-run.\n")
    assert ran.out == snapshot
    assert text(drifted) == before


def test_json_says_how_each_value_was_adopted(drifted: Project) -> None:
    told = drifted.json("adopt", "dev/classroom", "mixed", "maxIdleTime", "--dry-run")
    assert told["written"] is False
    assert [(one["path"].rpartition("/")[2], one["how"], one["weaker"]) for one in told["adopted"]] == [
        ("maxIdleTime", "inherited", "templates/classroom/v1.yaml:9:16"),
        ("bigPicture", "deleted", "templates/classroom/v1.yaml:13:46"),
    ]
    assert "+        bigPicture: null" in told["edit"]


def test_a_console_that_stopped_recording_is_adopted_with_a_warning(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.run("console", "edit", "dev/video-call", "mode=manual")
    ran = project.run("adopt", "dev/video-call")
    assert ran.code == 0
    assert "HIGH stop-recording: The console stopped recording rooms" in ran.out
    assert project.json("plan", "dev")["totals"]["change"] == 0


def test_what_would_be_no_valid_spec_is_not_written(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.run("console", "edit", "dev/classroom", "mixed.maxUsers=4")
    before = text(project)
    ran = project.run("adopt", "dev/classroom")
    assert ran.code == 1
    assert "What the console shows makes no valid spec, so nothing was written:" in ran.err
    assert f"{CLASSROOM}:10:25: REC032 8 participants, but mixed.maxUsers is 4" in ran.err
    assert text(project) == before


def test_a_secret_is_never_read_and_never_shown(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALL_KEY", "sesame0open")
    callback = "settings: {callback: {url: 'https://a.example/x', keyRef: env:CALL_KEY}}"
    project.edit(CLASSROOM, "template: classroom@v1", f"template: classroom@v1\n  {callback}")
    project.run("apply", "--yes", "dev")
    project.run("console", "edit", "dev/classroom", "callback.url=https://b.example/x")
    ran = project.run("adopt", "dev/classroom")
    assert "callback.keyRef: cannot be read (the console never shows it), so the spec is not changed" in ran.out
    assert callback.replace("'https://a.example/x'", "https://b.example/x") in text(project)
    assert "sesame0open" not in ran.out + ran.err


def test_what_nobody_confirmed_is_no_ground_for_a_change(project: Project) -> None:
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    ran = project.run("adopt", "prod/classroom")
    assert (ran.code, ran.out.count("\n")) == (0, 1)
    assert "fields: cannot be read (nobody has confirmed it;" in ran.out
    assert ran.err == "Nothing to adopt: the spec says all that can be read.\n"
    project.run("attest", "prod/classroom", "--yes", "--seen", "maxIdleTime=30s")
    assert "maxIdleTime  2m -> 30s  override" in project.run("adopt", "prod/classroom").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("dev",), "dev is an environment: adopt looks at one application"),
        (("dev/clasroom",), 'dev has no application "clasroom" (did you mean "classroom"?)'),
        (("dev/classroom", "owner"), '"owner" is nothing that a console shows'),
        (("dev/classroom", "mixd"), 'there is no setting "mixd" (did you mean "mixed"?)'),
    ],
)
def test_what_cannot_be_adopted_is_told(project: Project, arguments: tuple[str, ...], told: str) -> None:
    ran = project.run("adopt", *arguments)
    assert ran.code == 1
    assert told in ran.err


def test_a_file_that_cannot_be_replaced_keeps_its_content(drifted: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    before = text(drifted)
    monkeypatch.setattr("os.fsync", refused)
    ran = drifted.run("adopt", "dev/classroom")
    assert ran.code == 1
    assert "cannot be written: Read-only file system" in ran.err
    assert text(drifted) == before
