"""Signed webhooks as the Standard Webhooks specification says (standardwebhooks.com): who receives one can prove it.

`webhook-signature` is `v1,` and the base64 of the HMAC-SHA256 of `ID.TIMESTAMP.BODY`; a receiver refuses old
timestamps, and takes an id that it has seen for the same message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from provisioner.foundation.bounded_http import UnboundedAnswer, bound, read_whole
from provisioner.foundation.clock import Clock
from provisioner.foundation.connection_failures import connection_failure
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.foundation.text_safety import Secret, excerpt

_SECONDS = 10.0
_PREFIX = "whsec_"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Webhook:
    """One receiver; `key` signs, as it stands or as `whsec_` and base64."""

    def __init__(self, url: str, key: Secret, clock: Clock) -> None:
        """Raises UsageError where `url` is no address to which a message may be sent."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise UsageError("a webhook needs an address such as https://HOST/PATH, without a password in it")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise UsageError("a webhook over http can be read and changed on its way", fix="Use https.")
        self._url, self._host = url, parts.netloc
        self._key, self._clock = _key(key), clock
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=3, read=_SECONDS), retries=False)
        bound(self._pool, _SECONDS)

    def send(self, message_id: str, body: bytes, content_type: str) -> None:
        """Deliver one message. Raises ProvisionerError where the receiver does not take it (2xx): send it again."""
        moment = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": content_type,
            "webhook-id": message_id,
            "webhook-timestamp": moment,
            "webhook-signature": signature(self._key, message_id, moment, body),
        }
        try:
            answer = self._pool.request(
                "POST", self._url, headers=headers, body=body, redirect=False, preload_content=False
            )
            read_whole(answer)
        except (HTTPError, UnboundedAnswer, ValueError, OverflowError) as error:
            told = connection_failure(error) or type(error).__name__
            why = f"the webhook at {self._host} does not answer ({told})"
            raise ProvisionerError(excerpt(why), fix="It is sent again.") from None
        if not 200 <= answer.status < 300:
            raise ProvisionerError(f"the webhook at {excerpt(self._host)} answers HTTP {answer.status}")

    def close(self) -> None:
        """Close its connections."""
        self._pool.clear()


def signature(key: bytes, message_id: str, moment: str, body: bytes) -> str:
    """The value of `webhook-signature` for a message of `moment` (seconds since 1970)."""
    signed = b".".join((message_id.encode(), moment.encode(), body))
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def _key(secret: Secret) -> bytes:
    text = secret.reveal()
    if not text.startswith(_PREFIX):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise UsageError(f"a webhook's key that begins with {_PREFIX} goes on in base64") from None
