"""PostgreSQL: a transaction for each piece of work, in as many threads as there are connections.

Work on one room holds an advisory lock on it, in whichever replica it runs: otherwise a call's beginning and its
dismissal could each miss the other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import Connection, Engine, bindparam, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from provisioner.controller.store.port import Answer, RoomKey, Store, StoreUnavailableError, Transaction, Work
from provisioner.foundation.text_safety import printable

_CONNECTIONS = 8
_MOST_WAITING = 2_000
_NOW = text("SELECT extract(epoch FROM clock_timestamp())::float8")  # without the cast it is a Decimal
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:room, 0))").bindparams(bindparam("room"))
_OPTIONS = "-c lock_timeout=4s -c statement_timeout=20s -c idle_in_transaction_session_timeout=30s"


def postgres_engine(url: str, connections: int = _CONNECTIONS) -> Engine:
    """`url` is postgresql://…; the driver is psycopg."""
    driver = "postgresql+psycopg://" + url.partition("://")[2]
    return create_engine(
        driver,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 4, "options": _OPTIONS, "application_name": "trtc-recording controller"},
    )


class PostgresStore(Store):
    """The store that any number of replicas share."""

    shared = True

    def __init__(self, url: str, connections: int = _CONNECTIONS) -> None:
        # A connection for every thread, and one for those who only read: nobody waits for the pool.
        self._engine = postgres_engine(url, connections + 1)
        self._threads = ThreadPoolExecutor(connections, "store")
        self._waiting = threading.Semaphore(_MOST_WAITING)

    def submit(
        self, work: Work[Answer], room: RoomKey | None = None, *, patience: float | None = None
    ) -> Future[Answer]:
        if not self._waiting.acquire(blocking=False):
            future: Future[Answer] = Future()
            future.set_exception(StoreUnavailableError(f"more than {_MOST_WAITING} transactions wait"))
            return future
        try:
            until = None if patience is None else time.monotonic() + patience
            future = self._threads.submit(self._transact, work, room, until)
        except RuntimeError:
            self._waiting.release()
            future = Future()
            future.set_exception(StoreUnavailableError("the store is closed"))
            return future
        future.add_done_callback(lambda _: self._waiting.release())
        return future

    def read(self, work: Work[Answer]) -> Answer:
        return _translated(lambda: self._in_transaction(work, None))

    def close(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()

    def _transact(self, work: Work[Answer], room: RoomKey | None, until: float | None) -> Answer:
        if until is not None and time.monotonic() > until:
            raise StoreUnavailableError("it waited for longer than anybody waits for an answer")
        return _translated(lambda: self._in_transaction(work, room))

    def _in_transaction(self, work: Work[Answer], room: RoomKey | None) -> Answer:
        with self._engine.begin() as connection:
            if room is not None:
                connection.execute(_LOCK, {"room": f"{room[0]}:{room[1]}"})
            transaction = Transaction(connection, _now(connection))
            answer = work(transaction)
        for what in transaction.after:
            what()
        return answer


def _now(connection: Connection) -> float:
    return float(connection.execute(_NOW).scalar_one())


def _translated(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        raise StoreUnavailableError(
            f"the store cannot be used: {printable(str(reason))[:200]}", fix="Check the database and the way to it."
        ) from None
