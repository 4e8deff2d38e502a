"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Written out, and never changed: later versions start from what this one made."""
    op.create_table("contract", sa.Column("digest", sa.Text, primary_key=True), _text("document"))
    op.create_table(
        "session",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        *(_text(name) for name in ("environment", "application")),
        sa.Column("sdk_app_id", sa.BigInteger, nullable=False),
        *(_text(name) for name in ("room", "call")),
        sa.Column("robot", sa.Text, nullable=False, unique=True),
        sa.Column("contract", sa.Text, sa.ForeignKey("contract.digest"), nullable=False),
        _text("template"),
        *(_time(name) for name in ("began", "received")),
        _text("stop"),
        sa.Column("wanted", sa.Boolean, nullable=False),
        _text("state"),
        *(_number(name) for name in ("turn", "attempts", "restarts", "doubt")),
        _time("due", nullable=True),
        *(_text(name) for name in ("owner", "outcome")),
        *(_time(name, nullable=True) for name in ("closed", "ended")),
        sa.UniqueConstraint("sdk_app_id", "room", "call"),
    )
    op.create_table(
        "task",
        sa.Column("sdk_app_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("task_id", sa.Text, primary_key=True),
        *(_text(name) for name in ("room", "robot")),
        sa.Column("session", _ID),
        *(_time(name) for name in ("started", "expires")),
        _text("state"),
        _time("due", nullable=True),
        _text("owner"),
        _number("attempts"),
        _time("looked"),
        _time("ended", nullable=True),
        sa.Column("code", sa.Integer),
        _number("files"),
        _text("lost"),
    )
    op.create_table(
        "room",
        sa.Column("sdk_app_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("room", sa.Text, primary_key=True),
        *(_time(name) for name in ("created", "streamed", "dismissed", "touched")),
    )
    op.create_table(
        "event",
        sa.Column("key", sa.Text, primary_key=True),
        _text("environment"),
        sa.Column("sdk_app_id", sa.BigInteger, nullable=False),
        _text("room"),
        _number("type"),
        *(_time(name) for name in ("at", "received")),
        _text("body"),
    )
    op.create_table("bucket", sa.Column("action", sa.Text, primary_key=True), _time("arrival"))
    op.create_table("replica", sa.Column("id", sa.Text, primary_key=True), *(_time(n) for n in ("started", "seen")))
    op.create_table("tick", sa.Column("name", sa.Text, primary_key=True), _time("due"), _text("owner"))
    _indexes()


def _indexes() -> None:
    is_open, stops = sa.text("state != 'ended'"), sa.text("state = 'stop'")
    for name, table, columns, where in (
        ("session_due", "session", ["due"], is_open),
        ("session_open", "session", ["sdk_app_id", "room"], is_open),
        ("session_ended", "session", ["ended"], None),
        ("task_due", "task", ["due"], stops),
        ("task_open", "task", ["sdk_app_id", "room"], is_open),
        ("task_session", "task", ["session"], None),
        ("task_ended", "task", ["ended"], None),
        ("ix_room_touched", "room", ["touched"], None),
        ("event_received", "event", ["received"], None),
    ):
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=nullable)
