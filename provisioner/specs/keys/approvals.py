"""`approvals`: how many people must approve what is to change in an environment."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import Schema

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
        """How many owners of each application must approve, with and without HIGH risk."""
        return max(self.required, self.high) if high else self.required


def _schema() -> Schema:
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


def _read(source: KeySource) -> Approvals:
    block = source.get("approvals", {})
    return Approvals(block.get("required", 0), block.get("high", 0), tuple(block.get("teams", ())))


APPROVALS: Key[Approvals] = Key("approvals", _schema, _read)
