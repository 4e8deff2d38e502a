"""The tables. Times are epoch seconds by the database's clock, but for those that a callback tells (`at`, `began`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Double,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

_Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for its own type

metadata = MetaData()

contract = Table(
    "contract",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("document", Text, nullable=False),
)
"""What a recording is made by, as JSON; secrets are references. A call keeps the one that held when it began."""

session = Table(
    "session",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("environment", Text, nullable=False),
    Column("application", Text, nullable=False),
    Column("sdk_app_id", BigInteger, nullable=False),
    Column("room", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("robot", Text, nullable=False, unique=True),
    Column("contract", Text, ForeignKey("contract.digest"), nullable=False),
    Column("template", Text, nullable=False),
    Column("began", Double, nullable=False),
    Column("received", Double, nullable=False),
    Column("stop", Text, nullable=False),
    Column("wanted", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("restarts", Integer, nullable=False),
    Column("doubt", Integer, nullable=False),
    Column("due", Double),
    Column("owner", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("closed", Double),
    Column("ended", Double),
    UniqueConstraint("sdk_app_id", "room", "call"),
)

task = Table(
    "task",
    metadata,
    Column("sdk_app_id", BigInteger, primary_key=True, autoincrement=False),
    Column("task_id", Text, primary_key=True),
    Column("room", Text, nullable=False),
    Column("robot", Text, nullable=False),
    Column("session", _Id),
    Column("started", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", Double),
    Column("owner", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("looked", Double, nullable=False),
    Column("ended", Double),
    Column("code", Integer),
    Column("files", Integer, nullable=False),
    Column("lost", Text, nullable=False),
)

room = Table(
    "room",
    metadata,
    Column("sdk_app_id", BigInteger, primary_key=True, autoincrement=False),
    Column("room", Text, primary_key=True),
    Column("created", Double, nullable=False),
    Column("streamed", Double, nullable=False),
    Column("dismissed", Double, nullable=False),
    Column("touched", Double, nullable=False, index=True),
)
"""The tombstones: a call that began before its room's last dismissal is over from the start."""

event = Table(
    "event",
    metadata,
    Column("key", Text, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("sdk_app_id", BigInteger, nullable=False),
    Column("room", Text, nullable=False),
    Column("type", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("received", Double, nullable=False),
    Column("body", Text, nullable=False),
)
"""Callbacks as they came: rooms created and dismissed, the first stream in each, and whatever recorders tell."""

bucket = Table("bucket", metadata, Column("action", Text, primary_key=True), Column("arrival", Double, nullable=False))
"""The theoretical arrival time of the next call of an action (GCRA): the rate of all replicas together."""

replica = Table(
    "replica",
    metadata,
    Column("id", Text, primary_key=True),
    Column("started", Double, nullable=False),
    Column("seen", Double, nullable=False),
)

tick = Table(
    "tick",
    metadata,
    Column("name", Text, primary_key=True),
    Column("due", Double, nullable=False),
    Column("owner", Text, nullable=False),
)
"""Work that one replica at a time does now and then."""


def is_open(table: FromClause) -> ColumnElement[bool]:
    """What has not ended, of sessions or tasks.

    The word is written out: SQLite uses a partial index only where a query repeats its condition, without a parameter.
    """
    return table.c.state != literal_column("'ended'")


def to_stop(table: FromClause) -> ColumnElement[bool]:
    """Tasks that are to be deleted; written out likewise."""
    return table.c.state == literal_column("'stop'")


def _partial(name: str, where: ColumnElement[bool], *columns: Column[Any]) -> Index:
    """What is due, and what is open, is found without a look at what is over."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


_partial("session_due", is_open(session), session.c.due)
_partial("session_open", is_open(session), session.c.sdk_app_id, session.c.room)
_partial("task_due", to_stop(task), task.c.due)
_partial("task_open", is_open(task), task.c.sdk_app_id, task.c.room)
Index("session_ended", session.c.ended)
Index("task_session", task.c.session)
Index("task_ended", task.c.ended)
Index("event_received", event.c.received)
