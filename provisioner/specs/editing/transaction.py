"""Several spec files written as one: a write-ahead log says first what is about to be written.

The log holds each file's digest before, and its content after. It is on the disk before the first file changes and
gone after the last, so a kill at any point leaves either no log, or one that the next command finishes; where nothing
was written yet, it is dropped, and the command is run again. No file is replaced that is not as it was when the change
was prepared, and none is created where somebody else has put one meanwhile.

Whoever opens a stranger's branch may find a stranger's log: it is read like any hostile file, and can name nothing but
places of spec files.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.foundation.files import create_file
from provisioner.foundation.text_safety import excerpt
from provisioner.specs.layout import STATE, WRITE_LOCK, WRITE_LOG, is_written_by_commands

MOST_BYTES = 256 << 20
"""Of a log: some 100,000 applications' files."""

_VERSION = 1
_SECONDS = 10
"""How long a command waits for another that writes: writing takes milliseconds, a disk may take longer."""

_AGAIN = "Nothing was written. Run the command again."


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a file held when the change was prepared, and what it shall hold; None is no file."""

    before: bytes | None
    after: bytes | None


FileChanges = Mapping[str, FileChange]
"""By path below the project's root."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a command that was cut off: the files that it was writing, and whether they are written now."""

    command: str
    files: tuple[str, ...]
    written: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """One entry of the log; `before` and the digest of `after` as they stand in it."""

    path: str
    before: str | None
    after: bytes | None


def created(documents: Mapping[str, bytes]) -> dict[str, FileChange]:
    """New files, where nothing may be yet."""
    return {path: FileChange(None, data) for path, data in documents.items()}


def contents(changes: FileChanges) -> dict[str, bytes]:
    """What the files hold that are there afterwards."""
    return {path: change.after for path, change in changes.items() if change.after is not None}


def reverted(changes: FileChanges) -> dict[str, FileChange]:
    """What takes `changes` back."""
    return {path: FileChange(change.after, change.before) for path, change in changes.items()}


def write_together(root: Path, changes: FileChanges, command: str) -> None:
    """Make all `changes`, in their order, or none of them; `command` is for whoever finds the log after a kill.

    Raises ConflictError where a file is not as it was when the change was prepared, or where another command writes
    or was cut off; ProvisionerError where a file cannot be written. All files are then as they were before.
    """
    wanted = {path: change for path, change in changes.items() if change.before != change.after}
    if not wanted:
        return
    places = {path: _place(root, path) for path in wanted}
    with _locked(root):
        if is_unfinished(root):
            raise ConflictError(
                "another command was cut off while it wrote",
                where=WRITE_LOG,
                fix="`provisioner validate --fix` finishes it. Then run this again.",
            )
        for path, change in wanted.items():
            _require(path, places[path], _digest(change.before))
        made = _missing_folders(places.values())
        _begin(root, wanted, command)
        try:
            for path, change in wanted.items():
                _write(path, places[path], _digest(change.before), change.after)
            _sync(places.values())
        except BaseException:
            _take_back(wanted, places, made)
            _end(root)
            raise
        _end(root)


def is_unfinished(root: Path) -> bool:
    """Whether a command writes, or was cut off while it wrote: what lies there may be half of something."""
    return os.path.lexists(root / WRITE_LOG)


def recover(root: Path) -> Recovered | None:
    """Finish what a killed command was writing; None where there is nothing to finish.

    Raises ConflictError where a file is neither as it was nor as it was to become: somebody has to decide.
    ProvisionerError for a log that no command has written.
    """
    if not is_unfinished(root) and not _draft_of_log(root).exists():
        return None
    with _locked(root):
        if not is_unfinished(root):
            _draft_of_log(root).unlink(missing_ok=True)  # killed before the log was one: nothing was to be written yet
            return None
        command, steps = _read_log(root)
        places = {step.path: _place(root, step.path) for step in steps}
        for place in places.values():
            _scratch(place).unlink(missing_ok=True)
        found = {step.path: _digest(_content(places[step.path])) for step in steps}
        if strange := [step for step in steps if found[step.path] not in (step.before, _digest(step.after))]:
            raise ConflictError(
                f"was changed after `{command}` had been cut off, which was writing it with {len(steps) - 1} more",
                where=strange[0].path,
                fix=f"See `git diff`, bring all of them to what they shall be, then delete {WRITE_LOG}.",
            )
        begun = any(found[step.path] == _digest(step.after) for step in steps)
        for step in steps if begun else ():
            if found[step.path] != _digest(step.after):
                _write(step.path, places[step.path], step.before, step.after)
        _sync(places.values())
        _end(root)
    return Recovered(command, tuple(places), begun)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """One command writes at a time; the operating system takes the lock from a process that ends."""
    folder = root / STATE
    try:
        folder.mkdir(exist_ok=True)
        if not folder.resolve().is_relative_to(root.resolve()):
            raise ProvisionerError("is a link that leaves the project; nothing was written", where=STATE)
        lock = FileLock(root / WRITE_LOCK)
        lock.acquire(timeout=_SECONDS)
    except Timeout:
        raise ConflictError("another command is writing specs", where=WRITE_LOCK, fix=_AGAIN) from None
    except OSError as error:
        raise _unwritable(STATE, error) from None
    try:
        yield
    finally:
        lock.release()


def _begin(root: Path, changes: FileChanges, command: str) -> None:
    """The log, on the disk."""
    entries = [
        {
            "path": path,
            "before": _digest(change.before),
            "after": _digest(change.after),
            "content": None if change.after is None else base64.b64encode(change.after).decode(),
        }
        for path, change in changes.items()
    ]
    data = json.dumps({"logVersion": _VERSION, "command": command, "files": entries}).encode()
    if len(data) > MOST_BYTES:
        raise ProvisionerError(f"more than {MOST_BYTES >> 20} MiB to write at once", fix="Name fewer applications.")
    try:
        draft = _draft_of_log(root)
        draft.unlink(missing_ok=True)
        create_file(draft, data, 0o600)
        draft.replace(root / WRITE_LOG)
        _sync([root / WRITE_LOG])
    except (OSError, ProvisionerError) as error:
        for left in (_draft_of_log(root), root / WRITE_LOG):
            with suppress(OSError):
                left.unlink()
        if isinstance(error, OSError):
            raise _unwritable(WRITE_LOG, error) from None
        raise


def _end(root: Path) -> None:
    try:
        (root / WRITE_LOG).unlink()
        _sync([root / WRITE_LOG])
    except OSError as error:
        raise ProvisionerError(
            f"cannot be removed: {error.strerror or error}",
            where=WRITE_LOG,
            fix="Check permissions. Nothing else is left to do: `provisioner validate --fix` removes it.",
        ) from None


def _write(path: str, place: Path, before: str | None, after: bytes | None) -> None:
    """Bring one file from `before`, a digest, to `after`. A kill leaves the one or the other. Raises ConflictError."""
    scratch = _scratch(place)
    try:
        if after is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            scratch.unlink(missing_ok=True)
            create_file(scratch, after, place.stat().st_mode & 0o777 if before is not None and place.exists() else None)
        _require(path, place, before)
        if after is None:
            place.unlink()
            with suppress(OSError):
                place.parent.rmdir()  # Git knows no empty folders
        elif before is None:
            os.link(scratch, place)  # unlike a rename, never over what has appeared this moment
        else:
            scratch.replace(place)
    except FileExistsError:
        raise _appeared(path) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)


def _take_back(changes: FileChanges, places: Mapping[str, Path], made: list[Path]) -> None:
    """Every file that this run has changed is as before; what somebody else has changed since stays."""
    for path, change in changes.items():
        if change.before != change.after and _digest(_content(places[path])) == _digest(change.after):
            _write(path, places[path], _digest(change.after), change.before)
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()
    _sync(places.values())


def _require(path: str, place: Path, digest: str | None) -> None:
    now = _content(place)
    if _digest(now) == digest:
        return
    if digest is None:
        raise _appeared(path)
    gone = "was deleted" if now is None else "was changed"
    raise ConflictError(f"{gone} meanwhile; nothing was written", where=path, fix="Run the command again.")


def _appeared(path: str) -> ConflictError:
    return ConflictError("exists already; it is never overwritten, and nothing was written", where=path)


def _unwritable(path: str, error: OSError) -> ProvisionerError:
    return ProvisionerError(
        f"cannot be written: {error.strerror or error}",
        where=path,
        fix="Check permissions and free space, then run the command again: it is done as a whole, or not at all.",
    )


def _place(root: Path, path: str) -> Path:
    """Where a file lies, links followed. Raises ProvisionerError for what no command writes."""
    if not is_written_by_commands(path):
        raise ProvisionerError(f"{WRITE_LOG} names a file that no command writes", where=excerpt(path), fix=_NOT_OURS)
    try:
        top, place = root.resolve(), (root / path).resolve()
    except (OSError, RuntimeError):
        raise ProvisionerError("cannot be written: its links lead in a circle", where=path) from None
    if not place.is_relative_to(top) or ".git" in place.relative_to(top).parts:
        raise ProvisionerError("lies behind a link that leaves the specs; nothing was written", where=path)
    return place


_NOT_OURS = f"No command has written this log. Delete {WRITE_LOG}, and look at `git status` before you go on."


def _read_log(root: Path) -> tuple[str, list[_Step]]:
    """Raises ProvisionerError where it is nothing that `_begin` wrote."""
    try:
        descriptor = os.open(root / WRITE_LOG, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
                raise ValueError("no regular file of a log's size")
            document = json.loads(stream.read(MOST_BYTES))
        if document["logVersion"] != _VERSION:
            raise ValueError("another version")
        steps = [_step(**entry) for entry in document["files"]]
        if not steps or len({step.path for step in steps}) != len(steps):
            raise ValueError("no files, or one twice")
        return excerpt("provisioner " + document["command"].removeprefix("provisioner ")), steps
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise ProvisionerError("is no log that can be read", where=WRITE_LOG, fix=_NOT_OURS) from None


def _step(path: Any, before: Any, after: Any, content: Any) -> _Step:
    data = None if content is None else base64.b64decode(content, validate=True)
    if not isinstance(path, str) or not isinstance(before, str | None) or _digest(data) != after:
        raise ValueError("a file's content is not what its digest says")
    return _Step(path, before, data)


def _digest(data: bytes | None) -> str | None:
    return None if data is None else f"sha256:{hashlib.sha256(data).hexdigest()}"


def _content(place: Path) -> bytes | None:
    try:
        if not stat.S_ISREG(place.lstat().st_mode):
            raise ProvisionerError("is no regular file; nothing was written", where=str(place))
        return place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(str(place), error) from None


def _scratch(place: Path) -> Path:
    """Where a file's new content is written first: a name that recovery knows, so that none is left behind."""
    return place.with_name(f".{place.name}.provisioner")


def _draft_of_log(root: Path) -> Path:
    return root / f"{WRITE_LOG}.new"


def _missing_folders(places: Iterable[Path]) -> list[Path]:
    """Folders that are about to be made, outermost first."""
    above = {folder for place in places for folder in place.parents if not folder.exists()}
    return sorted(above, key=lambda folder: len(folder.parts))


def _sync(places: Iterable[Path]) -> None:
    """The folders' own entries, on the disk; a folder that is gone was an entry of the next above."""
    for folder in {next(above for above in place.parents if above.is_dir()) for place in places}:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise _unwritable(str(folder), error) from None
        finally:
            os.close(descriptor)
