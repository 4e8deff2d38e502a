"""Files that are either wholly written or not touched."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from provisioner.foundation.errors import ProvisionerError


def write_atomically(path: Path, data: bytes, mode: int | None = None) -> None:
    """Replace `path` by `data`: write beside it, fsync, rename, fsync the folder.

    A kill at any point leaves the old file or the new one. The mode of an existing file is kept; a new one gets
    `mode`, or what the umask leaves of 0666. Raises ProvisionerError where the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            create_file(scratch, data, path.stat().st_mode & 0o777 if path.exists() else mode)
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise ProvisionerError(
            f"cannot be written: {error.strerror or error}",
            where=str(path),
            fix="Check the folder's permissions and free space; the old content is untouched.",
        ) from error


def create_file(path: Path, data: bytes, mode: int | None = None) -> None:
    """A file that was not there, fsynced: with exactly this mode, or what the umask leaves of 0666. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o666 if mode is None else mode)
    with os.fdopen(descriptor, "wb") as stream:
        if mode is not None:
            os.fchmod(descriptor, mode)
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
