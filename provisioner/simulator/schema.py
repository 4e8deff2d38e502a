"""The tables of the state file, and how an older file is brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from provisioner.foundation.errors import ProvisionerError

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

_CALLBACKS = (
    "CREATE TABLE callback_targets (sdk_app_id INTEGER PRIMARY KEY, url TEXT NOT NULL, key TEXT NOT NULL)",
    """CREATE TABLE callbacks (
        id INTEGER PRIMARY KEY,
        sdk_app_id INTEGER NOT NULL,
        room_id TEXT NOT NULL,
        event INTEGER NOT NULL,
        info TEXT NOT NULL,
        at REAL NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        first_at REAL,
        retry_at REAL NOT NULL DEFAULT 0,
        claimed_until REAL NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX callbacks_by_time ON callbacks (at)",
)

_AUDIT = (
    """CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        arrival INTEGER NOT NULL UNIQUE,
        name TEXT NOT NULL,
        service TEXT NOT NULL,
        request_id TEXT NOT NULL,
        username TEXT NOT NULL,
        access_key TEXT NOT NULL,
        account TEXT NOT NULL,
        address TEXT NOT NULL,
        via TEXT NOT NULL,
        resource TEXT NOT NULL,
        parameters TEXT NOT NULL,
        api_error TEXT NOT NULL
    )""",
    "CREATE INDEX audit_by_time ON audit (at)",
)

_ROOMS = (
    "ALTER TABLE rooms ADD COLUMN created_at REAL",
    "ALTER TABLE rooms ADD COLUMN ended_at REAL",
    "ALTER TABLE rooms ADD COLUMN creator TEXT NOT NULL DEFAULT ''",
    """UPDATE rooms SET
        created_at = (SELECT min(json_extract(event, '$.at')) FROM room_events WHERE room = rooms.id),
        ended_at = (SELECT max(json_extract(event, '$.at')) FROM room_events WHERE room = rooms.id)""",
    "CREATE INDEX rooms_by_time ON rooms (sdk_app_id, created_at)",
    "ALTER TABLE tasks ADD COLUMN trouble TEXT NOT NULL DEFAULT '[]'",
)

_CALL_CONFIG = (
    "CREATE TABLE call_webhooks (sdk_app_id INTEGER PRIMARY KEY, url TEXT NOT NULL, commands TEXT NOT NULL)",
)

VERSIONS = (_APPLICATIONS, _CALLS, _CALLBACKS, _AUDIT, _ROOMS, _CALL_CONFIG)
"""What each version of the file adds to the one before."""


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the file has every table; asking takes no lock that anybody waits for."""
    return _version(connection) == len(VERSIONS)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest version. Raises ProvisionerError for a file of a later one."""
    version = _version(connection)
    if version > len(VERSIONS):
        raise ProvisionerError(
            f"holds console state of version {version}, this tool knows version {len(VERSIONS)}",
            where=str(path),
            fix="Use the tool that wrote it, or delete the file to start the console afresh.",
        )
    for statements in VERSIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(VERSIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
