"""A change to what protects an environment: what it was, what it becomes, how grave that is, and who is asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from provisioner.foundation.errors import Location
from provisioner.recording.findings import Severity


class ShiftDirection(Enum):
    """Whether the environment is protected worse or better than before. What nobody can tell counts as worse."""

    WEAKENED = "weakened"
    STRENGTHENED = "strengthened"


@dataclass(frozen=True, slots=True)
class ApprovalAsk:
    """So many of `owners` must approve, because the line at `where` says so; without owners nobody can."""

    owners: tuple[str, ...]
    required: int
    where: Location


@dataclass(frozen=True, slots=True)
class GuardrailChange:
    """One change of one guardrail: its `id` and `title`, and its text `before` and `after` (None: there was, is none).

    `applications` are those that it concerns, none where it concerns the environment as a whole. `where` is the line
    that says so now, or said it before. `asks` are the approvers of the base.
    """

    id: str
    title: str
    direction: ShiftDirection
    severity: Severity
    before: str | None
    after: str | None
    applications: tuple[str, ...]
    where: Location
    asks: tuple[ApprovalAsk, ...]


@dataclass(frozen=True, slots=True)
class Guardrails:
    """What a change does to an environment's guardrails.

    `commit` is where the policy was read that it was compared with: the base, or the last commit before it that can be
    read; '' where none can. `broken` tells why the base itself could not be read ('' where it could).
    """

    commit: str
    broken: str
    changes: tuple[GuardrailChange, ...]
