"""Rooms, what was heard of them, and files, put together by room on disk: memory does not grow with them."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from types import TracebackType
from typing import Self

from provisioner.archive.coverage.room_info import ListedRoom
from provisioner.archive.evidence.callbacks import Heard, told_at
from provisioner.archive.files.recorded import RecordedFile
from provisioner.foundation.errors import ProvisionerError

_CACHE_KIB = 16 * 1024

MOST_OF_A_ROOM = 5_000
"""Rooms, callbacks and files together that are looked at under one room's id; beyond, it is not judged."""


@dataclass(slots=True)
class RoomRecords:
    """All that is known under one room's id of an application, each kind in order of time."""

    sdk_app_id: int
    name: str
    listed: list[ListedRoom] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    files: list[RecordedFile] = field(default_factory=list)
    too_many: bool = False


class RoomStore:
    """SQLite's own temporary file, which goes with this object."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", f"cache_size = -{_CACHE_KIB}"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE known (app INTEGER, name TEXT, kind INTEGER, at REAL, blob BLOB)")
        self._database.execute("CREATE TABLE calls (app INTEGER, call TEXT, PRIMARY KEY (app, call)) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._database.close()

    def listed(self, sdk_app_id: int, rooms: Iterable[ListedRoom]) -> None:
        """Keep rooms, each once. Raises ProvisionerError on a full disk, as all that keep something do."""
        for room in rooms:
            added = self._run("INSERT OR IGNORE INTO calls VALUES (?, ?)", (sdk_app_id, room.call))
            if added:
                self._keep(sdk_app_id, room.room, 0, room.created, room)

    def heard(self, entry: Heard) -> None:
        """Keep what somebody heard."""
        self._keep(entry.sdk_app_id, entry.room, 1, told_at(entry), entry)

    def file(self, file: RecordedFile) -> None:
        """Keep a file under every room that its name may mean; one that names none is nobody's."""
        if file.sdk_app_id is None:
            return
        for room in sorted({name.room for name in file.readings}):
            self._keep(file.sdk_app_id, room, 2, file.created or _NEVER, file)

    def rooms(self) -> Iterator[RoomRecords]:
        """Everything by application and room."""
        rows = self._database.execute("SELECT app, name, kind, blob FROM known ORDER BY app, name, kind, at")
        for (app, name), group in groupby(rows, key=lambda row: (row[0], row[1])):
            found = RoomRecords(app, name)
            for number, (_, _, kind, blob) in enumerate(group):
                if number >= MOST_OF_A_ROOM:
                    found.too_many = True
                    continue
                # Ours alone, and of this process: nobody else can have written what is unpickled.
                (found.listed, found.heard, found.files)[kind].append(pickle.loads(blob))
            yield found

    def _keep(self, app: int, name: str, kind: int, at: datetime, value: object) -> None:
        blob = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        self._run("INSERT INTO known VALUES (?, ?, ?, ?, ?)", (app, name, kind, at.timestamp(), blob))

    def _run(self, statement: str, values: tuple[object, ...]) -> int:
        try:
            return self._database.execute(statement, values).rowcount
        except sqlite3.OperationalError as error:
            raise ProvisionerError(
                f"rooms cannot be put together: {error}",
                fix="Make room in the folder for temporary files, or name another in SQLITE_TMPDIR.",
            ) from None


_NEVER = datetime.fromtimestamp(0, UTC)
