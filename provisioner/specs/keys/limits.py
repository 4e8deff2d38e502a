"""`limits`: how much of an environment one plan may change."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import Schema, mapping

PERCENT_FROM = 10
"""Applications an environment needs before a percentage of them says anything."""

PRODUCTION_PERCENT = 30
"""What a plan of production may change where its environment says nothing of it."""


ACKNOWLEDGED_DAYS = 366
"""For how many days from today an intent or a waiver holds at most where its environment says nothing of it: a year."""


@dataclass(frozen=True, slots=True)
class ExceededLimit:
    """One limit: the `path` of its leaf in the environment's file, and its `words` where a plan exceeds it."""

    path: str
    words: str


@dataclass(frozen=True, slots=True)
class ChangeLimits:
    """At most so many applications, and so many percent of them; None is no limit.

    `usual`: the percentage is the tier's, no file sets it. `acknowledged_days`: how long intents and waivers may hold.
    """

    applications: int | None = None
    percent: int | None = None
    usual: bool = False
    acknowledged_days: int = ACKNOWLEDGED_DAYS

    def exceeded(self, changing: int, of: int) -> list[ExceededLimit]:
        """What stands against changing so many `of` an environment's applications."""
        found = []
        if self.applications is not None and changing > self.applications:
            words = f"{changing} applications would change, at most {self.applications}"
            found.append(ExceededLimit("/limits/maxChanges", words))
        if self.percent is not None and of >= PERCENT_FROM and changing * 100 > self.percent * of:
            share = f"{changing} of {of} applications would change, at most {self.percent} %"
            if self.usual:
                share += " of production where limits.maxChangesPercent says nothing else"
            found.append(ExceededLimit("/tier" if self.usual else "/limits/maxChangesPercent", share))
        return found


def _schema() -> Schema:
    percent = (
        f"At most so many percent of the applications; counts from {PERCENT_FROM} applications on. "
        f"In production {PRODUCTION_PERCENT} unless set."
    )
    return mapping(
        {
            "maxChanges": {"type": "integer", "minimum": 0, "description": "At most so many applications."},
            "maxChangesPercent": {"type": "integer", "minimum": 0, "maximum": 100, "description": percent},
            "acknowledgedFor": {
                "type": "string",
                "pattern": "^[1-9][0-9]{0,3}d$",
                "description": "How long from today intents and waivers may hold, such as 30d; a year unless set.",
            },
        },
        minProperties=1,
        description="How much one plan may change; more needs an intent max-changes, or --allow max-changes. And how "
        "long what is acknowledged may be.",
    )


def _read(source: KeySource) -> ChangeLimits:
    block = source.get("limits", {})
    days = int(block["acknowledgedFor"].removesuffix("d")) if "acknowledgedFor" in block else ACKNOWLEDGED_DAYS
    usual = source.get("tier") == "production" and "maxChangesPercent" not in block
    percent = PRODUCTION_PERCENT if usual else block.get("maxChangesPercent")
    return ChangeLimits(block.get("maxChanges"), percent, usual, days)


LIMITS: Key[ChangeLimits] = Key("limits", _schema, _read)
