"""The SQLite file behind the console: opening it safely from several processes, and its transactions."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from provisioner.foundation.errors import ProvisionerError
from provisioner.simulator.schema import is_current, migrate

BUSY_SECONDS = 5.0
"""How long a call waits for another process's write; the service itself gives up after 6 s."""


class Database:
    """One open file. Threads may share it, processes open their own; it does not survive a fork.

    Raises ProvisionerError where the file cannot be opened or is not a console's.
    """

    def __init__(self, path: Path) -> None:
        self._connections: list[_Connection] = []
        try:
            _create_private(path)
            self._durable = self._connect(path, "FULL")
            # Losing a token to a power cut is harmless and an fsync for every call is not, hence a second
            # connection. NORMAL still syncs before a checkpoint, so it cannot damage the file.
            self._quick = self._connect(path, "NORMAL")
            with self.reading() as connection:
                current = is_current(connection)
            if not current:
                with self.writing() as connection:
                    migrate(connection, path)
        except ProvisionerError:
            self.close()
            raise
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise ProvisionerError(
                f"cannot be opened as the embedded console's state: {error}",
                where=str(path),
                fix=_advice(error),
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

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What one query finds. It is consistent by itself, so no transaction is opened for it."""
        return self._durable.rows(query, parameters)

    def setting(self, name: str) -> str | None:
        """A setting that everybody on the file shares."""
        rows = self.rows("SELECT value FROM settings WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

    def close(self) -> None:
        """Release the file; closing twice is fine."""
        for connection in self._connections:
            connection.close()

    def _connect(self, path: Path, synchronous: str) -> _Connection:
        self._connections.append(_Connection(path, synchronous))
        return self._connections[-1]


def count_accepted_write(connection: sqlite3.Connection) -> None:
    """One more write that came over the wire was accepted."""
    connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'accepted_writes'")


class _Connection:
    """A SQLite connection and the lock that lets threads take turns on it."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self._lock = threading.RLock()
        self._sqlite = sqlite3.connect(path, timeout=0.1, isolation_level=None, check_same_thread=False)
        try:
            self._execute("PRAGMA journal_mode = WAL")
            self._execute(f"PRAGMA synchronous = {synchronous}")
        except sqlite3.Error:
            self.close()
            raise

    def rows(self, query: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._execute(query, parameters).fetchall()

    def _execute(self, statement: str, parameters: tuple[object, ...] = ()) -> sqlite3.Cursor:
        """Run a statement that another process may have to make way for.

        SQLite itself looks less and less often, in the end every 100 ms, so that a writer who has only just arrived
        would starve beside busy ones; and for some statements it does not wait at all.
        """
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return self._sqlite.execute(statement, parameters)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(random.uniform(0.0002, 0.002))

    @contextmanager
    def transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._execute(f"BEGIN {kind}")
            try:
                yield self._sqlite
                self._execute("COMMIT")
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


def _advice(error: Exception) -> str:
    """What to do about a file that cannot be opened. A full disk or a busy one is no reason to part with state."""
    if type(error) is sqlite3.DatabaseError:  # not a database, or a damaged one
        return "Move the file away to start the console afresh."
    return "Check the folder's permissions and free space; what the file holds is untouched."
