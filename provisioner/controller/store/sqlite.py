"""A SQLite file: one thread writes, and many small transactions share one fsync.

Each answer waits for its group's commit. Groups form by themselves: while one is being synced, the next gathers.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from provisioner.controller.store.port import Answer, RoomKey, Store, StoreUnavailableError, Transaction, Work
from provisioner.foundation.text_safety import printable

_MOST_WAITING = 5_000
"""What may wait for the writer; beyond it the vendor is asked to try again."""

_MOST_TOGETHER = 256
"""Transactions in one commit."""

_BUSY_MILLISECONDS = 4_000


def sqlite_engine(path: Path) -> Engine:
    """The file, created where missing. Only its owner may read it: event bodies name users and rooms."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _opened(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        for pragma in ("journal_mode = WAL", "synchronous = FULL", f"busy_timeout = {_BUSY_MILLISECONDS}"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


class SqliteStore(Store):
    """The store of one process; the file is on this machine, and so its clock is the database's."""

    shared = False

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._engine = sqlite_engine(path)
        self._waiting: queue.Queue[_Job | None] = queue.Queue(_MOST_WAITING)
        self._closed = False
        self._writer = threading.Thread(target=self._write, name="store-writer", daemon=True)
        self._writer.start()

    def submit(
        self, work: Work[Answer], room: RoomKey | None = None, *, patience: float | None = None
    ) -> Future[Answer]:
        del room  # one writer: everything takes turns
        future: Future[Answer] = Future()
        if self._closed:
            future.set_exception(StoreUnavailableError("the store is closed"))
            return future
        try:
            self._waiting.put_nowait(_Job(work, future, patience))
        except queue.Full:
            future.set_exception(StoreUnavailableError(f"more than {_MOST_WAITING} transactions wait"))
        return future

    def read(self, work: Work[Answer]) -> Answer:
        try:
            with self._engine.connect() as connection:
                return work(Transaction(connection, self._clock()))
        except SQLAlchemyError as error:
            raise _unavailable(error) from None

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._writer.join()
            self._engine.dispose()

    def _write(self) -> None:
        connection: Connection | None = None
        while (jobs := self._gathered()) is not None:
            try:
                if connection is None:
                    connection = self._engine.connect()
                self._together(connection, jobs)
            except SQLAlchemyError as error:
                for job in jobs:
                    job.fail(_unavailable(error))
                if connection is not None:  # it may be in any state
                    connection.invalidate()
                    connection.close()
                    connection = None
        if connection is not None:
            connection.close()

    def _gathered(self) -> list[_Job] | None:
        """What waits, at least one; None once the store is closed and nothing waits."""
        job = self._waiting.get()
        if job is None:
            return None
        jobs = [job]
        while len(jobs) < _MOST_TOGETHER:
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                break
            if following is None:
                self._waiting.put(None)
                break
            jobs.append(following)
        return jobs

    def _together(self, connection: Connection, jobs: list[_Job]) -> None:
        """One commit for all; what one of them raises undoes that one only."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            now = self._clock()
            for number, job in enumerate(jobs):
                if job.give_up():
                    continue
                connection.exec_driver_sql(f"SAVEPOINT s{number}")
                job.run(Transaction(connection, now))
                if job.failed:
                    connection.exec_driver_sql(f"ROLLBACK TO s{number}")
                connection.exec_driver_sql(f"RELEASE s{number}")
            connection.exec_driver_sql("COMMIT")
        except SQLAlchemyError:
            with suppress(SQLAlchemyError):  # SQLite may have rolled back already; the first error is the one to tell
                connection.exec_driver_sql("ROLLBACK")
            raise
        for job in jobs:
            job.done()


class _Job:
    """One transaction that waits for the writer."""

    __slots__ = ("_after", "_answer", "_error", "_future", "_until", "_work")

    def __init__(self, work: Work[Any], future: Future[Any], patience: float | None) -> None:
        self._until = None if patience is None else time.monotonic() + patience
        self._work = work
        self._future = future
        self._answer: Any = None
        self._error: BaseException | None = None
        self._after: list[Callable[[], None]] = []

    @property
    def failed(self) -> bool:
        return self._error is not None

    def give_up(self) -> bool:
        """Whether nobody waits for it any longer."""
        if self._until is None or time.monotonic() < self._until:
            return False
        self._error = StoreUnavailableError("it waited for longer than anybody waits for an answer")
        return True

    def run(self, transaction: Transaction) -> None:
        self._answer, self._error, self._after = None, None, transaction.after
        try:
            self._answer = self._work(transaction)
        except OperationalError:
            raise  # a full disk, a file that is gone: SQLite may have undone the whole group
        except SQLAlchemyError as error:
            self._error = _unavailable(error)
        except Exception as error:  # noqa: BLE001  # it belongs to whoever asked, and the writer must go on
            self._error = error

    def done(self) -> None:
        if self._error is not None:
            self._future.set_exception(self._error)
        else:
            self._future.set_result(self._answer)
            for what in self._after:
                what()

    def fail(self, error: BaseException) -> None:
        self._future.set_exception(error)


def _unavailable(error: SQLAlchemyError) -> StoreUnavailableError:
    reason = getattr(error, "orig", None) or error
    return StoreUnavailableError(
        f"the store cannot be used: {printable(str(reason))[:200]}", fix="Check the disk's free space and permissions."
    )
