"""How far long work has come, for whoever waits: a bar on a terminal, a line a minute in CI, nothing in a pipe."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from provisioner.cli.output import is_terminal, tell
from provisioner.foundation import progress
from provisioner.foundation.progress import ProgressReporter, ProgressTask

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_WORTH_SHOWING = 1.0
"""Seconds; what is over before needs no bar."""

_MINUTE = 60.0


def choose(variables: Mapping[str, str], stream: IO[Any] | None) -> ProgressReporter:
    """Who tells it, by where errors and progress go."""
    if is_terminal(stream) and variables.get("TERM") != "dumb":
        return TerminalProgress()
    if variables.get("CI", "").lower() not in ("", "0", "false"):
        return MinuteLines(lambda line: print(line, file=sys.stderr, flush=True))
    return progress.SILENT


def listen() -> None:
    """Show the progress of this process's work."""
    progress.report_to(choose(os.environ, sys.stderr))


def say(words: str, *, err: bool = False) -> None:
    """A line on stdout, or stderr, while work goes on: above the bars, where they share the terminal."""
    reporter = progress.listener()
    there = is_terminal(sys.stderr if err else sys.stdout)
    if not (there and isinstance(reporter, TerminalProgress) and reporter.print_above(words)):
        tell(words, err=err)


def heading(doing: str, total: int | None, per_second: float | None) -> str:
    """`Reading 500 at 20 calls/s: about 25 s`, known before anything has begun."""
    if total is None:
        return doing
    if per_second is None or total < per_second:
        return f"{doing} {total:,}"
    return f"{doing} {total:,} at {per_second:g} calls/s: about {duration(total / per_second)}"


def duration(seconds: float) -> str:
    """`25 s`, `4 min 10 s`."""
    whole = round(seconds)
    return f"{whole} s" if whole < 2 * _MINUTE else f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")


def left(done: int, total: int, elapsed: float, per_second: float | None) -> float | None:
    """Seconds that are left: by the pace so far, and no less than the service's rate allows; None before the first."""
    rest = total - done
    at_least = rest / per_second if per_second else 0.0
    if not done:
        return at_least or None
    return max(at_least, rest * elapsed / done)


class TerminalProgress:
    """One bar for each task that takes more than a second; they go away when they are done, or interrupted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bars: Progress | None = None
        self._shown = 0

    @contextmanager
    def task(self, doing: str, total: int | None, per_second: float | None) -> Iterator[ProgressTask]:
        """Shown at once where the service's rate tells that it takes long, else when it has."""
        bar = _Bar(self, doing, total, per_second)
        try:
            if per_second and total and total / per_second > _WORTH_SHOWING:
                bar.show()
            yield bar
        finally:
            bar.hide()

    def add(self, description: str, total: int | None) -> tuple[Progress, TaskID]:
        """A line below those that are shown."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        with self._lock:
            if self._bars is None:
                columns = (
                    TextColumn("{task.description}", markup=False),
                    BarColumn(bar_width=20),
                    MofNCompleteColumn(),
                    TextColumn("{task.fields[left]}", markup=False),
                )
                console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))
                # click writes past what rich would put in the place of the streams: see `say`.
                self._bars = Progress(
                    *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
                )
                self._bars.start()
            self._shown += 1
            return self._bars, self._bars.add_task(description, total=total, left="")

    def print_above(self, words: str) -> bool:
        """Whether there are bars, and the words, with their colours, now stand above them."""
        with self._lock:
            if self._bars is None:
                return False
            from rich.text import Text

            self._bars.console.print(Text.from_ansi(words), soft_wrap=True)
            return True

    def remove(self, task: TaskID) -> None:
        """The last one that goes leaves the terminal as it was."""
        with self._lock:
            if self._bars is None:
                return
            self._bars.remove_task(task)
            self._shown -= 1
            if not self._shown:
                self._bars.stop()
                self._bars = None


class _Bar:
    def __init__(self, terminal: TerminalProgress, doing: str, total: int | None, per_second: float | None) -> None:
        self._terminal, self._heading = terminal, heading(doing, total, per_second)
        self._total, self._per_second = total, per_second
        self._lock = threading.Lock()
        self._began, self._done = time.monotonic(), 0
        self._line: tuple[Progress, TaskID] | None = None

    def step(self, count: int = 1) -> None:
        with self._lock:
            self._done += count
            elapsed = time.monotonic() - self._began
            more = self._total is None or self._done < self._total
            if self._line is None and elapsed > _WORTH_SHOWING and more:
                self.show()
            if self._line:
                bars, task = self._line
                seconds = None if self._total is None else left(self._done, self._total, elapsed, self._per_second)
                bars.update(task, completed=self._done, left=f"{duration(seconds)} left" if seconds else "")

    def show(self) -> None:
        self._line = self._terminal.add(self._heading, self._total)

    def hide(self) -> None:
        if self._line:
            self._terminal.remove(self._line[1])


class MinuteLines:
    """A line a minute, for a log that is read afterwards or watched."""

    def __init__(self, tell: Callable[[str], None], now: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._now = tell, now

    @contextmanager
    def task(self, doing: str, total: int | None, per_second: float | None) -> Iterator[ProgressTask]:
        """Told at once where it takes more than a minute."""
        if per_second and total and total / per_second > _MINUTE:
            self._tell(heading(doing, total, per_second))
        yield _Minutes(self._tell, self._now, doing, total, per_second)


class _Minutes:
    def __init__(
        self,
        tell: Callable[[str], None],
        now: Callable[[], float],
        doing: str,
        total: int | None,
        per_second: float | None,
    ) -> None:
        self._tell, self._now = tell, now
        self._doing, self._total, self._per_second = doing, total, per_second
        self._lock = threading.Lock()
        self._began = self._told = now()
        self._done = 0

    def step(self, count: int = 1) -> None:
        with self._lock:
            self._done += count
            now = self._now()
            if now - self._told < _MINUTE:
                return
            self._told = now
            if self._total is None:
                self._tell(f"{self._doing}: {self._done:,} so far")
                return
            seconds = left(self._done, self._total, now - self._began, self._per_second) or 0
            self._tell(f"{self._doing}: {self._done:,} of {self._total:,}, about {duration(seconds)} left")
