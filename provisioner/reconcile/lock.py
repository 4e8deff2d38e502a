"""One writer an environment at a time.

The operating system holds the lock, so it goes with its process, however that ends: there are no stale locks.
A note beside it says who has it.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from provisioner.foundation.clock import Clock, timestamp
from provisioner.foundation.errors import ConflictError
from provisioner.foundation.files import write_atomically


@contextmanager
def environment_lock(folder: Path, environment: str, engine: str, clock: Clock) -> Iterator[None]:
    """Hold the environment's lock in `folder`. Raises ConflictError that names who has it and since when."""
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "lock.json"
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ConflictError(
            f"{environment} is being written by {_owner(note, clock)}",
            fix="Wait for it. If that process hangs, end it there: the lock goes with it, and a rerun continues.",
        ) from None
    try:
        owner = {
            "who": whoami(),
            "engine": engine,
            "host": socket.gethostname(),
            "process": os.getpid(),
            "since": timestamp(clock()),
        }
        write_atomically(note, json.dumps(owner).encode())
        yield
    finally:
        with suppress(OSError):
            note.unlink()
        lock.release()


def whoami() -> str:
    """The user that this process runs as; CI systems name the job instead."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return f"uid {os.getuid()}"


def _owner(note: Path, clock: Clock) -> str:
    try:
        owner = json.loads(note.read_text("utf-8"))
        seconds = int((clock() - datetime.fromisoformat(owner["since"])).total_seconds())
        return (
            f"{owner['who']} with {owner['engine']} (process {owner['process']} on {owner['host']}), "
            f"for {seconds // 60} min {seconds % 60} s"
        )
    except (OSError, ValueError, KeyError):
        return "another process"
