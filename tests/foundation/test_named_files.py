"""A path of a spec reaches nothing but small regular files of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provisioner.console.config_files import load
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.named_files import (
    ALLOWED,
    MOST_BYTES,
    NamedFileError,
    declares,
    named_folder,
    named_path,
    open_regular,
    read_named,
)
from provisioner.foundation.secret_refs import resolve
from tests.project import Project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside").write_text("s3cret")
    (root / "key").write_text("inside")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "large").write_bytes(b"x" * (MOST_BYTES + 1))
    os.mkfifo(root / "pipe")
    return root


def test_a_file_of_the_project_is_read(root: Path) -> None:
    assert read_named(root, "key") == b"inside"
    assert resolve("file:key", root).reveal() == "inside"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../outside", "outside of the project"),
        ("link", "outside of the project"),
        ("/dev/zero", "outside of the project"),
        ("/proc/self/environ", "outside of the project"),
        ("pipe", "no regular file"),
        (".", "no regular file"),
        ("large", "larger than 64 KiB"),
        ("gone", "No such file"),
        ("nul\0", "no path"),
    ],
)
def test_anything_else_is_refused_without_its_content(root: Path, name: str, reason: str) -> None:
    with pytest.raises(NamedFileError, match=reason):
        read_named(root, name)
    with pytest.raises(ProvisionerError, match="cannot be read") as caught:
        resolve(f"file:{name}", root)
    assert "s3cret" not in str(caught.value)


def test_the_process_may_allow_a_folder(root: Path) -> None:
    assert read_named(root, "../outside", {ALLOWED: str(root.parent)}) == b"s3cret"
    assert named_path(root, "gone") == root / "gone"


def test_a_folder_that_a_link_leads_away_is_refused(root: Path) -> None:
    (root / "away").symlink_to(root.parent)
    with pytest.raises(NamedFileError, match="outside of the project"):
        named_folder(root, "away")
    assert named_folder(root, "away", {ALLOWED: str(root.parent)}) == root.parent
    assert named_folder(root, "not-yet/there") == root / "not-yet/there"


@pytest.mark.parametrize("name", ["pipe", "."])
def test_what_is_no_regular_file_is_not_opened(root: Path, name: str) -> None:
    with pytest.raises((NamedFileError, IsADirectoryError)):
        open_regular(root / name, name)


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (b"apiVersion: x\nkind: Binding\n", True),
        (b'kind: "Binding"\n', True),
        (b'{"apiVersion": "x", "kind": "Binding"}', True),
        (b"kind: Bindings\n", False),
        (b"mankind: Binding\n", False),
        (b"AWS_SECRET=kind: nothing\n", False),
    ],
)
def test_a_file_says_what_it_is(data: bytes, is_one: bool) -> None:
    assert declares(data, "Binding") is is_one


SECRETS = {
    "token": "s3cretvalue\n",
    ".env": "AWS_SECRET=s3cretvalue\n",
    "credentials.json": '{"s3cretvalue": 1, "private_key": "s3cretvalue"}',
    "twice.yaml": "s3cretvalue: 1\ns3cretvalue: 2\n",
    "tag.yaml": "!s3cretvalue x\n",
    "list.yaml": "- s3cretvalue\n",
}


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("kind", ["binding", "page"])
def test_an_error_shows_nothing_of_a_file_that_is_another_thing(root: Path, name: str, kind: str) -> None:
    """Files of a job's folder, such as those that a log-in leaves there; a spec of a pull request names one."""
    (root / name).write_text(SECRETS[name])
    with pytest.raises(ProvisionerError, match="nothing else of it is looked at") as caught:
        load(kind, name, root)
    assert "s3cret" not in str(caught.value)


def test_nor_of_a_price_list_or_a_link_among_the_specs(project: Project) -> None:
    project.write("secrets.yaml", "s3cretvalue: {s3cretvalue: s3cretvalue}\n")
    project.edit("environments/dev/environment.yaml", "settings:\n", "prices: secrets.yaml\nsettings:\n")
    (project.root / "token").write_text("s3cretvalue\n")
    (project.root / "environments/dev/apps/stolen.yaml").symlink_to("../../../token")
    ran = project.run("validate")
    assert (ran.code, "s3cret" in ran.out + ran.err) == (1, False)
    assert "secrets.yaml does not say kind: Prices" in ran.out + ran.err
    assert "the document takes a mapping, not text" in ran.out + ran.err


@pytest.mark.parametrize("key", ["journal", "evidence"])
def test_folders_that_specs_name_stay_inside(
    project: Project, tmp_path_factory: pytest.TempPathFactory, key: str
) -> None:
    away = tmp_path_factory.mktemp("away")
    (project.root / "linked").symlink_to(away)
    project.edit("environments/dev/environment.yaml", "settings:\n", f"{key}: linked\nsettings:\n")
    ran = project.run(*{"journal": ["apply", "dev", "--yes"], "evidence": ["evidence", "dev"]}[key])
    assert (ran.code, "linked: lies outside of the project" in ran.err) == (1, True)
    assert list(away.iterdir()) == []


def test_a_pipe_or_a_device_in_the_journal_is_not_waited_for(project: Project) -> None:
    journal = project.root / ".provisioner/dev/journal"
    journal.mkdir(parents=True)
    (journal / "0.jsonl").symlink_to("/dev/zero")
    os.mkfifo(journal / "1.jsonl")
    ran = project.run("history", "dev")
    assert (ran.code, "0.jsonl: is no regular file" in ran.err) == (1, True)
