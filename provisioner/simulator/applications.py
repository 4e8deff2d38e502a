"""An application as the console holds it, as it is seeded, and as a row of the database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from provisioner.foundation.errors import UsageError
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import JsonObject
from provisioner.simulator.template import TEMPLATE

Generation = Literal["new", "old"]
"""An application's recording type: new-type recording, once on, stays on."""

RecordingMode = Literal["manual", "auto"]
"""Who starts recordings: the backend over REST, or every room by itself."""

COLUMNS = "sdk_app_id, name, generation, enabled, mode, template, changed_at, created_at"
"""The columns of table `applications` in the order of `to_row` and `from_row`."""

LARGEST_SDK_APP_ID = 9_999_999_999
"""Ten digits, as a recorded file's name takes them."""

KEPT_VERSIONS = 1000
"""How many configurations of one application the console remembers."""


class UnknownApplicationError(UsageError):
    """This console has no application of that SDKAppId."""


@dataclass(frozen=True, slots=True)
class SeedApplication:
    """An application the console starts out with. `template` is a wire template (`template.py`) or None."""

    sdk_app_id: int
    name: str
    generation: Generation
    enabled: bool = False
    mode: RecordingMode = "manual"
    template: Mapping[str, Any] | None = field(default=None, repr=False)  # may hold secrets

    def planted(self, at: float) -> SimulatedApplication:
        """The application as it starts out at epoch second `at`.

        Raises UsageError where it is impossible: an id out of range, an unknown word, a template the console would
        refuse, automatic mode without a template.
        """
        if not 1 <= self.sdk_app_id <= LARGEST_SDK_APP_ID:
            raise self._impossible(f"an SDKAppId is a number from 1 to {LARGEST_SDK_APP_ID}")
        if self.generation not in get_args(Generation):
            raise self._impossible(f"generation is new or old, not {self.generation!r}")
        if self.mode not in get_args(RecordingMode):
            raise self._impossible(f"mode is auto or manual, not {self.mode!r}")
        if self.mode == "auto" and self.template is None:
            raise self._impossible("automatic recording needs a template")
        template = plain(self.template)
        if template is not None:
            try:
                TEMPLATE.check(template, "template")
            except ApiError as error:
                raise self._impossible(error.message) from error
        return SimulatedApplication(
            self.sdk_app_id, self.name, self.generation, bool(self.enabled), self.mode, template, None, at
        )

    def _impossible(self, why: str) -> UsageError:
        return UsageError(f"application {self.sdk_app_id} cannot be seeded: {why}")


@dataclass(frozen=True, slots=True)
class SimulatedApplication:
    """What the console holds of one application.

    Times are epoch seconds; `changed_at` is None until something changes. `template` includes secrets.
    """

    sdk_app_id: int
    name: str
    generation: Generation
    enabled: bool
    mode: RecordingMode
    template: JsonObject | None = field(repr=False)
    changed_at: float | None
    created_at: float

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> SimulatedApplication:
        """The application in a row of `COLUMNS`."""
        sdk_app_id, name, generation, enabled, mode, template, changed_at, created_at = row
        held = None if template is None else json.loads(template)
        return cls(sdk_app_id, name, generation, bool(enabled), mode, held, changed_at, created_at)

    def to_row(self) -> tuple[object, ...]:
        """The application as a row of `COLUMNS`."""
        return (
            self.sdk_app_id,
            self.name,
            self.generation,
            int(self.enabled),
            self.mode,
            None if self.template is None else json.dumps(self.template, separators=(",", ":")),
            self.changed_at,
            self.created_at,
        )


def fetch(connection: sqlite3.Connection, sdk_app_id: int) -> SimulatedApplication:
    """The application as it is now. Raises UnknownApplicationError."""
    query = f"SELECT {COLUMNS} FROM applications WHERE sdk_app_id = ?"
    row = connection.execute(query, (sdk_app_id,)).fetchone()
    if row is None:
        raise UnknownApplicationError(f"the console has no application {sdk_app_id}")
    return SimulatedApplication.from_row(row)


def seen(connection: sqlite3.Connection, sdk_app_id: int, at: float) -> SimulatedApplication:
    """The application as the console showed it at epoch second `at`. Raises UnknownApplicationError."""
    return _remembered(connection, fetch(connection, sdk_app_id), "COALESCE(changed_at, effective_at) <= ?", at)


def in_force(connection: sqlite3.Connection, sdk_app_id: int, at: float) -> SimulatedApplication:
    """The application as it is for a room created at epoch second `at`. Raises UnknownApplicationError."""
    return _remembered(connection, fetch(connection, sdk_app_id), "effective_at <= ?", at)


def store(connection: sqlite3.Connection, app: SimulatedApplication, effective_at: float) -> None:
    """Write `app` down as what the console holds from now on, and remember what it held before."""
    connection.execute(f"REPLACE INTO applications ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", app.to_row())
    query = "SELECT max(version) FROM configurations WHERE sdk_app_id = ?"
    (latest,) = connection.execute(query, (app.sdk_app_id,)).fetchone()
    version = 0 if latest is None else latest + 1
    _, _, _, enabled, mode, template, changed_at, _ = app.to_row()
    connection.execute(
        "INSERT INTO configurations VALUES (?, ?, ?, ?, ?, ?, ?)",
        (app.sdk_app_id, version, changed_at, effective_at, enabled, mode, template),
    )
    forgotten = "DELETE FROM configurations WHERE sdk_app_id = ? AND version <= ?"
    connection.execute(forgotten, (app.sdk_app_id, version - KEPT_VERSIONS))


def _remembered(
    connection: sqlite3.Connection, app: SimulatedApplication, held: str, at: float
) -> SimulatedApplication:
    """The latest configuration for which `held` is true of `at`, else the oldest there is."""
    columns = "enabled, mode, template, changed_at FROM configurations WHERE sdk_app_id = ?"
    query = f"SELECT {columns} AND {held} ORDER BY version DESC LIMIT 1"
    row = connection.execute(query, (app.sdk_app_id, at)).fetchone()
    if row is None:
        row = connection.execute(f"SELECT {columns} ORDER BY version LIMIT 1", (app.sdk_app_id,)).fetchone()
    enabled, mode, template, changed_at = row
    known = (app.sdk_app_id, app.name, app.generation)
    return SimulatedApplication.from_row((*known, enabled, mode, template, changed_at, app.created_at))


def plain(template: Mapping[str, Any] | None) -> JsonObject | None:
    """An independent plain JSON object, whatever mapping types the caller used."""
    if template is None:
        return None
    copied: JsonObject = json.loads(json.dumps(template, default=dict))
    return copied
