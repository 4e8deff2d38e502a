"""What a full look found outlives the process, in a folder and in a bucket, whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.drift.last_look import NAME, LastLook, recall, remember
from provisioner.specs.keys.journal import BucketJournal, FolderJournal
from tests.reconcile.apply.conftest import choice, server

__all__ = ["choice", "server"]

LOOK = LastLook("C", datetime(2026, 3, 1, 12, tzinfo=UTC), {1: "aa", 2: "bb"}, frozenset({1}), frozenset({2}))
NEXT = LastLook("C", datetime(2026, 3, 2, 12, tzinfo=UTC), {1: "aa"}, frozenset(), frozenset())


def test_in_a_bucket_that_machines_share(choice: BucketJournal, tmp_path: Path) -> None:
    states = [EnvironmentState("dev", tmp_path / name, choice, system_clock) for name in ("here", "there")]
    assert recall(states[0]) is None
    for look in (LOOK, NEXT):
        remember(states[0], look)
        assert recall(states[1]) == look
    assert list(states[1].journal.entries()) == []


@pytest.mark.parametrize("folder", ["", "kept/journal"])
def test_in_a_folder(tmp_path: Path, folder: str) -> None:
    state = EnvironmentState("dev", tmp_path, FolderJournal(folder), system_clock)
    assert recall(state) is None
    remember(state, LOOK)
    assert recall(state) == LOOK
    assert list(state.journal.entries()) == []
    (file,) = tmp_path.rglob(NAME)
    for broken in (b"", b"{", b"[]", b'{"version":2}', b'{"version":1}', b"[" * 100_000, b"\xff"):
        file.write_bytes(broken)
        assert recall(state) is None  # and the next look is a full one
    file.unlink()
    file.mkdir()
    with pytest.raises(ProvisionerError, match="cannot be read"):
        recall(state)
