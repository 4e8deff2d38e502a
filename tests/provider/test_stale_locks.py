"""Which of a stack's locks are removed: only those that certainly nobody has."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from provisioner.provider import stale_locks

HERE = socket.gethostname()


@pytest.fixture(scope="module")
def dead() -> int:
    """The id of a process that has ended."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def lock(state: Path, content: Any, stack: str = "dev") -> Path:
    file = state / ".pulumi/locks/organization/trtc-recording" / stack / "3f0c.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


def test_the_lock_of_an_engine_that_was_killed_is_removed(tmp_path: Path, dead: int) -> None:
    file = lock(tmp_path, {"pid": dead, "hostname": HERE, "username": "ada"})
    other = lock(tmp_path, {"pid": dead, "hostname": HERE}, stack="prod")
    assert stale_locks.remove(tmp_path, "dev") == [dead]
    assert (file.exists(), other.exists()) == (False, True)
    assert stale_locks.remove(tmp_path, "dev") == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"pid": os.getpid(), "hostname": HERE}, id="runs"),
        pytest.param({"pid": 1, "hostname": HERE}, id="somebody else's"),
        pytest.param({"hostname": HERE}, id="no process"),
        pytest.param({"pid": "?", "hostname": HERE}, id="no number"),
        pytest.param("{", id="torn"),
        pytest.param("[1]", id="no object"),
    ],
)
def test_a_lock_that_somebody_may_have_stays(tmp_path: Path, content: Any) -> None:
    file = lock(tmp_path, content)
    assert stale_locks.remove(tmp_path, "dev") == []
    assert file.exists()


def test_another_machines_lock_stays(tmp_path: Path, dead: int) -> None:
    file = lock(tmp_path, {"pid": dead, "hostname": f"not-{HERE}"})
    assert stale_locks.remove(tmp_path, "dev") == []
    assert file.exists()
