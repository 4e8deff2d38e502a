"""`pytest -p tests.mutant_run`: tries mutants on the tests that were collected, in a fork each.

Collecting, and importing what the tests need, is done once. A first fork runs every test without a mutant, and learns
which functions each reaches and how long it takes. Then each mutant gets a fork that runs the tests that reach its
function, up to the first failure: quick ones that have killed others, the latest of them first, then the rest by their
time. A mutant that takes much longer than those tests do counts as killed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import pytest
from mutmut.configuration import config as mutmut_settings
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

WORK_FILE = "mutants.json"
KILLED = "killed"
SURVIVED = "survived"

_QUICK = 0.1
"""Seconds that a test may take to be asked first because it killed others."""

_PATIENCE = 5.0
"""Seconds that a mutant may take in any case; from then on, this many times what its tests took without it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be tried, and for how many seconds new mutants are begun.

    `verdicts` is the file that gets a line `killed NAME` or `survived NAME` once that is known. `learned` is the one
    that keeps what the tests reach. Tests that take longer than `slowest` seconds are not asked.
    """

    module: str
    mutants: Sequence[str]
    verdicts: str
    learned: str
    seconds: float
    slowest: float

    def document(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class _Learned:
    """The functions, by mutmut's names, that a test reaches, and the seconds that it takes."""

    reaches: Sequence[str]
    seconds: float


class _MutantRun:
    def __init__(self, work: Work) -> None:
        self._until = time.monotonic() + work.seconds
        self._work = work
        self._told = Path(work.verdicts)
        self._killers: list[str] = []
        self._killer = self._told.with_suffix(".killer")
        self._trying = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running the tests."""
        if session.testsfailed:
            raise session.Failed(f"{session.testsfailed} errors while collecting")
        learned = self._learned(session.items)
        self._trying = True
        self._run_clean(sorted(session.items, key=lambda item: learned[item.nodeid].seconds), learned)
        for name in self._work.mutants:
            if time.monotonic() > self._until:
                break
            function = f"{self._work.module}.{name.rpartition('__mutmut_')[0]}"
            known = [(item, learned[item.nodeid]) for item in session.items]
            asked = [(item, one.seconds) for item, one in known if function in one.reaches and self._asks(one)]
            asked.sort(key=lambda pair: (self._rank(pair[0].nodeid, pair[1]), pair[1]))
            limit = _PATIENCE * (1 + sum(seconds for _, seconds in asked))
            status = _in_a_fork(partial(self._try, name, [item for item, _ in asked]), limit)
            if self._killer.exists():
                nodeid = self._killer.read_text("utf-8")
                self._killers = [*(one for one in self._killers if one != nodeid), nodeid]
                self._killer.unlink()
            with self._told.open("a", encoding="utf-8") as file:
                file.write(f"{KILLED if status else SURVIVED} {name}\n")
        return True

    def _run_clean(self, items: Sequence[pytest.Item], learned: Mapping[str, _Learned]) -> None:
        """Without a mutant, in the order of a mutant's: a test that fails in it would kill whatever it reaches."""
        asked = [item for item in items if self._asks(learned[item.nodeid])]
        if _in_a_fork(partial(self._try, "", asked), 3600):
            which = self._killer.read_text("utf-8") if self._killer.exists() else "one of them"
            raise pytest.UsageError(f"the tests fail without a mutant in another order: {which}")

    def _rank(self, nodeid: str, seconds: float) -> int:
        return -self._killers.index(nodeid) if seconds < _QUICK and nodeid in self._killers else 1

    def _asks(self, test: _Learned) -> bool:
        return test.seconds <= self._work.slowest

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Ends the fork of a mutant that a test has killed, and tells which."""
        if self._trying and report.failed:
            self._killer.write_text(report.nodeid, "utf-8")
            os._exit(1)

    def _try(self, name: str, items: Sequence[pytest.Item]) -> None:
        set_mutant_under_test(f"{self._work.module}.{name}")
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _learned(self, items: Sequence[pytest.Item]) -> dict[str, _Learned]:
        """What each test reaches, from a former run or a fork of their own."""
        told = Path(self._work.learned)
        if not told.exists():
            _in_a_fork(partial(_learn, items, told), 3600)
        if not told.exists():
            raise pytest.UsageError("the tests fail without a mutant")
        return {nodeid: _Learned(**one) for nodeid, one in json.loads(told.read_text("utf-8")).items()}


def _learn(items: Sequence[pytest.Item], told: Path) -> None:
    found = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        set_mutant_under_test("stats")
        del os.environ["MUTANT_UNDER_TEST"]  # child processes have no settings of mutmut's to read
        state()._stats.clear()
        began = time.monotonic()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        found[item.nodeid] = _Learned(sorted(state()._stats), time.monotonic() - began)
    if not items[0].session.testsfailed:
        told.write_text(json.dumps({nodeid: asdict(one) for nodeid, one in found.items()}), "utf-8")


def _in_a_fork(task: Callable[[], None], limit: float) -> int:
    """What became of `task` in a process group and a temporary folder of its own: 0 where it came to its end."""
    scratch = tempfile.mkdtemp(prefix="mutant-")
    child = os.fork()
    if child == 0:
        status = 3
        try:
            os.setpgid(0, 0)
            os.environ["PYTEST_DEBUG_TEMPROOT"] = scratch
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, limit)
            task()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    shutil.rmtree(scratch, ignore_errors=True)
    return status


def pytest_configure(config: pytest.Config) -> None:
    """Only in a folder that has work."""
    mutmut_settings()  # read here: tests change the current folder
    document = json.loads((config.rootpath / WORK_FILE).read_text("utf-8"))
    config.pluginmanager.register(_MutantRun(Work(**document)), "mutants")
