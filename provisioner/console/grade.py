"""How much is known of what a binding or a file of labels says, and from where."""

from __future__ import annotations

from enum import Enum


class Grade(Enum):
    """How an entry is known, the best first: what a write may rest on is decided by this order."""

    DOCUMENTED = "documented"
    """Published with its shape."""

    OBSERVED = "observed"
    """Seen in a capture of this account's own console: true of that page, on that day."""

    WITHDRAWN = "withdrawn"
    """Published once, and taken back."""

    NAME_ONLY = "name-only"
    """The action stands in an access-management or audit list, its shape nowhere."""

    ASSUMED = "assumed"
    """Nothing is published."""

    def at_least(self, other: Grade) -> bool:
        """Whether this is as well known as `other`, or better."""
        return _ORDER[self] <= _ORDER[other]


_ORDER = {grade: rank for rank, grade in enumerate(Grade)}
