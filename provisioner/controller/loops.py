"""Work that goes on beside the endpoints: loops that never die silently, and say when they last came round."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from provisioner.controller.claims import Job
from provisioner.controller.effects import Effects
from provisioner.controller.metrics import Metrics
from provisioner.controller.store.port import Transaction
from provisioner.foundation.errors import ProvisionerError

_log = logging.getLogger(__name__)

_PAUSE_AFTER_ERROR = 1.0
_STALE_SECONDS = 60.0
"""A loop that has not come round for so long makes the replica unready: it may be stuck."""

_CLAIMED_AT_ONCE = 32
_PAUSE_WHEN_FULL = 0.05
_CALLS_AT_ONCE = 64
"""The service takes up to 6 s and allows 20 calls a second of each action."""


class Loop:
    """Runs `step` again and again in a thread; `step` answers how many seconds to wait, less once `wake` is called."""

    def __init__(self, name: str, step: Callable[[], float], metrics: Metrics) -> None:
        self.name = name
        self._step = step
        self._metrics = metrics
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._beat = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to run in a thread of its own."""
        self._beat = time.monotonic()
        self._thread.start()

    def wake(self) -> None:
        """Run at once instead of at the next tick."""
        self._woken.set()

    def wait(self, seconds: float) -> bool:
        """Let seconds pass within a step; True where the loop is to stop. The loop counts as alive meanwhile."""
        self._beat = time.monotonic()
        return self._stopping.wait(seconds)

    def stop(self) -> None:
        """Finish the step that runs."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    @property
    def healthy(self) -> bool:
        """Whether its thread lives and came round lately; readiness asks."""
        return self._thread.is_alive() and time.monotonic() - self._beat < _STALE_SECONDS

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                pause = self._step()
            except ProvisionerError as error:
                self._metrics.errors.labels(self.name).inc()
                _log.warning("%s: %s", self.name, error)
                pause = _PAUSE_AFTER_ERROR
            except Exception:  # noqa: BLE001  # the other calls go on; the log has the traceback
                self._metrics.errors.labels(self.name).inc()
                _log.exception("%s failed", self.name)
                pause = _PAUSE_AFTER_ERROR
            self._beat = time.monotonic()
            if pause > 0:
                self._woken.wait(pause)


class Calls:
    """Makes claimed calls in threads. A step claims only as many as can be made at once: their leases run already."""

    def __init__(self, effects: Effects, metrics: Metrics, done: Callable[[], None]) -> None:
        self._effects = effects
        self._metrics = metrics
        self._done = done
        self._threads = ThreadPoolExecutor(_CALLS_AT_ONCE, "call")
        self._under_way = 0
        self._lock = threading.Lock()

    def step(self) -> float:
        """Claim what is due and send it on its way; the seconds until something else is due."""
        free = self._free()
        if not free:
            return _PAUSE_WHEN_FULL
        claimed = self._effects.claim(min(free, _CLAIMED_AT_ONCE))
        self._send(claimed.jobs)
        return claimed.wait

    def claim_within(self, transaction: Transaction) -> None:
        """Claim what is due in a transaction that made it due; the calls leave once it is on the disk."""
        free = self._free()
        jobs = self._effects.claim_within(transaction, min(free, _CLAIMED_AT_ONCE)).jobs if free else ()
        transaction.then(lambda: self._send(jobs) if jobs else self._done())

    def _free(self) -> int:
        with self._lock:
            return _CALLS_AT_ONCE - self._under_way

    def _send(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            with self._lock:
                self._under_way += 1
            try:
                self._threads.submit(self._make, job)
            except RuntimeError:  # it is stopping: another replica takes over once the lease ends
                return

    def close(self) -> None:
        """Finish the calls that are under way."""
        self._threads.shutdown()

    def _make(self, job: Job) -> None:
        try:
            result = self._effects.perform(job)
            outcome = "unknown" if result.unknown else result.refused.code if result.refused else "done"
            self._metrics.calls.labels(job.kind, outcome).inc()
            now = self._effects.record(job, result)
            if job.kind == "create" and result.task_id and job.attempt == 1:
                self._metrics.latency.observe(max(0.0, now - job.received))
        except ProvisionerError as error:
            _log.warning("what a call came to cannot be written down, its lease sees to it: %s", error)
        except Exception:  # noqa: BLE001  # the lease sees to it
            _log.exception("a call failed")
        finally:
            with self._lock:
                self._under_way -= 1
            self._done()
