"""Which database: a SQLite file, or PostgreSQL by URL."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from provisioner.controller.store.migrate import is_current, migrate
from provisioner.controller.store.port import Store
from provisioner.foundation.errors import ProvisionerError, UsageError

_SQLITE, _POSTGRES = "sqlite:///", ("postgresql://", "postgres://")


def open_store(database: str) -> Store:
    """The store behind `sqlite:///PATH` or `postgresql://…`. Raises ProvisionerError.

    A file is made and migrated here; a server is migrated by `provisioner controller migrate`, once for all replicas.
    """
    if database.startswith(_SQLITE):
        from provisioner.controller.store.sqlite import SqliteStore

        path = _private(Path(database.removeprefix(_SQLITE)))
        migrate_store(database)
        return SqliteStore(path)
    _check(database)
    from provisioner.controller.store.postgres import PostgresStore, postgres_engine

    engine = postgres_engine(database, 1)
    try:
        current = is_current(engine)
    finally:
        engine.dispose()
    if not current:
        raise ProvisionerError(
            "the store's tables are not those of this version",
            fix="Run `provisioner controller migrate` once, before the replicas start.",
        )
    return PostgresStore(database)


def migrate_store(database: str) -> bool:
    """Bring a database's tables up to date; answers whether anything was to do. Raises ProvisionerError."""
    if database.startswith(_SQLITE):
        from provisioner.controller.store.sqlite import sqlite_engine

        engine = sqlite_engine(_private(Path(database.removeprefix(_SQLITE))))
    else:
        _check(database)
        from provisioner.controller.store.postgres import postgres_engine

        engine = postgres_engine(database, 1)
    try:
        return migrate(engine)
    finally:
        engine.dispose()


def _check(database: str) -> None:
    if not database.startswith(_POSTGRES):
        raise UsageError(
            "the controller's database is neither SQLite nor PostgreSQL",
            fix="Write sqlite:///PATH or postgresql://USER@HOST/NAME.",
        )


def _private(path: Path) -> Path:
    """The file, made where missing, for its owner's eyes only: callbacks name users and rooms."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise ProvisionerError(
            f"the store cannot be made here: {error.strerror or error}",
            where=str(path),
            fix="Check the folder's permissions and free space, or name another database.",
        ) from None
    return path
