"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from provisioner.cli import apply, promote, session, status
from provisioner.foundation.clock import Clock
from tests.project import Project, Ran

DEV, PROD = "environments/dev/environment.yaml", "environments/prod/environment.yaml"
CALL, ROOM, DESK = (f"environments/dev/apps/{name}.yaml" for name in ("video-call", "classroom", "support-desk"))
PROD_CALL, PROD_ROOM, PROD_DESK = (path.replace("/dev/", "/prod/") for path in (CALL, ROOM, DESK))
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def ticking(start: datetime = NOON) -> Clock:
    """A clock that is a minute later whenever it is asked."""
    moments: Iterator[datetime] = (start + timedelta(minutes=minute) for minute in range(10_000))
    return lambda: next(moments)


def settings(project: Project, file: str, text: str, pin: str = "call@v1") -> None:
    """Gives an application that pins `pin` settings of its own."""
    project.edit(file, f"template: {pin}", f"template: {pin}\n  settings: {{{text}}}  #")


class Time:
    """A clock that all but stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOON  # a Saturday

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)  # no two runs of a journal begin at the same moment
        return self.now

    def wait(self, **span: int) -> None:
        self.now += timedelta(**span)


def stand_still(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The clock of every command that tests of this room run."""
    clock = Time()
    for module in (apply, promote, session, status):
        monkeypatch.setattr(module, "system_clock", clock)
    return clock


def open_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    """No gate is asked: what they say has tests of its own."""
    monkeypatch.setattr(promote, "judge", lambda *_: {})


def promoted(project: Project, *arguments: str) -> Ran:
    return project.run("promote", *arguments)


def records(project: Project, environment: str = "prod") -> list[str]:
    """Paths of an environment's promotion records, oldest first."""
    found = (project.root / f"environments/{environment}/promotions").glob("*.yaml")
    return sorted(path.relative_to(project.root).as_posix() for path in found)
