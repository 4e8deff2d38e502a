"""The invisible first line of a note, by which it is found again: its key, and the plans that it shows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import UsageError

MARKER_BYTES = 400
"""What a marker needs at most for one plan; nobody sees it, and it counts."""

_LINE = re.compile(r"\A<!-- trtc-recording (\{.*\}) -->\s*$", re.MULTILINE)
_WORD = re.compile(r"[a-z0-9+-]+")
_HEX = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A sealed plan that a comment shows: its digest, the commit it belongs to, and since when it is there."""

    digest: str
    commit: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Marker:
    """`key` tells a note from the others of the same account; `plans` holds what it shows, by environment."""

    key: str
    plans: Mapping[str, ShownPlan] = field(default_factory=dict)

    def line(self) -> str:
        """Raises UsageError for what would end the line early: a name that no environment can have."""
        words = [self.key, *self.plans]
        digests = [text for plan in self.plans.values() for text in (plan.digest, plan.commit)]
        if not (all(map(_WORD.fullmatch, words)) and all(map(_HEX.fullmatch, digests))):
            raise UsageError("a plan with such an environment or digest was not made by this tool")
        plans = {
            name: {"digest": plan.digest, "commit": plan.commit, "since": timestamp(plan.since)}
            for name, plan in sorted(self.plans.items())
        }
        content = {"key": self.key, **({"plans": plans} if plans else {})}
        return f"<!-- trtc-recording {json.dumps(content, separators=(',', ':'))} -->"


def read_marker(body: str) -> Marker | None:
    """The marker that a note begins with; None where it has none that this tool wrote."""
    if not (found := _LINE.match(body)):
        return None
    try:
        content = json.loads(found[1])
        plans = {
            name: ShownPlan(plan["digest"], plan["commit"], datetime.fromisoformat(plan["since"]).astimezone(UTC))
            for name, plan in content.get("plans", {}).items()
        }
        return Marker(str(content["key"]), plans)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
