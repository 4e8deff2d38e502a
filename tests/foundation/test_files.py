"""Files are written whole or not at all, and never over what somebody else has put there meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.files import create_all, create_atomically, write_atomically


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_what_appears_between_check_and_write_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment is the last one: the new text is on the disk already, and only its name is missing."""
    target = tmp_path / "new.yaml"
    synced = os.fsync

    def somebody_else_writes(handle: int) -> None:
        synced(handle)
        target.write_text("theirs")

    monkeypatch.setattr(os, "fsync", somebody_else_writes)
    with pytest.raises(ProvisionerError, match="exists already; it is never overwritten"):
        create_atomically(target, b"ours")
    assert target.read_text() == "theirs"
    assert names(tmp_path) == ["new.yaml"]


def test_several_files_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("theirs")
    with pytest.raises(ProvisionerError, match=r"b\.yaml: exists already"):
        create_all(tmp_path, {"new/a.yaml": b"a", "b.yaml": b"b", "c.yaml": b"c"})
    assert names(tmp_path) == ["b.yaml"]
    assert (tmp_path / "b.yaml").read_text() == "theirs"
    create_all(tmp_path, {"new/a.yaml": b"a", "c.yaml": b"c"})
    assert names(tmp_path) == ["b.yaml", "c.yaml", "new", "new/a.yaml"]


def test_a_folder_that_holds_more_stays(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/theirs").touch()
    (tmp_path / "b.yaml").touch()
    with pytest.raises(ProvisionerError):
        create_all(tmp_path, {"new/a.yaml": b"a", "b.yaml": b"b"})
    assert names(tmp_path) == ["b.yaml", "new", "new/theirs"]


def test_a_replaced_file_keeps_its_mode_and_a_new_one_is_readable(tmp_path: Path) -> None:
    (tmp_path / "old").touch(0o600)
    (tmp_path / "old").chmod(0o640)
    for name in ("old", "new"):
        write_atomically(tmp_path / name, b"text")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("old", "new")] == [0o640, 0o644]
    create_atomically(tmp_path / "created", b"text")
    assert (tmp_path / "created").stat().st_mode & 0o777 == 0o644


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProvisionerError, match="cannot be written: "):
        write_atomically(tmp_path / "file/below", b"text")
    assert names(tmp_path) == ["file"]
