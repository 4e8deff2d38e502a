"""Keeps to the service's rate, for all threads together, action by action."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable
from weakref import WeakValueDictionary

from provisioner.foundation.clock import pause
from provisioner.recording.limits import CALLS_PER_SECOND

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 12.0


class Limiter:
    """Hands out turns, evenly spaced; a refusal pauses its action for everybody, longer with each one in a row.

    Even spacing rather than bursts: a token bucket on the other side that starts empty refuses a burst.
    """

    def __init__(
        self,
        per_second: float = CALLS_PER_SECOND,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self.per_second = per_second
        self._interval = 1 / per_second
        self._now = now
        self._sleep = sleep
        self._next: defaultdict[str, float] = defaultdict(float)
        self._refused: defaultdict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def wait(self, action: str) -> None:
        """Return when it is this call's turn."""
        with self._lock:
            now = self._now()
            turn = max(self._next[action], now)
            self._next[action] = turn + self._interval
        if turn > now:
            self._sleep(turn - now)

    def refused(self, action: str) -> None:
        """The service said "too many": everybody waits, with jitter so that processes do not wait in step."""
        with self._lock:
            seconds = min(_FIRST_PAUSE * 2 ** self._refused[action], _LONGEST_PAUSE) * random.uniform(0.5, 1)
            self._refused[action] += 1
            self._next[action] = max(self._next[action], self._now() + seconds)

    def accepted(self, action: str) -> None:
        """The service answered: the next refusal starts with a short pause again."""
        with self._lock:
            self._refused[action] = 0

    def keep_to(self, per_second: float) -> None:
        """No faster than this either: of several environments of one account the slowest rate holds."""
        with self._lock:
            self.per_second = min(self.per_second, per_second)
            self._interval = 1 / self.per_second


_of_accounts: WeakValueDictionary[Hashable, Limiter] = WeakValueDictionary()
_guard = threading.Lock()


def limiter_of(account: Hashable, per_second: float) -> Limiter:
    """The one limiter of an account at a service in this process, for as long as somebody holds it.

    The service counts calls by account: environments that share one share its rate.
    """
    with _guard:
        limiter = _of_accounts.get(account)
        if limiter is None:
            limiter = _of_accounts[account] = Limiter(per_second)
        else:
            limiter.keep_to(per_second)
        return limiter
