"""Files are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.files import write_atomically


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


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProvisionerError, match="cannot be written: "):
        write_atomically(tmp_path / "file/below", b"text")
    assert names(tmp_path) == ["file"]
