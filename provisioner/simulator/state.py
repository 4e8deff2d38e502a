"""What the embedded console remembers: applications, calls, faults, rate buckets, and how many writes it accepted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import EllipsisType, TracebackType
from typing import Any, Self

from provisioner.foundation.errors import UsageError
from provisioner.simulator import applications
from provisioner.simulator.applications import COLUMNS, RecordingMode, SeedApplication, SimulatedApplication, plain
from provisioner.simulator.audit_log import SOMEBODY, AuditCaller, AuditLog
from provisioner.simulator.callbacks.outbox import Outbox
from provisioner.simulator.database import Database, count_accepted_write
from provisioner.simulator.faults import Faults
from provisioner.simulator.media_rows import MediaLibrary
from provisioner.simulator.recordings import Recordings
from provisioner.simulator.sites import INTL, SimulatedSite


class ConsoleState:
    """The console's memory in the SQLite file `path`, created where missing (mode 0600, folders included).

    Threads may share one, processes open their own over the same file at the same time. Changes are on the
    disk when the call returns. `clock` answers epoch seconds and is the console's one clock: signatures and rate
    limits go by it, and so does everything else, unless the file's clock was wound forward (`wind`).
    `effect_seconds` is how long after a change rooms begin to be created by it, by default what the site's pages
    say. Raises ProvisionerError where the file cannot be used.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        clock: Callable[[], float] = time.time,
        site: SimulatedSite = INTL,
        effect_seconds: float | None = None,
    ) -> None:
        self.path = Path(path)
        self.clock = clock
        self.site = site
        self.effect_seconds = site.effect_seconds if effect_seconds is None else effect_seconds
        self.database = Database(self.path)
        self.faults = Faults(self.database)
        self.audit = AuditLog(self.database, self.faults, self.now)
        self.recordings = Recordings(self.database, site, self.now)
        self.callbacks = Outbox(self.database)
        self.media = MediaLibrary(self.database, self.recordings.settle)

    def close(self) -> None:
        """Release the file; the state cannot be used afterwards. Closing twice is fine."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def now(self) -> float:
        """Epoch seconds by which applications change and calls are recorded: the clock, wound forward."""
        return self.clock() + float(self.database.setting("wound_seconds") or 0)

    def wind(self, seconds: float) -> float:
        """Let `seconds` pass at once, for everybody on the file; answers the new time. Signatures do not notice.

        Raises UsageError: time does not run backwards.
        """
        if seconds < 0:
            raise UsageError("the console's clock can be wound forward only")
        with self.database.writing() as connection:
            add = "INSERT INTO settings VALUES ('wound_seconds', ?1) ON CONFLICT DO UPDATE SET value = value + ?1"
            connection.execute(add, (seconds,))
        return self.now()

    def seed(self, seeds: Iterable[SeedApplication]) -> int:
        """Insert the applications that are not there yet, all or none; answers how many. Never overwrites.

        What they are seeded with is in force at once. Raises UsageError for an impossible application
        (`SeedApplication.planted`).
        """
        now = self.now()
        planted = [seed.planted(now) for seed in seeds]
        with self.database.writing() as connection:
            known = {row[0] for row in connection.execute("SELECT sdk_app_id FROM applications")}
            fresh = {app.sdk_app_id: app for app in reversed(planted) if app.sdk_app_id not in known}
            for app in fresh.values():
                applications.store(connection, app, now)
            return len(fresh)

    def applications(self, offset: int = 0, limit: int = 100) -> tuple[int, list[SimulatedApplication]]:
        """How many applications there are, and one page of them in the order of their SDKAppIds."""
        page = f"SELECT {COLUMNS} FROM applications ORDER BY sdk_app_id LIMIT ? OFFSET ?"
        with self.database.reading() as connection:
            (total,) = connection.execute("SELECT count(*) FROM applications").fetchone()
            return total, [SimulatedApplication.from_row(row) for row in connection.execute(page, (limit, offset))]

    def application(self, sdk_app_id: int, *, seen_at: float | None = None) -> SimulatedApplication:
        """One application, its secrets included; as the console showed it at `seen_at`, or as it is now.

        Raises UnknownApplicationError.
        """
        with self.database.reading() as connection:
            if seen_at is None:
                return applications.fetch(connection, sdk_app_id)
            return applications.seen(connection, sdk_app_id, seen_at)

    def in_force(self, sdk_app_id: int, at: float | None = None) -> SimulatedApplication:
        """The application as it is for a room created at epoch second `at`, by default now.

        Raises UnknownApplicationError.
        """
        at = self.now() if at is None else at
        with self.database.reading() as connection:
            return applications.in_force(connection, sdk_app_id, at)

    def change(
        self, sdk_app_id: int, decide: Callable[[SimulatedApplication], SimulatedApplication]
    ) -> SimulatedApplication:
        """Replace an application by what `decide` makes of it, in one transaction: an accepted write.

        What `decide` raises reaches the caller and leaves everything as it was. Everybody else's writes wait
        for it, so it must not block. Raises UnknownApplicationError.
        """
        now = self.now()
        with self.database.writing() as connection:
            changed = replace(decide(applications.fetch(connection, sdk_app_id)), changed_at=now)
            applications.store(connection, changed, now + self.effect_seconds)
            count_accepted_write(connection)
            return changed

    def edit(
        self,
        sdk_app_id: int,
        *,
        enabled: bool | None = None,
        mode: RecordingMode | None = None,
        template: Mapping[str, Any] | EllipsisType | None = ...,
        by: AuditCaller = SOMEBODY,
    ) -> SimulatedApplication:
        """Change the console behind the tool's back, as somebody with a browser would.

        What is left out stays as it is; `template=None` removes the template. No rule of the console applies
        and no accepted write is counted; the audit log has it as a call of `by`. Raises UnknownApplicationError.
        """
        now = self.now()
        with self.database.writing() as connection:
            old = applications.fetch(connection, sdk_app_id)
            edited = replace(
                old,
                enabled=old.enabled if enabled is None else enabled,
                mode=mode or old.mode,
                template=old.template if isinstance(template, EllipsisType) else plain(template),
                changed_at=now,
            )
            applications.store(connection, edited, now + self.effect_seconds)
        if edited.template != old.template:
            self.audit.edited("AlterRecording", {"SdkAppId": sdk_app_id, "Template": edited.template}, by)
        if (edited.enabled, edited.mode) != (old.enabled, old.mode):
            told = {"SdkAppId": sdk_app_id, "Enabled": int(edited.enabled), "Mode": edited.mode}
            self.audit.edited("ModifyRecordMode", told, by)
        return edited

    def call_webhook(self, sdk_app_id: int) -> tuple[str, list[str]] | None:
        """Address and commands of an application's webhook of calls; None where none is set."""
        rows = self.database.rows("SELECT url, commands FROM call_webhooks WHERE sdk_app_id = ?", sdk_app_id)
        return (rows[0][0], json.loads(rows[0][1])) if rows else None

    def set_call_webhook(self, sdk_app_id: int, url: str, commands: list[str]) -> None:
        """Set it, in place of any other."""
        with self.database.writing() as connection:
            row = (sdk_app_id, url, json.dumps(commands))
            connection.execute("REPLACE INTO call_webhooks VALUES (?, ?, ?)", row)

    def accepted_writes(self) -> int:
        """How many writes this console has accepted over its wire since the file was created."""
        with self.database.reading() as connection:
            (count,) = connection.execute("SELECT value FROM counters WHERE name = 'accepted_writes'").fetchone()
            return int(count)

    def take_token(self, action: str, per_second: float) -> bool:
        """Take one call out of `action`'s bucket, which holds one second's worth and refills steadily.

        False where the bucket is empty. All processes on the file share its buckets.
        """
        capacity, now = max(1.0, per_second), self.clock()
        with self.database.writing(durable=False) as connection:
            row = connection.execute("SELECT tokens, filled_at FROM buckets WHERE action = ?", (action,)).fetchone()
            tokens, filled_at = row or (capacity, now)
            # A clock that was set back must not drain the bucket.
            tokens = min(capacity, tokens + max(0.0, now - filled_at) * per_second)
            taken = tokens >= 1 - 1e-9  # fractions of a token add up to 1 only up to rounding
            store = "REPLACE INTO buckets (action, tokens, filled_at) VALUES (?, ?, ?)"
            connection.execute(store, (action, tokens - taken, now))
            return taken
