"""Files of a commit hold what Git has, wherever they are read from."""

from __future__ import annotations

import os

import pytest

from provisioner.foundation import git
from provisioner.specs.documents import commit_files
from provisioner.specs.documents.commit_files import CommitFiles
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"
DESK = "environments/dev/apps/support-desk.yaml"


def _of(project: Project) -> CommitFiles:
    return CommitFiles(project.root, git.listed_files(project.root, project.commit(), ["environments", "templates"]))


def test_contents_are_those_of_the_commit_whatever_became_of_the_work_tree(project: Project) -> None:
    before = {path: (project.root / path).read_bytes() for path in _of(project)}
    files = _of(project)
    project.edit(CALL, "mode: auto", "mode: manual")
    (project.root / DESK).unlink()
    os.mkfifo(project.root / DESK)  # nobody waits for somebody who writes to it
    assert dict(files) == before
    assert len(files) == len(before)
    assert "environments/dev/apps/other.yaml" not in files


def test_of_git_only_what_differs_is_asked_and_a_folder_at_once(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counted(folder: object, digests: list[str]) -> object:
        asked.append(len(digests))
        return git.read_contents(project.root, digests)

    monkeypatch.setattr(commit_files, "read_contents", counted)
    files = _of(project)
    dict(files)
    assert asked == []
    project.edit(CALL, "mode: auto", "mode: manual")
    project.edit(DESK, "owner:", "owner: ")
    dict(files)
    assert asked == [2]


def test_what_is_edited_while_it_is_read_is_read_from_git(project: Project) -> None:
    files = _of(project)
    before = files[CALL]
    project.edit(DESK, "owner:", "owner: ")
    assert b"owner:  " not in files[DESK]  # the folder has been asked for
    project.edit(CALL, "mode: auto", "mode: manual")
    assert files[CALL] == before
