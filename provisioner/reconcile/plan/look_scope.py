"""How much of an environment a look read, where it was to read only what the audit log names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookScope:
    """`since` is the last full look (RFC 3339), None where this is one, `because` of what the log could not say.

    `of` is how many applications there are; `unverified` how many of those that were not read could not be verified
    at the last full look.
    """

    since: str | None
    of: int
    unverified: int = 0
    because: str = ""
