"""How much is publicly known of what a binding or a file of labels says."""

from __future__ import annotations

from enum import Enum


class Grade(Enum):
    """How much is publicly known of an entry."""

    DOCUMENTED = "documented"
    NAME_ONLY = "name-only"
    ASSUMED = "assumed"
