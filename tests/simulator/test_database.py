"""What is said of a file that cannot be opened never makes anybody delete what it holds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from provisioner.foundation.errors import ProvisionerError
from provisioner.simulator import database
from provisioner.simulator.database import Database


@pytest.mark.parametrize("reason", ["database or disk is full", "disk I/O error", "database is locked"])
def test_a_full_disk_is_no_reason_to_part_with_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    def refuse(_: Path, **__: object) -> None:
        raise sqlite3.OperationalError(reason)

    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    monkeypatch.setattr(sqlite3, "connect", refuse)
    with pytest.raises(ProvisionerError, match=reason) as caught:
        Database(tmp_path / "console.sqlite")
    assert caught.value.fix == "Check the folder's permissions and free space; what the file holds is untouched."


def test_a_file_that_is_no_database_is_moved_away(tmp_path: Path) -> None:
    (tmp_path / "console.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(ProvisionerError, match="file is not a database") as caught:
        Database(tmp_path / "console.sqlite")
    assert caught.value.fix == "Move the file away to start the console afresh."
