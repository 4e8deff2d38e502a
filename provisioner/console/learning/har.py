"""Reads HAR 1.2 of any size: one entry at a time, each bounded, whatever the file says of its sizes."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from provisioner.foundation.errors import ProvisionerError

LARGEST_ENTRY = 8 << 20
"""Bytes of one entry as it stands in the file; what is larger is no call of an API, and is passed over."""

LARGEST_FILE = 8 << 30
"""Bytes after decompression; a file without end is none."""

_CHUNK = 1 << 18
_GZIP = b"\x1f\x8b"
_ENTRIES = re.compile(rb'"entries"\s*:\s*\[')
_WANTED = re.compile(rb"/cgi/capi|/_api/|x-tc-action", re.IGNORECASE)
"""What an entry must hold to be worth parsing: most of a session is pages and pictures."""


@dataclass
class Capture:
    """What reading one file told of it. `digest` is that of the file's bytes, complete once it has been read.

    `unreadable` counts calls whose answer is missing, or is none of an API.
    """

    name: str
    digest: str = ""
    entries: int = 0
    passed_over: int = 0
    broken: int = 0
    unreadable: int = 0
    first: str = ""
    notes: list[str] = field(default_factory=list)


def entries(path: Path, capture: Capture, wanted: re.Pattern[bytes] = _WANTED) -> Iterator[tuple[int, dict[str, Any]]]:
    """Entries that may be calls of an API, with their number in the file (from 0).

    `capture` is filled on the way. Raises ProvisionerError for a file that cannot be read or is no HAR at all.
    """
    for raw in raw_entries(path, capture):
        if raw is None or not wanted.search(raw):
            continue
        try:
            entry = json.loads(raw)
        except (ValueError, RecursionError):
            capture.broken += 1
            continue
        if isinstance(entry, dict):
            yield capture.entries - 1, entry
        else:
            capture.broken += 1


def raw_entries(path: Path, capture: Capture) -> Iterator[bytes | None]:
    """The bytes of each entry; None for one that is too large."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            yield from _split(_plain(file, digest.update), capture)
            for rest in iter(lambda: file.read(_CHUNK), b""):
                digest.update(rest)
    except (OSError, EOFError, zlib.error) as error:
        raise ProvisionerError(
            f"the capture cannot be read: {getattr(error, 'strerror', None) or error}",
            where=str(path),
            fix="Export it again: in the browser's developer tools, Network, Export HAR.",
        ) from None
    capture.digest = f"sha256:{digest.hexdigest()}"


def _plain(file: IO[bytes], told: Callable[[bytes], object]) -> Iterator[bytes]:
    """The file's bytes in pieces, decompressed where it is a gzip file; `told` hears what the disk holds."""
    raw = _Told(file, told)
    head = file.read(2)
    file.seek(0)
    source = cast(IO[bytes], gzip.GzipFile(fileobj=cast(IO[bytes], raw)) if head == _GZIP else raw)
    size = 0
    while piece := source.read(_CHUNK):
        size += len(piece)
        if size > LARGEST_FILE:
            raise OSError("it is larger than any capture")
        yield piece


class _Told:
    """A file that tells what was read of it."""

    def __init__(self, file: IO[bytes], told: Callable[[bytes], object]) -> None:
        self._file, self._told = file, told

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._told(piece)
        return piece


def _split(pieces: Iterator[bytes], capture: Capture) -> Iterator[bytes | None]:
    """The objects of the array `entries`, told apart without parsing them."""
    scanner = _Scanner()
    for piece in pieces:
        for raw in scanner.feed(piece):
            capture.entries += 1
            if raw is None:
                capture.passed_over += 1
            yield raw
        if scanner.ended:
            return
    if not scanner.found:
        raise ProvisionerError(
            "this is no HAR: it has no list of entries",
            where=capture.name,
            fix="Export the session as HAR: in the browser's developer tools, Network, Export HAR.",
        )
    capture.notes.append("the file ends in the middle: what comes before was read")


class _Scanner:
    """Finds where objects begin and end. Keeps at most one entry, and nothing of one that is too large."""

    def __init__(self) -> None:
        self.found = False
        self.ended = False
        self._kept = b""
        self._at = 0  # where scanning goes on in `_kept`
        self._depth = 0
        self._start = -1  # of the entry in `_kept`; -1 between entries
        self._skipping = False

    def feed(self, piece: bytes) -> Iterator[bytes | None]:
        data = self._kept + piece
        if not self.found:
            begin = _ENTRIES.search(data)
            if begin is None:
                self._kept = data[-64:]
                return
            self.found, self._at = True, begin.end()
        position = self._at
        while True:
            token = _TOKEN.search(data, position)
            if token is None or token[0] == b'"':
                self._keep(data, token.start() if token else len(data), in_string=token is not None)
                return
            position = token.end()
            match token[0]:
                case b"{" | b"[":
                    if self._depth == 0:
                        self._start = token.start()
                    self._depth += 1
                case b"}" | b"]" if self._depth == 0:
                    self.ended = True
                    return
                case b"}" | b"]":
                    self._depth -= 1
                    if self._depth == 0:
                        large = self._skipping or position - self._start > LARGEST_ENTRY
                        yield None if large else data[self._start : position]
                        self._start, self._skipping = -1, False

    def _keep(self, data: bytes, at: int, *, in_string: bool) -> None:
        """Keep what the next piece needs: the entry so far, or what follows `at` where nobody will want it."""
        begin = self._start if self._depth and not self._skipping else at
        if self._depth and len(data) - begin > LARGEST_ENTRY:
            self._skipping, begin = True, at
        if in_string and self._skipping:  # of such a string only counts whether the next quote ends it
            escaped = (len(data) - len(data.rstrip(b"\\"))) % 2
            data, at, begin = b'"' + b"\\" * escaped, 0, 0
        self._start = 0 if self._depth else -1
        self._kept, self._at = data[begin:], at - begin


_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]|"', re.DOTALL)
"""A whole string, a bracket, or the beginning of a string that has not ended yet."""
