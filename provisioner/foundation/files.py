"""Files that are either wholly written or not touched."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from provisioner.foundation.errors import ProvisionerError


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`: write beside it, fsync, rename, fsync the folder.

    A kill at any point leaves the old file or the new one. The mode of an existing file is kept.
    Raises ProvisionerError where the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        scratch = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            scratch.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
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


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
