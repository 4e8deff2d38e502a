"""Who may tell the controller something: the vendor by the `Sign` header, the backend by a bearer token.

The vendor's signature is over the raw body and has no nonce: who has seen one callback can send it again. Such a
replay is known by its content, and one that is old starts nothing (`events.FRESH_SECONDS`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from provisioner.foundation.text_safety import Secret


def sign(key: Secret, body: bytes) -> str:
    """The header's value (callback guide): base64 of HMAC-SHA256 over the body as it was sent."""
    return base64.b64encode(hmac.new(key.reveal().encode(), body, hashlib.sha256).digest()).decode()


def signed_by(keys: Iterable[Secret], body: bytes, header: str) -> bool:
    """Whether one of `keys`, of which there are two while one replaces the other, made the header. Constant time."""
    given = header.encode("utf-8", "replace")
    return any(hmac.compare_digest(sign(key, body).encode(), given) for key in keys)


def bears(token: Secret, header: str) -> bool:
    """Whether an Authorization header bears the token. Constant time."""
    scheme, _, given = header.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        token.reveal().encode(), given.strip().encode("utf-8", "replace")
    )


def passes(token: Secret, header: str) -> bool:
    """Whether an Authorization header gives the token as a password (Basic), whatever the user. Constant time."""
    scheme, _, given = header.partition(" ")
    try:
        password = base64.b64decode(given.strip(), validate=True).partition(b":")[2]
    except ValueError:
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(token.reveal().encode(), password)
