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

SCHEMA_VERSION = 1
BUSY_SECONDS = 5.0
"""How long a call waits for another process's write; the service itself gives up after 6 s."""

_SCHEMA = (
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
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


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

    def close(self) -> None:
        """Release the file; closing twice is fine."""
        self._durable.close()
        self._quick.close()


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
    """Create the tables in a new file. Raises ProvisionerError for a file of another version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA_VERSION:
        return
    if version != 0:
        raise ProvisionerError(
            f"holds console state of version {version}, this tool knows version {SCHEMA_VERSION}",
            where=str(path),
            fix="Use the tool that wrote it, or delete the file to start the console afresh.",
        )
    for statement in _SCHEMA:
        connection.execute(statement)
