"""Files that are either wholly written or not touched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from provisioner.foundation.errors import ProvisionerError


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`: write beside it, fsync, rename, fsync the folder.

    A kill at any point leaves the old file or the new one. The mode of an existing file is kept.
    Raises ProvisionerError where the folder cannot be written.
    """
    with _written_beside(path, data) as scratch:
        scratch.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        scratch.replace(path)


def create_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` where nothing is yet; a kill at any point leaves the whole file or none.

    Raises ProvisionerError where `path` exists, whoever made it and however late, or the folder cannot be written.
    """
    with _written_beside(path, data) as scratch:
        scratch.chmod(0o644)
        try:
            path.hardlink_to(scratch)
        except FileExistsError:
            raise ProvisionerError("exists already; it is never overwritten", where=str(path)) from None


def create_all(root: Path, documents: Mapping[str, bytes]) -> None:
    """Write all documents (by path below `root`), in their order, or none where one exists or cannot be written.

    A kill leaves those written so far, each whole. Raises ProvisionerError.
    """
    created: list[Path] = []
    try:
        for file, data in documents.items():
            create_atomically(root / file, data)
            created.append(root / file)
    except BaseException:
        for path in created:
            path.unlink()
            with suppress(OSError):
                path.parent.rmdir()  # a folder that only this call has made; one that holds more stays
        raise


@contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    """A file with `data` in the folder of `path`, synced with its folder afterwards; what is left of it goes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise ProvisionerError(
            f"cannot be written: {error.strerror or error}",
            where=str(path),
            fix="Check the folder's permissions and free space; the old content is untouched.",
        ) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
