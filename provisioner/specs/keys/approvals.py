"""The `approvals:` block of an environment: how many people must approve what is to change in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

_MOST = 10


@dataclass(frozen=True, slots=True)
class Approvals:
    """`required` owners of each application that changes approve, at least `high` where its risk is HIGH.

    One member of each of `teams` approves whatever changes. Nothing is asked for where the block is missing.
    """

    required: int = 0
    high: int = 0
    teams: tuple[str, ...] = ()

    def of(self, *, high: bool) -> int:
        return max(self.required, self.high) if high else self.required


def approvals(block: Mapping[str, Any]) -> Approvals:
    """The values of an `approvals:` block that has passed its schema."""
    return Approvals(block.get("required", 0), block.get("high", 0), tuple(block.get("teams", ())))


def approvals_schema() -> Schema:
    """What `approvals` reads."""
    return {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "description": "Who must approve a plan of this environment; `provisioner approvals PLAN --check` enforces it.",
        "properties": {
            "required": _count("Approvals that each application that changes needs from its owners in CODEOWNERS."),
            "high": _count("The same where a change is of HIGH risk; never fewer than required."),
            "teams": {
                "type": "array",
                "items": {"type": "string", "pattern": r"^@[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", "maxLength": 255},
                "minItems": 1,
                "uniqueItems": True,
                "description": "People or teams (@name, @organisation/team) of which each approves every change.",
            },
        },
    }


def _count(about: str) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": _MOST, "default": 0, "description": about}
