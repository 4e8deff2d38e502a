"""One writer an environment on this machine, and what whoever comes second is told."""

from __future__ import annotations

import getpass
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.reconcile.apply.lock import environment_lock, identity, owner_note, whoami

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def locked(folder: Path, seconds: float = 0) -> None:
    """Take the lock in `folder`, some time after noon, and give it back."""
    with environment_lock(folder, "dev", owner_note("tests", noon), lambda: NOON + timedelta(seconds=seconds)):
        """Held."""


def noon() -> datetime:
    return NOON


def test_whoever_comes_second_is_told_who_writes_and_since_when(tmp_path: Path) -> None:
    with environment_lock(tmp_path, "dev", owner_note("provisioner apply", noon), noon):
        note = json.loads((tmp_path / "lock.json").read_text())
        with pytest.raises(ConflictError) as refused:
            locked(tmp_path, seconds=61)
    told = f"dev is being written by {whoami()} with provisioner apply (process {os.getpid()} on {note['host']}, "
    assert refused.value.what == f"{told}since 2026-01-31T12:00:00Z), for 1 min 1 s"
    assert refused.value.where == str(tmp_path / "lock")
    assert not (tmp_path / "lock.json").exists()
    locked(tmp_path)


def test_a_clock_that_was_set_back_tells_no_negative_time(tmp_path: Path) -> None:
    with (
        environment_lock(tmp_path, "dev", owner_note("tests", noon), noon),
        pytest.raises(ConflictError, match=r"since 2026-01-31T12:00:00Z\), for 0 min 0 s"),
    ):
        locked(tmp_path, seconds=-3600)


@pytest.mark.parametrize("note", [None, "", "[]", "{}", '{"who": "ann", "since": "yesterday"}', '{"since": 5}'])
def test_a_note_that_nobody_can_read_hides_no_lock(tmp_path: Path, note: str | None) -> None:
    with environment_lock(tmp_path, "dev", {}, noon):
        (tmp_path / "lock.json").unlink()
        if note is not None:
            (tmp_path / "lock.json").write_text(note)
        with pytest.raises(ConflictError, match="dev is being written by another process"):
            locked(tmp_path)


def test_a_hostile_note_is_made_harmless(tmp_path: Path) -> None:
    hostile = {**owner_note("tests", noon), "who": "\x1b[2Jann"}
    with environment_lock(tmp_path, "dev", hostile, noon), pytest.raises(ConflictError) as refused:
        locked(tmp_path)
    assert "\x1b" not in str(refused.value)


def test_where_there_can_be_no_lock_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProvisionerError, match="there can be no lock here, so nothing was written: "):
        locked(tmp_path / "file")


def test_the_lock_goes_with_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), environment_lock(tmp_path, "dev", {}, noon):
        raise KeyboardInterrupt
    locked(tmp_path)


def test_a_lock_is_named_among_those_of_all_machines(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other/lock").touch()
    assert identity(tmp_path) != identity(tmp_path / "other")
    assert identity(tmp_path / "nowhere") == ""
    boot = Path("/proc/sys/kernel/random/boot_id")
    if boot.exists():  # after a restart every process is gone, whatever the file is called
        there = (tmp_path / "lock").stat()
        assert identity(tmp_path) == f"{boot.read_text().strip()}/{there.st_dev}/{there.st_ino}"


@pytest.mark.parametrize("kind", [KeyError, OSError])
def test_an_account_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch, kind: type[Exception]) -> None:
    def nobody() -> str:
        raise kind("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert whoami() == f"uid {os.getuid()}"
