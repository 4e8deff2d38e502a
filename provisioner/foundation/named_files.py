"""Files that a spec names by a path: of the project or of a folder that the process allows, regular, and small.

A pull request writes the path, and the job that holds the keys reads it: no path may reach what the project does not
hold, block on a pipe, read a device without end, or bring a file's content into a message.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import excerpt

MOST_BYTES = 64 << 10
"""Of a file that a spec names."""

ALLOWED = "TRTC_ALLOWED_FOLDERS"
"""The variable that names folders beside the project, as PATH does: mounted secrets, for example."""


class NamedFileError(ProvisionerError):
    """A file that may not be read, or cannot be. `reason` never holds a word of its content."""

    def __init__(self, name: str, reason: str, fix: str | None = None) -> None:
        super().__init__(reason, where=excerpt(name), fix=fix)
        self.reason = reason


def named_path(root: Path, name: str, variables: Mapping[str, str] = os.environ) -> Path:
    """Where the file that a spec calls `name` lies, links resolved. Raises NamedFileError outside of what is allowed.

    A file that is not there is no error yet: whoever opens it says so.
    """
    path = _inside(root, name, variables)
    if path.exists() and not path.is_file():
        raise NamedFileError(name, "is no regular file")
    return path


def _inside(root: Path, name: str, variables: Mapping[str, str]) -> Path:
    try:
        path = (root / name).resolve()
        allowed = [Path(folder).resolve() for folder in variables.get(ALLOWED, "").split(os.pathsep) if folder]
        inside = any(path.is_relative_to(folder) for folder in (root.resolve(), *allowed))
    except (OSError, RuntimeError, ValueError):
        raise NamedFileError(name, "is no path") from None
    if not inside:
        raise NamedFileError(
            name, "lies outside of the project", f"Move it into the project, or name its folder in {ALLOWED}."
        )
    return path


def named_folder(root: Path, name: str, variables: Mapping[str, str] = os.environ) -> Path:
    """The same for a folder, which may not be there yet. Raises NamedFileError."""
    return _inside(root, name, variables)


def read_named(root: Path, name: str, variables: Mapping[str, str] = os.environ) -> bytes:
    """The bytes of a file that a spec names. Raises NamedFileError."""
    return read_regular(named_path(root, name, variables), name)


def read_regular(path: Path, name: str) -> bytes:
    """The bytes of a regular file of at most MOST_BYTES, which messages call `name`. Raises NamedFileError."""
    try:
        with open_regular(path, name) as stream:
            data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise NamedFileError(name, f"cannot be read: {getattr(error, 'strerror', None) or 'no path'}") from None
    if len(data) > MOST_BYTES:
        raise NamedFileError(name, f"is larger than {MOST_BYTES >> 10} KiB")
    return data


def declares(data: bytes, kind: str) -> bool:
    """Whether a file says that it is a document of a kind: of any other, messages about it might show its content."""
    return re.search(rb"""(?m)(^|[{,])[ ]*["']?kind["']?:[ ]*["']?%b\b""" % re.escape(kind.encode()), data) is not None


def open_regular(path: Path, name: str) -> BinaryIO:
    """A regular file of any size, opened to be read. Raises NamedFileError for what is none, OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would wait for a writer
    stream = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        stream.close()
        raise NamedFileError(name, "is no regular file")
    return stream
