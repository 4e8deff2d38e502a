"""What a change does to people and recordings: each consequence's word, severity and sentences, in this one table.

A consequence is named by a word, because people write it: `intent: {stop-recording: …}`, `--allow stop-recording=APP`.
When a change has which of them, the plan decides (`reconcile/plan/consequence.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from provisioner.recording.findings import Severity

_SOON = "Rooms created after about 5 to 10 minutes"
_LOST = "what was not recorded cannot be recovered."


class Scope(Enum):
    """Whether a consequence concerns one application or an environment as a whole."""

    APPLICATION = "application"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Consequence:
    """One consequence. `fact` is what it rests on, with the source. What an `irreversible` one does cannot be undone.

    One of severity HIGH stops everything until it is acknowledged; `acknowledged` tells what an intent acknowledges
    then: "that …". `sentences` are by case; `{}` in them stands for what the change gives.
    """

    id: str
    title: str
    severity: Severity
    fact: str
    sentences: Mapping[str, str] = field(default_factory=dict)
    irreversible: bool = False
    scope: Scope = Scope.APPLICATION
    acknowledged: str = ""

    def says(self, case: str, **values: str) -> str:
        """The sentence of a case."""
        return self.sentences[case].format(**values)


STOP_RECORDING = Consequence(
    "stop-recording",
    "Rooms will no longer be recorded",
    Severity.HIGH,
    "A change takes effect for rooms created afterwards; what was not recorded cannot be recovered "
    "(on-cloud recording guide). It needs an intent in the spec, or --allow.",
    {
        "switched-off": f"{_SOON} will not be recorded; {_LOST}",
        "manual": f"{_SOON} will no longer be recorded automatically, only where the backend starts a recording; "
        + _LOST,
        "adopted": "The console stopped recording rooms that the spec wants recorded. Adopting that records nothing "
        "again: it makes it the team's decision, and what was not recorded meanwhile cannot be recovered. To go back, "
        "apply instead.",
        "removed": f"Its spec is gone, and it said onRemove: stop-auto. {_SOON} will no longer be "
        f"recorded automatically; {_LOST}",
    },
    irreversible=True,
    acknowledged="that this application stops being recorded",
)
START_RECORDING = Consequence(
    "start-recording",
    "Rooms will be recorded",
    Severity.MEDIUM,
    "Recording is charged by duration (billing page), and concerns whoever is in the room.",
    {"auto": f"{_SOON} will be recorded, every one of them: this costs money and concerns whoever is in them."},
)
ENABLED_FOR_GOOD = Consequence(
    "enabled-for-good",
    "Recording cannot be switched off again",
    Severity.MEDIUM,
    "New-type recording, once enabled, stays on; only automatic recording can be switched at will "
    "(console guide: function configuration).",
    {"enabled": "Recording of the new type cannot be switched off again once it is on; its mode can be changed."},
    irreversible=True,
)
SHORTER_IDLE_TIME = Consequence(
    "shorter-idle-time",
    "Recordings end sooner after everybody left",
    Severity.MEDIUM,
    "A recording ends when every anchor has been gone for longer than the idle time (on-cloud recording guide).",
    {"shorter": "A room that everybody left ends its file after {after} (was {before})."},
)
SHORTER_RETENTION = Consequence(
    "shorter-retention",
    "New files are deleted sooner",
    Severity.MEDIUM,
    "VOD deletes a file for good when its time is over (TencentVod).",
    {"shorter": "New files are deleted after {after} (was {before})."},
    irreversible=True,
)
STORAGE_MOVED = Consequence(
    "storage-moved",
    "New files go elsewhere",
    Severity.MEDIUM,
    "Whoever fetches or deletes recordings looks for them where they were (policy).",
    {"moved": "New files go to {after}, no longer to {before}."},
)
MAX_CHANGES = Consequence(
    "max-changes",
    "A plan changes more than the environment's limits allow",
    Severity.HIGH,
    "Policy: a mistake in a template or in a script reaches every application at once; `limits` in environment.yaml "
    "says how many are no surprise; in production 30 % are the limit where it says nothing. It needs an intent in "
    "environment.yaml, or --allow max-changes.",
    scope=Scope.ENVIRONMENT,
    acknowledged="that a plan exceeds this environment's limits",
)
UNUSED_INTENT = Consequence(
    "unused-intent",
    "An intent acknowledges something that the plan does not do",
    Severity.LOW,
    "Policy: an acknowledgement is for one change. Left behind, it would let the next one pass unread.",
    {
        "unused": "This plan has no {consequence} for the intent to acknowledge; remove it, or the next one passes "
        "unread."
    },
)

CONSEQUENCES: Mapping[str, Consequence] = MappingProxyType(
    {
        each.id: each
        for each in (
            STOP_RECORDING,
            START_RECORDING,
            ENABLED_FOR_GOOD,
            SHORTER_IDLE_TIME,
            SHORTER_RETENTION,
            STORAGE_MOVED,
            MAX_CHANGES,
            UNUSED_INTENT,
        )
    }
)
"""Every consequence by its word, in the order of the docs."""


def acknowledgeable(scope: Scope) -> Mapping[str, Consequence]:
    """Those of a scope that stop a plan until an intent, or `--allow`, says that they are meant."""
    return {word: each for word, each in CONSEQUENCES.items() if each.acknowledged and each.scope is scope}
