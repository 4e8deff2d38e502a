"""Folders that the user names for a result of many files: there as a whole, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from provisioner.foundation.errors import ProvisionerError, UsageError

MARK = ".provisioner-output"
"""Stands in every such folder: what carries it may be replaced, and nothing else."""


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` (by path below `folder`) in place of what an earlier run left there. Raises ProvisionerError."""
    try:
        folder = folder.resolve()
        if folder.exists() and not _is_ours(folder):
            raise UsageError(
                "is no folder that this tool has written, so it is left alone",
                where=str(folder),
                fix="Name a folder that is not there yet.",
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
            whole, old = Path(scratch) / "new", Path(scratch) / "old"
            for path, data in {MARK: b"", **files}.items():
                file = whole / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
            if folder.exists():
                folder.rename(old)
            whole.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        where = str(folder)
        raise ProvisionerError(f"cannot be written: {error.strerror or error}", where=where) from None


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MARK).is_file() or not any(folder.iterdir()))
