"""Any number of files in order of rooms and calls, in a memory that does not grow with them."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from provisioner.archive.files.recorded import RecordedFile
from provisioner.foundation.errors import ProvisionerError

_CACHE_KIB = 8 * 1024
_COLUMNS = "room, task, created, user, track, extension, part, file"

_UNRECOGNIZED = "unrecognized"
"""Sorts behind every application's number."""


class Spool:
    """Files put into order on disk: SQLite's own temporary file, which goes with this object."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        # Nobody else sees it, and nothing of it outlives the process: there is no need to be able to roll back.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", f"cache_size = -{_CACHE_KIB}"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(f"CREATE TABLE files ({_COLUMNS})")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._database.close()

    def fill(self, files: Iterable[RecordedFile]) -> None:
        """Put files there. What came before `files` raises an error stays. Raises ProvisionerError on a full disk."""
        insert = f"INSERT INTO files ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        try:
            self._database.executemany(insert, map(_row, files))
        except sqlite3.OperationalError as error:
            raise ProvisionerError(
                f"the files cannot be put into order: {error}",
                fix="Make room in the folder for temporary files, or name another in SQLITE_TMPDIR.",
            ) from None

    def files(self) -> Iterator[RecordedFile]:
        """Rooms by application, number, then name; in a room call by call as they ended; unrecognized names last."""
        rows = self._database.execute(
            "SELECT file FROM (SELECT *, min(created) OVER (PARTITION BY room, task) AS call FROM files)"
            " ORDER BY room, call, task, user, track, extension, part, created"
        )
        # Ours alone, and of this process: nobody else can have written what is unpickled.
        return (pickle.loads(file) for (file,) in rows)


def _row(file: RecordedFile) -> tuple[str | int | bytes, ...]:
    created = file.created.isoformat() if file.created else ""
    task, name, blob = file.task or "", file.name, pickle.dumps(file, pickle.HIGHEST_PROTOCOL)
    if name is None:
        return _UNRECOGNIZED, "", created, "", "", "", file.key, blob
    # The number of digits first: room 9 comes before room 10.
    room = f"1{len(name.room):02d}{name.room}" if name.numbered else f"2{name.room}"
    room = f"{name.sdk_app_id:010d}{room}"
    part = name.index or (name.started.isoformat() if name.started else 0)
    return room, task, created, name.user or "", name.track or "", name.extension, part, blob
