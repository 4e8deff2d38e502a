"""One writer an environment at a time, also across machines: a lease beside a journal in a bucket.

Its owner renews it every minute. One that was not renewed for five minutes belongs to nobody any more: whoever wants
it takes it over. So there is nothing to break by hand, and a kill is forgotten after five minutes, on the same
machine at once: whoever has its lock (`lock.py`) knows that the former owner is gone. How old a lease is, the store's
clock tells, how fresh ours is, this machine's monotonic one: clocks that differ do no harm.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.reconcile.apply.lock import described
from provisioner.reconcile.apply.object_store import ObjectBucket, StoredObject, StoreError

KEY = "lock.json"
LASTS = timedelta(minutes=5)
_RENEWED_EVERY = timedelta(minutes=1)
_MARGIN = timedelta(minutes=1)
"""What is begun this long before the lease may be taken over is done by then."""

Monotonic = Callable[[], float]


@contextmanager
def leased(
    bucket: ObjectBucket, environment: str, note: dict[str, object], monotonic: Monotonic = time.monotonic
) -> Iterator[Callable[[], None]]:
    """Hold the environment's lease. Yields what raises ConflictError once that is no longer certain.

    Raises ConflictError that names who holds it, ProvisionerError where the store cannot keep a lease.
    """
    lease = _Lease(bucket, environment, note, monotonic)
    lease.take()
    stop = threading.Event()
    renewing = threading.Thread(target=lease.renew_until, args=(stop,), name="lease", daemon=True)
    renewing.start()
    try:
        yield lease.check
    finally:
        stop.set()
        renewing.join()
        with suppress(ProvisionerError):
            lease.give_back()


class _Lease:
    def __init__(self, bucket: ObjectBucket, environment: str, note: dict[str, object], monotonic: Monotonic) -> None:
        self._bucket = bucket
        self._environment = environment
        self._note = note
        self._monotonic = monotonic
        self._renewals = 0
        self._etag = ""
        self._until = 0.0

    def take(self) -> None:
        begun = self._monotonic()
        etag = self._bucket.create(KEY, self._text()) or self._taken_over()
        if self._bucket.create(KEY, b"{}") is not None:
            self._bucket.delete(KEY)
            raise ProvisionerError(
                "the store writes over an object that it was told not to (If-None-Match), so it can hold no lock",
                where=self._bucket.place,
                fix="Say lock=local in the journal's address, and let CI run one job at a time.",
            )
        self._hold(etag, begun)

    def _taken_over(self) -> str:
        """The etag after taking the lease from an owner that is gone. Raises ConflictError where it is not."""
        there = self._bucket.read(KEY)
        if there is None:
            etag = self._bucket.create(KEY, self._text())
        else:
            etag = self._bucket.replace(KEY, self._text(), there.etag) if self._is_gone(there) else None
        if etag is None:
            there = there or self._bucket.read(KEY)
            raise self._held_by(there.data if there else b"", there.age if there else timedelta())
        return etag

    def _is_gone(self, owner: StoredObject) -> bool:
        with suppress(ValueError, AttributeError):
            if (lock := self._note.get("lock")) and json.loads(owner.data).get("lock") == lock:
                return True
        return owner.age >= LASTS

    def _held_by(self, note: bytes, age: timedelta) -> ConflictError:
        try:
            owner = described(json.loads(note))
        except (ValueError, KeyError, TypeError):
            owner = "another process"
        left = max(LASTS - age, timedelta())
        return ConflictError(
            f"{self._environment} is being written by {owner}, last heard of {_minutes(age)} ago",
            where=f"{self._bucket.place}/{KEY}",
            fix=f"Wait for it. If that process is gone, its lock falls in {_minutes(left)}: run again then.",
        )

    def renew_until(self, stop: threading.Event) -> None:
        while not stop.wait(_RENEWED_EVERY.total_seconds()):
            with suppress(StoreError):  # the next try may succeed; `check` says when it has become too late
                self.renew()

    def renew(self) -> None:
        begun = self._monotonic()
        self._renewals += 1
        etag = self._bucket.replace(KEY, self._text(), self._etag)
        if etag is None:
            self._until = 0.0
        elif self._until:
            self._hold(etag, begun)

    def check(self) -> None:
        """Raises ConflictError unless the lease is surely ours for long enough to write one application."""
        if self._monotonic() > self._until:
            raise ConflictError(
                f"the lock of {self._environment} could not be renewed in time: somebody else may be writing",
                where=f"{self._bucket.place}/{KEY}",
                fix="Nothing more is written. Run again: what is done already stays, and is not done twice.",
            )

    def give_back(self) -> None:
        if self._monotonic() <= self._until:
            self._bucket.delete(KEY)

    def _hold(self, etag: str, begun: float) -> None:
        self._etag = etag
        self._until = begun + (LASTS - _MARGIN).total_seconds()

    def _text(self) -> bytes:
        return json.dumps({**self._note, "renewals": self._renewals}).encode()


def _minutes(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{seconds // 60} min {seconds % 60} s"
