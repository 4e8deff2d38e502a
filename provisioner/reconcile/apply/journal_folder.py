"""A journal in a folder: one file a run, fsynced after each line.

A kill leaves at most one torn line at the end of a file, which readers pass over.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.named_files import open_regular
from provisioner.reconcile.apply.journal import unwritable


class FolderStore:
    """The runs below `folder`, which is made when the first one begins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, run: str) -> FileSink:
        """A new file."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return FileSink(self._folder / f"{run}.jsonl")
        except OSError as error:
            raise unwritable(str(self._folder), error.strerror or str(error)) from error

    def runs(self) -> Iterator[tuple[str, str]]:
        """Every file's stem and text."""
        try:
            for file in sorted(self._folder.glob("*.jsonl")):
                with open_regular(file, str(file)) as stream:
                    yield file.stem, stream.read().decode("utf-8", "replace")
        except OSError as error:
            raise ProvisionerError(
                f"the journal cannot be read: {error.strerror or error}", where=str(self._folder)
            ) from error


class FileSink:
    """One run's file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._broken = False
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL | os.O_CLOEXEC, 0o600)
        _sync_folder(path.parent)

    def add(self, line: bytes) -> None:
        """Append and fsync."""
        with self._lock:
            if self._broken:  # a line behind a torn one would be torn as well
                raise unwritable(str(self._path), "an earlier entry failed")
            self._broken = True
            try:
                while line:  # a disk that is nearly full takes a part
                    line = line[os.write(self._descriptor, line) :]
                os.fsync(self._descriptor)
            except OSError as error:
                raise unwritable(str(self._path), error.strerror or str(error)) from error
            self._broken = False

    def close(self) -> None:
        """Nothing is left to be written."""
        os.close(self._descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
