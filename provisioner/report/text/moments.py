"""Times as people read them."""

from __future__ import annotations


def minute(moment: str) -> str:
    """`2026-11-22 12:00 UTC` of an RFC 3339 timestamp in UTC."""
    return f"{moment[:10]} {moment[11:16]} UTC"


def since_sentence(moment: str | None) -> str:
    """Until when something was as specified, as far as it is known: it may have changed at any moment after that."""
    return f"As specified until at least {minute(moment)}." if moment else "Since when is not known."
