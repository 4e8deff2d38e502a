"""One function over many items, by several processes: the answers come in order, and what one raises is raised here."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from provisioner.foundation.errors import ProvisionerError, UsageError

T = TypeVar("T")
U = TypeVar("U")

WORTH_IT = 2_000
"""From so many files on, starting processes costs less than it saves."""


class WorkerLost(ProvisionerError):
    """A process was ended by something else, such as a machine that ran out of memory."""


def jobs_of(asked: int | None, files: int) -> int:
    """How many processes to use for so many files: as `asked`, else the machine's cores where that pays."""
    if asked is not None:
        if asked < 1:
            raise UsageError(f"--jobs takes a number from 1 on, not {asked}", fix="1 is this process alone.")
        return asked
    return _cores() if files >= WORTH_IT else 1


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def in_order(function: Callable[[T], U], items: Sequence[T], jobs: int) -> Iterator[Iterable[U]]:
    """The answers of `function`, which other processes get a copy of, in the order of `items`.

    Few answers wait at a time. Leaving the block ends the processes, whatever they are at.
    """
    jobs = min(jobs, len(items))
    if jobs < 2:
        yield map(function, items)
        return
    from concurrent.futures import ProcessPoolExecutor  # 20 ms that few commands need
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # A copy of a process with threads may hold a lock that nobody releases.
    alone = sys.platform == "linux" and threading.active_count() == 1
    context = get_context("fork" if alone else "spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(function,))
    try:
        yield _answers(pool, items, 2 * jobs)
    except BrokenProcessPool:
        fix = "Give it more memory, or fewer processes: --jobs 1."
        raise WorkerLost("a process that read specs was ended from outside", fix=fix) from None
    finally:
        workers = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()


def _answers(pool: Any, items: Sequence[Any], most: int) -> Iterator[Any]:
    waiting: list[Any] = []
    rest = iter(items)
    while True:
        while len(waiting) < most and (item := next(rest, _END)) is not _END:
            waiting.append(pool.submit(_work, item))
        if not waiting:
            return
        yield waiting.pop(0).result()


_END = object()
_function: Callable[[Any], Any] | None = None


def _begin(function: Callable[[Any], Any]) -> None:
    """In the new process: an interrupt is its parent's to handle, and it does not outlive its parent."""
    global _function  # noqa: PLW0603 - the pool hands over items only
    _function = function
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import connection, parent_process

    if parent := parent_process():
        connection.wait([parent.sentinel])
        os._exit(1)


def _work(item: Any) -> Any:
    assert _function is not None
    return _function(item)
