"""The frame, shown on versions that do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.specs.discovery import spec_files
from provisioner.specs.documents.digest import digest
from provisioner.specs.editing import migrations
from provisioner.specs.editing.migrations import Migration
from provisioner.specs.layout import LOCK
from provisioner.specs.yaml import writer
from provisioner.specs.yaml.reader import read
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"
TEMPLATE = "templates/call/v1.yaml"


def to_v2(text: str, kind: str) -> str:
    """A version in which the idle time has another name, and every application says how it is started."""
    if kind == "application":
        mode = writer.find(text, "/recording/mode").value.value
        text = writer.set_value(text, "/recording/start", {"by": "room" if mode == "auto" else "backend"})
        return writer.remove(text, "/recording/mode")
    if kind == "template":
        return writer.rename_key(text, "/settings/maxIdleTime", "idleTime")
    return text


def to_v3(text: str, kind: str) -> str:
    return writer.set_value(text, "/settings/formats", ["mp4"]) if kind == "template" else text


V2 = Migration("recording/v1", "recording/v2", "idleTime, start", to_v2)
V3 = Migration("recording/v2", "recording/v3", "one format", to_v3)


@pytest.fixture
def synthetic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (V2, V3))


def contents(project: Project) -> dict[str, str]:
    return {file: (project.root / file).read_text() for file, _ in spec_files(project.root)}


def test_today_there_is_nothing_to_migrate(project: Project) -> None:
    before = contents(project)
    for arguments in ((), ("--check",), ("--to", "recording/v1")):
        ran = project.run("migrate", *arguments)
        assert (ran.code, ran.out, ran.err) == (0, "", "Nothing to migrate: every spec is recording/v1.\n")
    assert contents(project) == before


@pytest.mark.usefixtures("synthetic")
def test_files_are_rewritten_with_their_comments(project: Project) -> None:
    before = contents(project)
    ran = project.run("migrate", "--to", "recording/v2")
    assert ran.code == 0
    assert sorted(ran.out.splitlines()) == [f"{file}: recording/v1 -> recording/v2" for file in before]
    assert ran.err == f"{len(before)} files rewritten.\n"
    after = contents(project)
    assert (
        after[CALL]
        == before[CALL]
        .replace("recording/v1", "recording/v2")
        .replace("  mode: auto                      # every call is recorded, by the console's template\n", "")
        + "  start:\n    by: room\n"
    )
    assert after[TEMPLATE] == before[TEMPLATE].replace("recording/v1", "recording/v2").replace(
        "  maxIdleTime: 5s                 # a call", "  idleTime: 5s                 # a call"
    )
    assert project.run("migrate", "--to", "recording/v2").out == ""


@pytest.mark.usefixtures("synthetic")
def test_check_only_looks(project: Project) -> None:
    before = contents(project)
    ran = project.run("migrate", "--check")
    assert ran.code == 2
    assert sorted(ran.out.splitlines()) == [f"{file}: recording/v1 -> recording/v3" for file in before]
    assert ran.err == f"{len(before)} files to rewrite.\n"
    assert contents(project) == before


@pytest.mark.usefixtures("synthetic")
def test_files_of_several_versions_reach_the_newest_in_one_run(project: Project) -> None:
    old = (project.root / TEMPLATE).read_text()
    project.write(TEMPLATE, to_v2(old, "template").replace("recording/v1", "recording/v2"))
    ran = project.run("migrate")
    assert f"{TEMPLATE}: recording/v2 -> recording/v3\n" in ran.out
    assert f"{CALL}: recording/v1 -> recording/v3\n" in ran.out
    versions = {read(text.encode(), file).plain()["apiVersion"] for file, text in contents(project).items()}
    assert versions == {"recording/v3"}


@pytest.mark.usefixtures("synthetic")
def test_nothing_is_written_unless_everything_can_be(project: Project) -> None:
    project.edit(CALL, "recording/v1", "recording/v0")
    project.edit("environments/prod/apps/classroom.yaml", "apiVersion: recording/v1\n", "")
    project.edit("environments/prod/environment.yaml", "tier:", "tier: [")
    before = contents(project)
    ran = project.run("migrate")
    assert ran.code == 1
    assert [line.split(" ")[0] for line in ran.err.splitlines()] == [
        f"{CALL}:1:1:",
        "environments/prod/apps/classroom.yaml:1:1:",
        "environments/prod/environment.yaml:5:7:",
    ]
    assert f"{CALL}:1:1: REC011 there is no way from recording/v0 to recording/v3" in ran.err
    assert contents(project) == before


def test_a_migration_that_breaks_a_document_writes_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Migration("recording/v1", "recording/v2", "", lambda text, kind: text + "name: twice\n")
    monkeypatch.setattr(migrations, "MIGRATIONS", (broken,))
    before = contents(project)
    ran = project.run("migrate")
    assert ran.code == 1
    assert "recording/v1 -> recording/v2 would break it, so nothing was written" in ran.err
    assert contents(project) == before


@pytest.mark.usefixtures("synthetic")
def test_a_version_that_does_not_exist_is_named_with_the_known_ones(project: Project) -> None:
    ran = project.run("migrate", "--to", "recording/v4")
    assert ran.code == 1
    assert ran.err == (
        'there is no version "recording/v4" (did you mean "recording/v3"?)\n'
        "  Known: recording/v1, recording/v2, recording/v3.\n"
    )


@pytest.mark.usefixtures("synthetic")
def test_there_is_no_way_back(project: Project) -> None:
    project.run("migrate")
    ran = project.run("migrate", "--to", "recording/v1")
    assert ran.code == 1
    assert "there is no way from recording/v3 to recording/v1" in ran.err


@pytest.mark.usefixtures("synthetic")
def test_a_file_that_cannot_be_read_stops_everything(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(project)
    read_bytes = Path.read_bytes

    def refused(self: Path) -> bytes:
        if self.name == "video-call.yaml":
            raise PermissionError(13, "Permission denied")
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", refused)
    ran = project.run("migrate")
    assert ran.code == 1
    assert f"{CALL}:1:1: REC002 cannot be read: Permission denied\n" in ran.err
    assert contents(project) == before


def digests(project: Project) -> dict[str, bool]:
    """Whether each version in the lock has the digest that stands there."""
    held = read((project.root / LOCK).read_bytes(), LOCK).plain()["templates"]
    files = {pin: f"templates/{pin.replace('@', '/')}.yaml" for pin in held}
    return {
        pin: digest(read((project.root / file).read_bytes(), file).plain()) == held[pin] for pin, file in files.items()
    }


@pytest.mark.usefixtures("synthetic")
def test_the_lock_follows_its_templates_and_hides_no_edit(project: Project) -> None:
    project.edit("templates/classroom/v1.yaml", "maxIdleTime: 60s", "maxIdleTime: 70s")
    assert digests(project) == {"call@v1": True, "classroom@v1": False}
    project.run("migrate")
    assert digests(project) == {"call@v1": True, "classroom@v1": False}
    assert (project.root / LOCK).read_text().startswith("# Versions that production has pinned")


@pytest.mark.usefixtures("synthetic")
@pytest.mark.parametrize("finished", range(1, 5))
def test_a_run_that_was_cut_off_is_completed_by_the_next(
    project: Project, monkeypatch: pytest.MonkeyPatch, finished: int
) -> None:
    for rewrite in migrations.rewrites(project.root, "recording/v2", (V2,))[:finished]:
        (project.root / rewrite.file).write_bytes(rewrite.data)
    project.run("migrate", "--to", "recording/v2")
    assert digests(project) == {"call@v1": True, "classroom@v1": True}
    assert {read(t.encode(), f).plain()["apiVersion"] for f, t in contents(project).items()} == {"recording/v2"}
