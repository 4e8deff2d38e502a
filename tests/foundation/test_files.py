"""Files are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.files import create_file, write_atomically


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "old").touch()
    (tmp_path / "old").chmod(0o604)
    write_atomically(tmp_path / "old", b"text", 0o600)
    assert (mode(tmp_path / "old"), names(tmp_path)) == ("0o604", ["old"])


@pytest.mark.parametrize(("mask", "expected"), [(0o022, "0o644"), (0o002, "0o664"), (0o077, "0o600")])
def test_a_new_file_is_as_the_umask_wants_or_as_the_caller_says(
    tmp_path: Path, umask: Callable[[int], int], mask: int, expected: str
) -> None:
    umask(mask)
    write_atomically(tmp_path / "new", b"text")
    write_atomically(tmp_path / "secret", b"text", 0o640)
    assert (mode(tmp_path / "new"), mode(tmp_path / "secret")) == (expected, "0o640")


def test_folders_above_are_made_and_a_second_write_finds_them(tmp_path: Path) -> None:
    for text in (b"one", b"two"):
        write_atomically(tmp_path / "a/b/file", text)
    assert (tmp_path / "a/b/file").read_bytes() == b"two"


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProvisionerError, match="cannot be written: ") as refused:
        write_atomically(tmp_path / "file/below", b"text")
    assert refused.value.where == str(tmp_path / "file/below")
    assert refused.value.fix == "Check the folder's permissions and free space; the old content is untouched."
    assert names(tmp_path) == ["file"]


def test_a_new_file_replaces_none_and_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link"):
        with pytest.raises(FileExistsError):
            create_file(tmp_path / name, b"new")
    assert ((tmp_path / "there").read_bytes(), (tmp_path / "elsewhere").exists()) == (b"old", False)


def test_a_secret_is_nobodys_to_read_from_its_first_moment(
    tmp_path: Path, umask: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    umask(0)
    opened: list[str] = []
    monkeypatch.setattr(os, "fchmod", lambda descriptor, _: opened.append(oct(os.fstat(descriptor).st_mode & 0o777)))
    create_file(tmp_path / "secret", b"text", 0o600)
    assert opened == ["0o600"]
