"""How far a long piece of work has come. Whoever works says it; who listens, if anybody, is chosen at the edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Event
from typing import Protocol


class ProgressTask(Protocol):
    """One piece of work that consists of many of a kind."""

    def step(self, count: int = 1) -> None:
        """So many more are done. Any thread may say so."""


class ProgressReporter(Protocol):
    """Who listens."""

    def task(self, doing: str, total: int | None, per_second: float | None) -> AbstractContextManager[ProgressTask]:
        """A task for as long as the context lasts: `total` steps, of which a service allows so many a second.

        `total` is None where nobody knows beforehand.
        """


class _Silent:
    def step(self, count: int = 1) -> None:
        pass

    @contextmanager
    def task(self, doing: str, total: int | None, per_second: float | None) -> Iterator[ProgressTask]:  # noqa: ARG002 - a protocol's
        yield self


SILENT: ProgressReporter = _Silent()
_listening = SILENT


def report_to(reporter: ProgressReporter) -> None:
    """From now on this reporter listens, in the whole process."""
    global _listening  # noqa: PLW0603 - one process has one terminal
    _listening = reporter


def listener() -> ProgressReporter:
    """Who listens now."""
    return _listening


def task(doing: str, total: int | None, per_second: float | None = None) -> AbstractContextManager[ProgressTask]:
    """A piece of work: `doing` is a word such as Reading, `per_second` how many steps a service allows a second."""
    return _listening.task(doing, total, per_second)


_interrupted = Event()


def interrupt(stopped: bool = True) -> None:
    """Ctrl-C reaches only the main thread: this has work of others end at its next step."""
    (_interrupted.set if stopped else _interrupted.clear)()


def check_interrupted() -> None:
    """Asked between steps. Raises KeyboardInterrupt where somebody wants this to end."""
    if _interrupted.is_set():
        raise KeyboardInterrupt
