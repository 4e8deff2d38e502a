"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.files import write_atomically


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_replaced_file_keeps_its_mode_and_a_new_one_is_readable(tmp_path: Path) -> None:
    (tmp_path / "old").touch(0o600)
    (tmp_path / "old").chmod(0o640)
    for name in ("old", "new"):
        write_atomically(tmp_path / name, b"text")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("old", "new")] == [0o640, 0o644]


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProvisionerError, match="cannot be written: "):
        write_atomically(tmp_path / "file/below", b"text")
    assert names(tmp_path) == ["file"]
