"""How much of an environment one plan may change: the `limits:` block of `environment.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PERCENT_FROM = 10
"""Applications an environment needs before a percentage of them says anything."""

PRODUCTION_PERCENT = 30
"""What a plan of production may change where its environment says nothing of it."""


@dataclass(frozen=True, slots=True)
class Cap:
    """One limit: the `path` of its leaf in the environment's file, and its `words` where a plan exceeds it."""

    path: str
    words: str


@dataclass(frozen=True, slots=True)
class Caps:
    """At most so many applications, and so many percent of them; None is no limit.

    `usual`: the percentage is the tier's, no file sets it.
    """

    applications: int | None = None
    percent: int | None = None
    usual: bool = False

    def exceeded(self, changing: int, of: int) -> list[Cap]:
        """What stands against changing so many `of` an environment's applications."""
        found = []
        if self.applications is not None and changing > self.applications:
            found.append(
                Cap("/limits/maxChanges", f"{changing} applications would change, at most {self.applications}")
            )
        if self.percent is not None and of >= PERCENT_FROM and changing * 100 > self.percent * of:
            share = f"{changing} of {of} applications would change, at most {self.percent} %"
            if self.usual:
                found.append(Cap("/tier", f"{share} of production where limits.maxChangesPercent says nothing else"))
            else:
                found.append(Cap("/limits/maxChangesPercent", share))
        return found


def caps(document: Mapping[str, Any]) -> Caps:
    """The values of an environment's document that has passed its schema."""
    block = document.get("limits", {})
    if document["tier"] == "production" and "maxChangesPercent" not in block:
        return Caps(block.get("maxChanges"), PRODUCTION_PERCENT, usual=True)
    return Caps(block.get("maxChanges"), block.get("maxChangesPercent"))
