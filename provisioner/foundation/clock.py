"""Time as a dependency, so that tests move it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import sleep

Clock = Callable[[], datetime]
"""Answers the current moment, aware and in UTC."""


def system_clock() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


def pause(seconds: float) -> None:
    """Wait, for a turn or until a service has recovered."""
    sleep(seconds)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with whole seconds: `2026-01-31T12:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
