"""One writer an environment at a time, on this machine.

The operating system holds the lock, so it goes with its process, however that ends: there are no stale locks, and
none to break. A note beside it says who has it. Several machines need a lease as well (`lease.py`).
"""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from provisioner.foundation.clock import Clock, timestamp
from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.foundation.files import write_atomically
from provisioner.foundation.text_safety import printable


@contextmanager
def environment_lock(folder: Path, environment: str, note: Mapping[str, object], clock: Clock) -> Iterator[None]:
    """Hold the environment's lock in `folder`; `note` (see `owner_note`) is for whoever finds it held.

    Raises ConflictError that names who has it and since when, ProvisionerError where there can be no lock.
    """
    beside = folder / "lock.json"
    lock = FileLock(folder / "lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise ConflictError(
            f"{environment} is being written by {_owner(beside, clock)}",
            where=str(folder / "lock"),
            fix="Wait for it. If that process hangs, end it there: the lock goes with it, and a rerun continues.",
        ) from None
    except OSError as error:
        raise ProvisionerError(
            f"there can be no lock here, so nothing was written: {error.strerror or error}",
            where=str(folder),
            fix="Whoever applies needs to write below this folder.",
        ) from error
    try:
        write_atomically(beside, json.dumps(note).encode())
        yield
    finally:
        with suppress(OSError):
            beside.unlink()
        lock.release()


def owner_note(engine: str, clock: Clock) -> dict[str, object]:
    """Who this process is, for whoever finds the lock held."""
    return {
        "who": whoami(),
        "engine": engine,
        "host": socket.gethostname(),
        "process": os.getpid(),
        "since": timestamp(clock()),
    }


def identity(folder: Path) -> str:
    """Names the lock in `folder` among those of all machines; empty where that cannot be known.

    While it is ours, whoever wrote the same name somewhere is gone.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        status = (folder / "lock").stat()
    except OSError:
        return ""
    return f"{boot}/{status.st_dev}/{status.st_ino}"


def whoami() -> str:
    """The user that this process runs as."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return f"uid {os.getuid()}"


def described(note: Mapping[str, Any]) -> str:
    """The words for an owner's note. Raises KeyError, TypeError where it is none."""
    return printable(
        f"{note['who']} with {note['engine']} (process {note['process']} on {note['host']}, since {note['since']})"
    )


def _owner(beside: Path, clock: Clock) -> str:
    try:
        note = json.loads(beside.read_text("utf-8"))
        seconds = max(int((clock() - datetime.fromisoformat(note["since"])).total_seconds()), 0)
        return f"{described(note)}, for {seconds // 60} min {seconds % 60} s"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
