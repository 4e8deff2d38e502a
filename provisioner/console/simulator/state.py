"""What the embedded console remembers: applications, rate buckets, and how many writes it has accepted."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import EllipsisType, TracebackType
from typing import Any, Self

from provisioner.console.simulator.applications import COLUMNS, Application, Mode, SeedApplication, plain
from provisioner.console.simulator.database import Database
from provisioner.foundation.errors import UsageError

_INSERT = f"INTO applications ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


class UnknownApplicationError(UsageError):
    """This console has no application of that SDKAppId."""


class ConsoleState:
    """The console's memory in the SQLite file `path`, created where missing (mode 0600, folders included).

    Threads may share one, processes open their own over the same file at the same time. Changes are on the
    disk when the call returns. `clock` answers epoch seconds and is the console's one clock: change times,
    rate limits and signatures go by it. Raises ProvisionerError where the file cannot be used.
    """

    def __init__(self, path: Path | str, *, clock: Callable[[], float] = time.time) -> None:
        self.path = Path(path)
        self.clock = clock
        self._database = Database(self.path)

    def close(self) -> None:
        """Release the file; the state cannot be used afterwards. Closing twice is fine."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def seed(self, applications: Iterable[SeedApplication]) -> int:
        """Insert the applications that are not there yet, all or none; answers how many. Never overwrites.

        Raises UsageError for an impossible application (`SeedApplication.planted`).
        """
        now = self.clock()
        rows = [seed.planted(now).to_row() for seed in applications]
        with self._database.writing() as connection:
            return sum(connection.execute(f"INSERT OR IGNORE {_INSERT}", row).rowcount for row in rows)

    def applications(self, offset: int = 0, limit: int = 100) -> tuple[int, list[Application]]:
        """How many applications there are, and one page of them in the order of their SDKAppIds."""
        page = f"SELECT {COLUMNS} FROM applications ORDER BY sdk_app_id LIMIT ? OFFSET ?"
        with self._database.reading() as connection:
            (total,) = connection.execute("SELECT count(*) FROM applications").fetchone()
            return total, [Application.from_row(row) for row in connection.execute(page, (limit, offset))]

    def application(self, sdk_app_id: int) -> Application:
        """One application, its secrets included. Raises UnknownApplicationError."""
        with self._database.reading() as connection:
            return _fetch(connection, sdk_app_id)

    def change(self, sdk_app_id: int, decide: Callable[[Application], Application]) -> Application:
        """Replace an application by what `decide` makes of it, in one transaction: an accepted write.

        What `decide` raises reaches the caller and leaves everything as it was. Everybody else's writes wait
        for it, so it must not block. Raises UnknownApplicationError.
        """
        with self._database.writing() as connection:
            changed = replace(decide(_fetch(connection, sdk_app_id)), changed_at=self.clock())
            connection.execute(f"REPLACE {_INSERT}", changed.to_row())
            connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'accepted_writes'")
            return changed

    def edit(
        self,
        sdk_app_id: int,
        *,
        enabled: bool | None = None,
        mode: Mode | None = None,
        template: Mapping[str, Any] | EllipsisType | None = ...,
    ) -> Application:
        """Change the console behind the tool's back, as somebody with a browser would.

        What is left out stays as it is; `template=None` removes the template. No rule of the console applies
        and no accepted write is counted. Raises UnknownApplicationError.
        """
        with self._database.writing() as connection:
            old = _fetch(connection, sdk_app_id)
            edited = replace(
                old,
                enabled=old.enabled if enabled is None else enabled,
                mode=mode or old.mode,
                template=old.template if isinstance(template, EllipsisType) else plain(template),
                changed_at=self.clock(),
            )
            connection.execute(f"REPLACE {_INSERT}", edited.to_row())
            return edited

    def accepted_writes(self) -> int:
        """How many writes this console has accepted over its wire since the file was created."""
        with self._database.reading() as connection:
            (count,) = connection.execute("SELECT value FROM counters WHERE name = 'accepted_writes'").fetchone()
            return int(count)

    def take_token(self, action: str, per_second: float) -> bool:
        """Take one call out of `action`'s bucket, which holds one second's worth and refills steadily.

        False where the bucket is empty. All processes on the file share its buckets.
        """
        capacity, now = max(1.0, per_second), self.clock()
        with self._database.writing(durable=False) as connection:
            row = connection.execute("SELECT tokens, filled_at FROM buckets WHERE action = ?", (action,)).fetchone()
            tokens, filled_at = row or (capacity, now)
            # A clock that was set back must not drain the bucket.
            tokens = min(capacity, tokens + max(0.0, now - filled_at) * per_second)
            taken = tokens >= 1 - 1e-9  # fractions of a token add up to 1 only up to rounding
            store = "REPLACE INTO buckets (action, tokens, filled_at) VALUES (?, ?, ?)"
            connection.execute(store, (action, tokens - taken, now))
            return taken


def _fetch(connection: sqlite3.Connection, sdk_app_id: int) -> Application:
    query = f"SELECT {COLUMNS} FROM applications WHERE sdk_app_id = ?"
    row = connection.execute(query, (sdk_app_id,)).fetchone()
    if row is None:
        raise UnknownApplicationError(f"the console has no application {sdk_app_id}")
    return Application.from_row(row)
