"""Which requests are retried, after how long, and when to give up: the same for all forges.

A refusal (a rate limit) was certainly not carried out, so any request may follow it. After no answer or a broken one
only what does no harm twice follows by itself; whoever creates something looks first whether it is there.
"""

from __future__ import annotations

import time
from typing import Any

from urllib3 import BaseHTTPResponse, Retry

from provisioner.forge.port import ForgeError

TIMEOUT = 20
"""Seconds for a connection, and for each piece of an answer."""

LONGEST_WAIT = 300
"""Seconds. A forge that asks for more is not waited for: a job has its own limit."""

REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""Methods that may be sent twice: what we change, we write as a whole."""

_TOO_MANY = 429
_BROKEN = (500, 502, 503, 504)
_ATTEMPTS = 4
_BACKOFF = 0.5  # seconds, doubled each time
_RESETS = ("X-RateLimit-Reset", "RateLimit-Reset")  # GitHub's and GitLab's, in seconds since 1970


class Patient(Retry):
    """urllib3's retries with this module's policy. Raises ForgeError where the wait would be too long."""

    refused = frozenset({_TOO_MANY})
    """Statuses that may say "later"."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether a call is sent again: also after a refusal by the forge's rate limit."""
        if status_code in self.refused:
            return bool(self.total)
        return super().is_retry(method, status_code, has_retry_after)

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Seconds that the answer asks to wait, also by the headers in which forges say when the limit ends."""
        seconds = super().get_retry_after(response)
        if seconds is None and response.status == _TOO_MANY:
            seconds = _until_reset(response)
        if seconds is not None and seconds > LONGEST_WAIT:
            raise too_long(seconds)
        return seconds


def policy(*, creates: bool) -> dict[str, Any]:
    """What a Patient is made with; with `creates` a POST makes something that must not be there twice."""
    return {
        "total": _ATTEMPTS,
        "backoff_factor": _BACKOFF,
        "status_forcelist": list(_BROKEN),
        "allowed_methods": REPEATABLE if creates else REPEATABLE | {"POST"},
        "raise_on_status": False,
    }


def too_long(seconds: float) -> ForgeError:
    """The error of a wait, in seconds, that no job should sit through."""
    return ForgeError(f"the rate limit is used up for another {seconds:.0f} seconds", fix="Run the job again later.")


def _until_reset(response: BaseHTTPResponse) -> float | None:
    for name in _RESETS:
        value = response.headers.get(name, "")
        if value.isdigit():
            return max(0.0, int(value) - time.time()) + 1  # it is not said when in that second
    return None
