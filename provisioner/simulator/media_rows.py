"""Recorded files as rows, and how VOD searches them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.recording.file_names import RecordedPath
from provisioner.recording.limits import SEARCH_WINDOW
from provisioner.simulator.calls.events import Room
from provisioner.simulator.calls.files import SimulatedFile
from provisioner.simulator.calls.recipe import RecipeStorage
from provisioner.simulator.database import Database

_FIRST_FILE_ID = 5_285_890_800_000_000_000
_COLUMNS = (
    "task_id, vendor, sub_app_id, sdk_app_id, room_id, name, path, extension, category, created_at, expires_at,"
    " class_id, region, details"
)
_NAMES = _COLUMNS.replace(" ", "").split(",")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file where it was stored. `vendor` is vod, cos or s3; `path` includes the folders of a bucket.

    Times are epoch seconds; `expires_at` None is never. `category` is Video or Audio. `details` holds what was
    recorded: seconds, size, users, began_at, width, height, video_bps, audio_bps, context.
    """

    task_id: str
    vendor: str
    sub_app_id: int | None
    sdk_app_id: int
    room_id: str
    name: str
    path: str
    extension: str
    category: str
    created_at: float
    expires_at: float | None
    class_id: int = 0
    region: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    file_id: str = ""

    @classmethod
    def of(cls, file: SimulatedFile, task_id: str, room: Room, storage: RecipeStorage, created_at: float) -> StoredFile:
        """What a recording leaves in `storage` at `created_at`."""
        path = str(file.name) if storage.vendor == "vod" else str(RecordedPath(task_id, file.name, storage.folders))
        width, height = file.picture or (0, 0)
        return cls(
            task_id,
            storage.vendor,
            storage.sub_app_id,
            room.sdk_app_id,
            room.room_id,
            str(file.name),
            path,
            file.name.extension,
            "Video" if file.picture else "Audio",
            created_at,
            created_at + storage.expires if storage.expires else None,
            storage.class_id,
            storage.region,
            {
                "seconds": file.seconds,
                "size": file.size,
                "users": list(file.users),
                "began_at": file.began_at,
                "width": width,
                "height": height,
                "video_bps": file.video_bps,
                "audio_bps": file.audio_bps,
                "context": storage.context,
            },
        )


@dataclass(frozen=True, slots=True)
class MediaSearch:
    """What VOD is asked for; every criterion that is not None must hold, and any of its values will do.

    `at` is the moment of the search: expired files and those of later are not found. Times are inclusive.
    """

    at: float
    sub_app_id: int | None = None
    file_ids: tuple[str, ...] | None = None
    prefixes: tuple[str, ...] | None = None
    parts: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    extensions: tuple[str, ...] | None = None
    class_ids: tuple[int, ...] | None = None
    regions: tuple[str, ...] | None = None
    sdk_app_ids: tuple[int, ...] | None = None
    room_ids: tuple[str, ...] | None = None
    created: tuple[float, float] | None = None
    expires: tuple[float, float] | None = None
    ascending: bool = False

    def condition(self) -> tuple[str, list[object]]:
        """The search as a SQL condition and its values."""
        clauses = ["vendor = 'vod'", "sub_app_id IS ?", "created_at <= ?", "(expires_at IS NULL OR expires_at > ?)"]
        values: list[object] = [self.sub_app_id, self.at, self.at]

        def anyof(clause: str, wanted: Iterable[object] | None) -> None:
            if wanted is not None:
                wanted = list(wanted)
                clauses.append(f"({' OR '.join([clause] * len(wanted)) or 'FALSE'})")
                values.extend(wanted)

        if self.prefixes is not None:
            ranges = " OR ".join(["(name >= ? AND name < ?)"] * len(self.prefixes)) or "FALSE"
            clauses.append(f"({ranges})")
            values.extend(bound for prefix in self.prefixes for bound in (prefix, prefix + "\U0010ffff"))
        for moments, column in ((self.created, "created_at"), (self.expires, "expires_at")):
            if moments is not None:
                clauses.append(f"({column} BETWEEN ? AND ?)")
                values.extend(moments)
        anyof("file_id = ?", None if self.file_ids is None else [_row_id(file_id) for file_id in self.file_ids])
        anyof("instr(lower(name), lower(?)) > 0", self.parts)
        anyof("category = ?", self.categories)
        anyof("extension = ?", self.extensions)
        anyof("class_id = ?", self.class_ids)
        anyof("region = ?", self.regions)
        anyof("sdk_app_id = ?", self.sdk_app_ids)
        anyof("room_id = ?", self.room_ids)
        return " AND ".join(clauses), values


class MediaLibrary:
    """The recorded files of one state file. `settle` brings recordings up to date before anything is looked up."""

    def __init__(self, database: Database, settle: Callable[[], None]) -> None:
        self._database = database
        self._settle = settle

    def add(self, files: Iterable[StoredFile]) -> None:
        """Put files there that no call left behind: a large account, an unrecognized name. Their file ids are new."""
        with self._database.writing() as connection:
            insert(connection, files)

    def search(self, search: MediaSearch, offset: int = 0, limit: int = 10) -> tuple[int, list[StoredFile]]:
        """How many files there are in VOD, counted up to SEARCH_WINDOW, and one page of them by time of creation."""
        condition, values = search.condition()
        order = "ASC" if search.ascending else "DESC"
        count = f"SELECT count(*) FROM (SELECT 1 FROM files WHERE {condition} LIMIT {SEARCH_WINDOW})"
        page = (
            f"SELECT file_id, {_COLUMNS} FROM files WHERE {condition}"
            f" ORDER BY created_at {order}, file_id {order} LIMIT ? OFFSET ?"
        )
        self._settle()
        with self._database.reading() as connection:
            (total,) = connection.execute(count, values).fetchone()
            return total, [_from_row(row) for row in connection.execute(page, [*values, limit, offset])]

    def files(self, sdk_app_id: int | None = None) -> list[StoredFile]:
        """All files wherever they were stored, of one application or of all, in order of creation."""
        query = f"SELECT file_id, {_COLUMNS} FROM files WHERE ? IS NULL OR sdk_app_id = ? ORDER BY created_at, file_id"
        self._settle()
        with self._database.reading() as connection:
            return [_from_row(row) for row in connection.execute(query, (sdk_app_id, sdk_app_id))]


def insert(connection: sqlite3.Connection, files: Iterable[StoredFile]) -> list[StoredFile]:
    """Store files, and answer them with their ids."""
    statement = f"INSERT INTO files ({_COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))})"
    numbered = ((file, connection.execute(statement, _row(file)).lastrowid or 0) for file in files)
    return [replace(file, file_id=str(_FIRST_FILE_ID + number)) for file, number in numbered]


def _row(file: StoredFile) -> list[object]:
    return [*(getattr(file, name) for name in _NAMES[:-1]), json.dumps(file.details)]


def _from_row(row: tuple[Any, ...]) -> StoredFile:
    file_id, *plain, details = row
    members = dict(zip(_NAMES[:-1], plain, strict=True))
    return StoredFile(**members, details=json.loads(details), file_id=str(_FIRST_FILE_ID + file_id))


def _row_id(file_id: str) -> int:
    return int(file_id) - _FIRST_FILE_ID if file_id.isdecimal() and len(file_id) < 20 else 0
