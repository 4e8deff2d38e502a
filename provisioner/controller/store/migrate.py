"""Makes a database's tables, or brings them up to date: once, under a lock, never at every replica's start.

Tables that each replica made by itself would be locked against the traffic of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from provisioner.controller.store.port import StoreUnavailableError
from provisioner.foundation.text_safety import printable

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0001"
"""The newest of `migrations/versions`. Named here so that a replica that finds it need not load Alembic to start."""

_LOCK = 7_305_519_212_091_105_377
"""The advisory lock under which one process migrates."""


def migrate(engine: Engine) -> bool:
    """Bring the tables up to date; answers whether anything was to do. Raises StoreUnavailableError."""
    try:
        with _alone(engine) as connection:
            if _current(connection) == HEAD:
                return False
            _upgrade(connection)
            return True
    except SQLAlchemyError as error:
        raise _unavailable(error) from None


def is_current(engine: Engine) -> bool:
    """Whether the tables are those that this version works with. Raises StoreUnavailableError."""
    try:
        with engine.connect() as connection:
            return _current(connection) == HEAD
    except SQLAlchemyError as error:
        raise _unavailable(error) from None


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction in which no other process migrates."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            yield connection
            connection.exec_driver_sql("COMMIT")
        return
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def _current(connection: Connection) -> str | None:
    """The version of the tables that are there, as Alembic notes it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _unavailable(error: SQLAlchemyError) -> StoreUnavailableError:
    reason = getattr(error, "orig", None) or error
    return StoreUnavailableError(
        f"the store cannot be migrated: {printable(str(reason))[:200]}", fix="Check the database and the way to it."
    )
