"""The digest of a document's content: how its file is laid out does not count."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest(document: Any) -> str:
    """SHA-256 over a document's canonical JSON, as `sha256:` and 64 hex digits.

    Comments, order of keys and layout do not count; every value does.
    """
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"
