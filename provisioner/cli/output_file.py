"""Files that the user names for a result: written whole where they are files, written through where they are not."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.files import write_atomically

Callback = TypeVar("Callback", bound=Callable[..., Any])

_STDOUT, _STDERR = 1, 2
_DESCRIPTORS = (Path("/proc"), Path("/dev"))
"""Folders of which a link may lead to a file that somebody holds open: to replace it would cut them off."""
_LINKS = 40
"""As many in a row as Linux follows."""
_CIRCLE = "its links lead in a circle"


def output_option(flag: str, *names: str, about: str) -> Callable[[Callback], Callback]:
    """An option that names a file to write."""
    return click.option(flag, *names, metavar="FILE", type=click.Path(path_type=Path), help=about)


metrics_option = output_option("--metrics", about="Leave gauges for Prometheus's textfile collector; - is stdout.")


def on_stdout(path: Path | None) -> bool:
    """Whether `path` is this process's stdout, however it is written: then nothing else belongs there."""
    return path is not None and _stream(path) == _STDOUT


def write_output(path: Path, data: bytes) -> None:
    """Write `data` to what `path` names, as a whole.

    A regular file is replaced at once, behind any links, and keeps its mode. A pipe, a device and whatever this
    process holds open are written to. Raises ProvisionerError where it cannot be written.
    """
    descriptor = _stream(path)
    try:
        if descriptor is not None:
            click.echo(data, nl=False, err=descriptor != _STDOUT)
        elif (file := _replaceable(path)) is not None:
            write_atomically(file, data)
        else:
            _write_through(path, data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from None
    except RuntimeError:  # so Python before 3.13 tells of links in a circle
        raise _unwritable(path, _CIRCLE) from None


def _stream(path: Path) -> int | None:
    """Which of our own streams `path` is."""
    if str(path) == "-":
        return _STDOUT
    for descriptor in (_STDOUT, _STDERR):
        with suppress(OSError):
            if os.path.samestat(path.stat(), os.fstat(descriptor)):
                return descriptor
    return None


def _replaceable(path: Path) -> Path | None:
    """The regular file that `path` leads to, or that is to be there; None for what is written through."""
    place = path
    for _ in range(_LINKS):
        folder = place.parent.resolve()
        if any(folder == root or root in folder.parents for root in _DESCRIPTORS):
            return None
        if not folder.is_dir():
            raise _unwritable(path, f"there is no folder {folder}", "Make the folder first, or correct the path.")
        place = folder / place.name
        if not place.is_symlink():
            break
        place = folder / place.readlink()
    else:
        raise _unwritable(path, _CIRCLE)
    if place.is_dir():
        raise _unwritable(path, "is a folder", "Name a file in it.")
    return place if not place.exists() or place.is_file() else None


def _write_through(path: Path, data: bytes) -> None:
    """Into what is there; nothing is created or cut off."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOCTTY)
    with os.fdopen(descriptor, "wb") as stream:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            stream.seek(0, os.SEEK_END)
        stream.write(data)


def _unwritable(path: Path, why: str, fix: str | None = None) -> ProvisionerError:
    return ProvisionerError(f"cannot be written: {why}", where=str(path), fix=fix)
