"""Which files are read, and which are refused before a byte of them is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provisioner.specs.files import SpecFiles
from provisioner.specs.workspace import Workspace
from provisioner.specs.yaml.reader import MAX_BYTES
from tests.project import Project

APPS = "environments/dev/apps"
HOLDS = "apps/ holds NAME.yaml, NAME of lower-case letters, digits and inner hyphens, and no folders"
FOLDER = "an environment has a folder of its own, called by lower-case letters, digits and inner hyphens"
CALL = f"{APPS}/video-call.yaml"


def findings(project: Project) -> list[str]:
    """Everything that validate says of files, without what the rules say of the rest."""
    return [str(found) for found in Workspace(project.root).validate()[1] if found.id in ("REC002", "REC006")]


@pytest.mark.parametrize(
    "name", [".hidden.yaml", ".#video-call.yaml", "video-call.yaml.bak", "video-call.yaml~", "#x.yaml#", "README.md"]
)
def test_hidden_files_backups_and_other_files_are_passed_over(project: Project, name: str) -> None:
    project.write(f"{APPS}/{name}", "[")
    assert findings(project) == []


@pytest.mark.parametrize(
    ("path", "fix"),
    [
        (f"{APPS}/new.yml", "rename it to new.yaml"),
        (f"{APPS}/new.YAML", "rename it to new.yaml"),
        (f"{APPS}/New_App.yaml", "rename it to new-app.yaml"),
        (f"{APPS}/a\tb.yaml", HOLDS),
        ("environments/dev/enviroment.yaml", "rename it to environment.yaml"),
        ("environments/dev/environment.yml", "rename it to environment.yaml"),
        ("environments/prod.yaml", FOLDER),
        ("templates/call/v2.yml", "rename it to v2.yaml"),
        ("templates/call/v0.yaml", "a template's file is templates/NAME/vN.yaml, as in templates/call/v1.yaml"),
    ],
)
def test_a_file_that_looks_like_a_spec_and_is_not_read_is_told_what_to_do(
    project: Project, path: str, fix: str
) -> None:
    project.write(path, "name: x\n")
    assert findings(project) == [f"{path}:1:1: REC006 is not read; {fix}".replace("\t", "\\u0009")]


def test_two_names_that_differ_in_case_only_cannot_both_be_read(project: Project) -> None:
    project.write(f"{APPS}/Video-Call.yaml", (project.root / CALL).read_text())
    assert findings(project) == [f"{APPS}/Video-Call.yaml:1:1: REC006 is not read; rename it to video-call.yaml"]


def test_a_name_that_is_no_text_is_shown_and_not_read(project: Project) -> None:
    try:
        Path(os.fsdecode(os.fsencode(project.root / APPS) + b"/caf\xe9.yaml")).write_text("name: x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert findings(project)[0].startswith(f"{APPS}/caf\\udce9.yaml:1:1: REC006 is not read")


def test_pulumi_keeps_its_own_files_beside_the_environments(project: Project) -> None:
    project.write("environments/Pulumi.staging.yaml", "encryptionsalt: v1\n")
    assert findings(project) == []


def test_a_link_inside_the_project_is_followed(project: Project) -> None:
    (project.root / "shared.yaml").write_text((project.root / CALL).read_text())
    (project.root / CALL).unlink()
    (project.root / CALL).symlink_to("../../../shared.yaml")
    assert [app.name for app in project.environment("dev").applications][-1] == "video-call"


def test_what_no_file_can_be_is_refused_with_its_reason(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.yaml").write_text("secret: 1")
    apps = project.root / APPS
    (apps / "a-link.yaml").symlink_to(outside / "secret.yaml")
    (apps / "b-loop.yaml").symlink_to("c-loop.yaml")
    (apps / "c-loop.yaml").symlink_to("b-loop.yaml")
    (apps / "d-nothing.yaml").symlink_to("nowhere.yaml")
    (apps / "e-folder.yaml").mkdir()
    os.mkfifo(apps / "f-pipe.yaml")
    (apps / "g-etc").symlink_to(outside)
    assert findings(project) == [
        f"{APPS}/a-link.yaml:1:1: REC002 is a link that leaves the project",
        f"{APPS}/b-loop.yaml:1:1: REC002 cannot be read: a loop of links",
        f"{APPS}/c-loop.yaml:1:1: REC002 cannot be read: a loop of links",
        f"{APPS}/d-nothing.yaml:1:1: REC002 does not exist",
        f"{APPS}/e-folder.yaml:1:1: REC002 is a folder, not a file",
        f"{APPS}/f-pipe.yaml:1:1: REC002 is no regular file",
        f"{APPS}/g-etc:1:1: REC006 is not read; {HOLDS}",
    ]


def test_a_folder_behind_a_link_out_of_the_project_is_not_even_listed(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (project.root / APPS).rename(outside / "apps")
    (project.root / APPS).symlink_to(outside / "apps")
    assert findings(project) == [f"{APPS}:1:1: REC006 is a link that leaves the project"]


def test_a_whole_environment_behind_such_a_link_is_told_once_a_folder(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (project.root / "environments/dev").rename(outside / "dev")
    (project.root / "environments/dev").symlink_to(outside / "dev")
    assert [found.split(": ", 1)[1] for found in findings(project)] == [
        "REC006 is a link that leaves the project",
        "REC006 is a link that leaves the project",
        "REC002 lies behind a link that leaves the project",
        "REC002 lies behind a link that leaves the project",
        "REC006 is a link that leaves the project",
    ]


def test_a_file_that_is_too_large_is_refused_unread(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with (project.root / CALL).open("wb") as file:
        file.truncate(50 << 20)
    real = os.read
    monkeypatch.setattr(os, "read", lambda file, size: real(file, size) if size < MAX_BYTES else pytest.fail("read"))
    assert f"{CALL}:1:1: REC002 is larger than {MAX_BYTES >> 10} KiB; a spec is a page of text" in findings(project)


def test_a_file_that_must_not_be_read_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def guarded(file: str | Path, flags: int) -> int:
        if str(file).endswith("video-call.yaml"):
            raise PermissionError(13, "Permission denied")
        return real(file, flags)

    monkeypatch.setattr(os, "open", guarded)  # root reads what has mode 000
    assert findings(project)[0] == f"{CALL}:1:1: REC002 cannot be read: Permission denied"


def test_a_folder_that_must_not_be_listed_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def guarded(folder: Path) -> object:
        if str(folder).endswith(APPS):
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", guarded)
    assert findings(project) == [f"{APPS}:1:1: REC006 cannot be read: Permission denied"]


def test_a_file_that_vanishes_after_it_was_listed_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    real = SpecFiles.read

    def late(files: SpecFiles, path: str) -> bytes:
        if path == CALL:
            (project.root / CALL).unlink()
        return real(files, path)

    monkeypatch.setattr(SpecFiles, "read", late)
    assert findings(project) == [f"{CALL}:1:1: REC002 does not exist"]


def test_a_file_that_is_written_while_it_is_read_is_not_half_believed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, size: real(descriptor, size // 2))
    assert f"{CALL}:1:1: REC002 was changed while it was read; run again" in findings(project)


def test_an_environment_without_applications_has_none(project: Project) -> None:
    for file in (project.root / APPS).iterdir():
        file.unlink()
    (project.root / APPS).rmdir()
    assert project.environment("dev").applications == ()
