"""Sends callbacks as the vendor does: signed, 5 s for an answer, at once again, then every 10 s for a minute."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import threading
import time
from queue import SimpleQueue
from types import TracebackType
from typing import Self

import urllib3
from urllib3.exceptions import HTTPError

from provisioner.foundation.errors import ProvisionerError
from provisioner.simulator.callbacks.bodies import body
from provisioner.simulator.callbacks.outbox import Claimed
from provisioner.simulator.fault_kinds import CALLBACK, Conditions
from provisioner.simulator.state import ConsoleState

ANSWER_SECONDS = 5.0
RETRY_SECONDS = 10.0
GIVE_UP_SECONDS = 60.0

_LANES = 8
"""Callbacks of one room go in one lane, in their order; of different rooms several at once."""

_LOOK_SECONDS, _SETTLE_SECONDS = 0.05, 0.5
_BATCH = 100
_log = logging.getLogger(__name__)


def signature(key: str, body: bytes) -> str:
    """The header `Sign`: base64 of the HMAC-SHA256 of the raw body."""
    return base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()


class CallbackSender:
    """Sends the callbacks of a state file while the `with` block lasts. Several may, in several processes.

    `retry_seconds` is the vendor's 10 but for tests; a minute is six of them.
    """

    def __init__(self, state: ConsoleState, retry_seconds: float = RETRY_SECONDS) -> None:
        self._state = state
        self._retry = retry_seconds
        self._give_up = GIVE_UP_SECONDS / RETRY_SECONDS * retry_seconds
        self._stop = threading.Event()
        self._lanes: list[SimpleQueue[Claimed | None]] = [SimpleQueue() for _ in range(_LANES)]
        self._threads = [threading.Thread(target=self._look, name="callbacks", daemon=True)]
        self._threads += [threading.Thread(target=self._send_lane, args=(lane,), daemon=True) for lane in self._lanes]
        timeout = urllib3.Timeout(total=ANSWER_SECONDS)
        self._pool = urllib3.PoolManager(maxsize=_LANES, timeout=timeout, retries=False)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._threads[0].join()
        for lane in self._lanes:
            lane.put(None)
        for thread in self._threads[1:]:
            thread.join()
        self._pool.clear()

    def _look(self) -> None:
        settled = 0.0
        while not self._stop.is_set():
            try:
                if self._state.callbacks.targets() and time.monotonic() - settled > _SETTLE_SECONDS:
                    self._state.recordings.settle()  # what ended by itself is told, too
                    settled = time.monotonic()
                for claimed in self._state.callbacks.claim(self._state.now(), time.time(), _BATCH):
                    self._lanes[hash((claimed.sdk_app_id, claimed.room)) % _LANES].put(claimed)
            except ProvisionerError as error:
                _log.warning("callbacks wait: %s", error)
            self._stop.wait(_LOOK_SECONDS)

    def _send_lane(self, lane: SimpleQueue[Claimed | None]) -> None:
        while (claimed := lane.get()) is not None:
            if not self._stop.is_set():
                self._send(claimed)

    def _send(self, claimed: Claimed) -> None:
        outbox, now = self._state.callbacks, time.time()
        conditions = self._state.faults.draw(f"{CALLBACK}{claimed.event}") if claimed.attempts == 0 else Conditions()
        first_at = now if claimed.first_at is None else claimed.first_at
        if conditions.lost:
            outbox.done(claimed, answered=False)
        elif conditions.late:
            outbox.later(claimed, first_at, now + conditions.late, attempts=1)
        elif self._post(claimed):
            if conditions.repeated:
                self._post(claimed)
            outbox.done(claimed, answered=True)
        elif time.time() - first_at >= self._give_up:
            outbox.done(claimed, answered=False)
        else:
            pause = 0.0 if claimed.attempts == 0 else self._retry
            outbox.later(claimed, first_at, time.time() + pause, claimed.attempts + 1)

    def _post(self, claimed: Claimed) -> bool:
        data = json.dumps(body(claimed.event, claimed.info, claimed.at, self._state.now())).encode()
        headers = {
            "Content-Type": "application/json",
            "SdkAppId": str(claimed.sdk_app_id),
            "Sign": signature(claimed.target.key, data),
        }
        try:
            answer = self._pool.request("POST", claimed.target.url, body=data, headers=headers, redirect=False)
        except HTTPError as error:
            _log.info("callback %d of %d: %s", claimed.event, claimed.sdk_app_id, type(error).__name__)
            return False
        _log.info("callback %d of %d: HTTP %d", claimed.event, claimed.sdk_app_id, answer.status)
        return answer.status == 200
