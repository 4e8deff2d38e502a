"""The inbox of callbacks: a folder of JSON lines that only grows. A controller or a backend writes, evidence reads.

    {"receivedAt": "2026-01-31T12:00:00Z", "sdkAppId": 20000123, "callback": {…the body as it came…}}

One file a day (UTC), `callbacks-2026-01-31.jsonl`. Who received a callback has checked its signature; the body is kept
as it came. A line that cannot be read stays where it is and becomes a finding.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from provisioner.archive.evidence.callbacks import Heard, read
from provisioner.foundation.clock import Clock, timestamp
from provisioner.foundation.errors import Location, ProvisionerError
from provisioner.foundation.named_files import NamedFileError, named_folder, open_regular
from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity

LONGEST_LINE = 64 * 1024
"""Bytes; callbacks have a few hundred."""

UNREADABLE = "unreadable-callback"


class Inbox:
    """One environment's inbox, below `root` in the project's `folder`."""

    def __init__(self, root: Path, folder: str) -> None:
        """Raises NamedFileError where a link leads the folder out of the project."""
        self._place = named_folder(root, folder)
        self._folder = folder

    def append(self, sdk_app_id: int, callback: dict[str, Any], clock: Clock) -> None:
        """Keep one callback: it is on the disk when this returns. Several processes may write at once.

        Raises ProvisionerError where it cannot be kept: whoever received it must not acknowledge it then.
        """
        now = clock()
        file = self._place / f"callbacks-{now:%Y-%m-%d}.jsonl"
        entry = {"receivedAt": timestamp(now), "sdkAppId": sdk_app_id, "callback": callback}
        line = f"{json.dumps(entry, separators=(',', ':'))}\n".encode()
        if len(line) > LONGEST_LINE:
            raise ProvisionerError(f"a callback of {len(line)} bytes is not kept: at most {LONGEST_LINE}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o640)
            try:
                written = os.write(descriptor, line)  # one write: lines of several writers do not mix
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if written < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise ProvisionerError(
                f"the callback cannot be kept: {error.strerror or error}",
                where=f"{self._folder}/{file.name}",
                fix="Check the folder's permissions and free space.",
            ) from None

    def entries(self) -> Iterator[Heard | Finding]:
        """Every callback, the oldest file first, and a finding for each line that is none; one line at a time."""
        for file in sorted(self._place.glob("*.jsonl")):
            name = f"{self._folder}/{file.name}"
            try:
                with open_regular(file, name) as lines:
                    yield from _entries(lines, name)
            except NamedFileError as error:
                yield _finding(error.reason, Location(name))
            except OSError as error:
                yield _finding(f"cannot be read: {error.strerror or error}", Location(name))


def controller_entries(entries: Iterable[Any], name: str) -> Iterator[Heard | Finding]:
    """The same of the entries that a controller kept; `name` is its address."""
    for number, entry in enumerate(entries, 1):
        where = Location(name, number)
        try:
            heard = read(entry, where)
        except ValueError as reason:
            yield _finding(str(reason), where)
            continue
        if heard is not None:
            yield heard


def _entries(lines: BinaryIO, name: str) -> Iterator[Heard | Finding]:
    number = 0
    while line := lines.readline(LONGEST_LINE + 1):
        number += 1
        where = Location(name, number)
        if len(line) > LONGEST_LINE:
            yield _finding(f"is longer than {LONGEST_LINE >> 10} KiB", where)
            while line and not line.endswith(b"\n"):
                line = lines.readline(LONGEST_LINE)
        elif not line.endswith(b"\n"):
            yield _finding("ends in the middle: it is still being written, or its writer was killed", where)
        elif line.strip() and (heard := _entry(line, where)) is not None:
            yield heard


def _entry(line: bytes, where: Location) -> Heard | Finding | None:
    try:
        return read(json.loads(line.decode("utf-8")), where)
    except UnicodeDecodeError:
        return _finding("is not UTF-8", where)
    except RecursionError:
        return _finding("nests without end", where)
    except json.JSONDecodeError as error:
        return _finding(f"is no JSON: {error.msg}", where)
    except ValueError as reason:
        return _finding(str(reason), where)


def _finding(message: str, where: Location) -> Finding:
    return Finding(UNREADABLE, Severity.INFO, printable(message)[:200], where)
