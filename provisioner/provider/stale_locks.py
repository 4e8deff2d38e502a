"""Locks of a stack that its engine left behind when it was killed, in a state folder of this machine.

`pulumi cancel` removes any lock, also that of an engine which still runs. Here one goes only where it is certain that
nobody has it: its engine ran on this machine, and no process has that id any more.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def remove(state: Path, stack: str) -> list[int]:
    """Remove the dead locks of `stack` in the file backend's folder `state`; the ids of the processes that had them."""
    removed = []
    for file, process in _dead(state, stack):
        with suppress(OSError):  # somebody else was faster, or may not: the engine will say so
            file.unlink()
            removed.append(process)
    return removed


def _dead(state: Path, stack: str) -> Iterator[tuple[Path, int]]:
    for file in state.glob(f".pulumi/locks/*/*/{stack}/*.json"):  # organization, project
        with suppress(OSError, ValueError, KeyError, TypeError):  # an unreadable one may be anybody's
            lock = json.loads(file.read_bytes())
            process = int(lock["pid"])
            if lock["hostname"] == socket.gethostname() and not _runs(process):
                yield file, process


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
