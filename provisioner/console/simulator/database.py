"""The SQLite file behind the console: opening it safely from several processes, and its transactions."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from provisioner.foundation.errors import ProvisionerError

BUSY_SECONDS = 5.0
"""How long a call waits for another process's write; the service itself gives up after 6 s."""

_APPLICATIONS = (
    """CREATE TABLE applications (
        sdk_app_id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        generation TEXT NOT NULL CHECK (generation IN ('new', 'old')),
        enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
        mode TEXT NOT NULL CHECK (mode IN ('manual', 'auto')),
        template TEXT,
        changed_at REAL,
        created_at REAL NOT NULL
    )""",
    "CREATE TABLE buckets (action TEXT PRIMARY KEY, tokens REAL NOT NULL, filled_at REAL NOT NULL)",
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    "INSERT INTO counters VALUES ('accepted_writes', 0)",
)

_CALLS = (
    """CREATE TABLE configurations (
        sdk_app_id INTEGER NOT NULL,
        version INTEGER NOT NULL,
        changed_at REAL,
        effective_at REAL NOT NULL,
        enabled INTEGER NOT NULL,
        mode TEXT NOT NULL,
        template TEXT,
        PRIMARY KEY (sdk_app_id, version)
    ) WITHOUT ROWID""",
    """INSERT INTO configurations
        SELECT sdk_app_id, 0, changed_at, COALESCE(changed_at, created_at), enabled, mode, template
        FROM applications""",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE faults (
        id INTEGER PRIMARY KEY,
        fault TEXT NOT NULL,
        drawn INTEGER NOT NULL DEFAULT 0,
        struck INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        sdk_app_id INTEGER NOT NULL,
        room_id TEXT NOT NULL,
        numbered INTEGER NOT NULL,
        template TEXT,
        settled INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX rooms_by_name ON rooms (sdk_app_id, room_id, numbered)",
    "CREATE INDEX unsettled_rooms ON rooms (sdk_app_id) WHERE NOT settled",
    """CREATE TABLE room_events (
        room INTEGER NOT NULL,
        position INTEGER NOT NULL,
        event TEXT NOT NULL,
        PRIMARY KEY (room, position)
    ) WITHOUT ROWID""",
    """CREATE TABLE tasks (
        task_id TEXT PRIMARY KEY,
        sdk_app_id INTEGER NOT NULL,
        room_id TEXT NOT NULL,
        numbered INTEGER NOT NULL,
        room INTEGER,
        recipe INTEGER,
        take INTEGER,
        robot TEXT,
        parameters TEXT,
        revisions TEXT NOT NULL DEFAULT '[]',
        started_at REAL NOT NULL,
        stop_at REAL,
        stop_code INTEGER,
        expires_at REAL,
        ended_at REAL,
        code INTEGER,
        UNIQUE (room, recipe, take)
    )""",
    "CREATE INDEX running_tasks ON tasks (sdk_app_id) WHERE ended_at IS NULL",
    "CREATE INDEX tasks_by_room ON tasks (sdk_app_id, room_id, numbered)",
    """CREATE TABLE files (
        file_id INTEGER PRIMARY KEY,
        task_id TEXT NOT NULL,
        vendor TEXT NOT NULL,
        sub_app_id INTEGER,
        sdk_app_id INTEGER NOT NULL,
        room_id TEXT NOT NULL,
        name TEXT NOT NULL,
        path TEXT NOT NULL,
        extension TEXT NOT NULL,
        category TEXT NOT NULL,
        created_at REAL NOT NULL,
        expires_at REAL,
        class_id INTEGER NOT NULL,
        region TEXT NOT NULL,
        details TEXT NOT NULL
    )""",
    "CREATE INDEX files_by_time ON files (created_at)",
    "CREATE INDEX files_by_name ON files (name)",
    """CREATE TABLE usage (
        slot INTEGER NOT NULL,
        sdk_app_id INTEGER NOT NULL,
        mixed INTEGER NOT NULL,
        tier TEXT NOT NULL,
        seconds REAL NOT NULL,
        PRIMARY KEY (slot, sdk_app_id, mixed, tier)
    ) WITHOUT ROWID""",
)

_VERSIONS = (_APPLICATIONS, _CALLS)
"""What each version of the file adds to the one before."""


class Database:
    """One open file. Threads may share it, processes open their own; it does not survive a fork.

    Raises ProvisionerError where the file cannot be opened or is not a console's.
    """

    def __init__(self, path: Path) -> None:
        try:
            _create_private(path)
            self._durable = _Connection(path, "FULL")
            # Losing a token to a power cut is harmless and an fsync for every call is not, hence a second
            # connection. NORMAL still syncs before a checkpoint, so it cannot damage the file.
            self._quick = _Connection(path, "NORMAL")
            with self._durable.transaction("IMMEDIATE") as connection:
                _migrate(connection, path)
        except (OSError, sqlite3.Error) as error:
            raise ProvisionerError(
                f"cannot be opened as the embedded console's state: {error}",
                where=str(path),
                fix="Check the folder's permissions; deleting the file starts the console afresh.",
            ) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A consistent view of the file."""
        with self._durable.transaction("DEFERRED") as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """A write transaction, committed when the block ends and undone when it raises.

        It takes the write lock first, so that what the block reads is still true when it writes. Durable
        means on the disk when the block has ended; otherwise a power cut may undo it, never a killed process.
        """
        with (self._durable if durable else self._quick).transaction("IMMEDIATE") as connection:
            yield connection

    def setting(self, name: str) -> str | None:
        """A setting that everybody on the file shares."""
        with self.reading() as connection:
            row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

    def close(self) -> None:
        """Release the file; closing twice is fine."""
        self._durable.close()
        self._quick.close()


def count_accepted_write(connection: sqlite3.Connection) -> None:
    """One more write that came over the wire was accepted."""
    connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'accepted_writes'")


class _Connection:
    """A SQLite connection and the lock that lets threads take turns on it."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self._lock = threading.RLock()
        self._sqlite = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._sqlite.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        _use_write_ahead_log(self._sqlite)
        self._sqlite.execute(f"PRAGMA synchronous = {synchronous}")

    @contextmanager
    def transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._sqlite.execute(f"BEGIN {kind}")
            try:
                yield self._sqlite
                self._sqlite.execute("COMMIT")
            except BaseException:
                # After some errors (disk full) SQLite has rolled back already; do not mask them by a second.
                with suppress(sqlite3.OperationalError):
                    self._sqlite.execute("ROLLBACK")
                raise

    def close(self) -> None:
        with self._lock:
            self._sqlite.close()


def _create_private(path: Path) -> None:
    """Templates hold secrets: only the owner reads the file, and the log that SQLite keeps beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # O_EXCL: to close a descriptor of a file that this process already has open drops SQLite's locks on it.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL. SQLite does not always wait for another opener here, so this does."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.005)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest version. Raises ProvisionerError for a file of a later one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_VERSIONS):
        raise ProvisionerError(
            f"holds console state of version {version}, this tool knows version {len(_VERSIONS)}",
            where=str(path),
            fix="Use the tool that wrote it, or delete the file to start the console afresh.",
        )
    for statements in _VERSIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    if version < len(_VERSIONS):
        connection.execute(f"PRAGMA user_version = {len(_VERSIONS)}")
