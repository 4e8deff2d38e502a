"""What a gate is: one question that is asked before anything is promoted, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from provisioner.promotion.console_plans import PromotionPlans, UnreadableConsole
from provisioner.promotion.promote import Promotion
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.plan.promotable_digest import moving_digest
from provisioner.recording.application import Application
from provisioner.specs.codeowners.owners import Owners
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.lock import Digest


class GateVerdict(Enum):
    """What a gate says. In production, what nobody knows stops as a failure does."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """A verdict, and what the gate saw, in a line."""

    verdict: GateVerdict
    evidence: str


@dataclass(frozen=True, slots=True)
class GateContext:
    """All that gates look at. `tiers` are those of all environments, by name.

    `state` is what outlives a run in the source, and `journal` its journal. `locked` is what the lock holds and
    `templates` what the versions are, by pin.
    """

    promotion: Promotion
    source: Environment
    tiers: Mapping[str, str]
    sight: PromotionPlans
    journal: tuple[JournalEntry, ...] | UnreadableConsole
    state: EnvironmentState
    locked: Mapping[str, Digest]
    templates: Mapping[str, Digest]
    owners: Owners | None
    now: datetime
    root: Path
    environ: Mapping[str, str]

    @property
    def target(self) -> Environment:
        """The environment that is promoted into."""
        return self.promotion.target

    def reaching_a_console(self) -> list[Application]:
        """The source's applications of which something moves that a console holds; a backend's contract is not."""
        after = {app.name: app for app in self.promotion.after.applications}
        return [
            move.source
            for name, move in self.promotion.moves.items()
            if moving_digest(after[name].values) != moving_digest(move.target.values)
        ]


@dataclass(frozen=True, slots=True)
class Gate:
    """`ask` answers None where the target does not want this asked.

    `of_rollbacks`: whether going back passes it too. `bypassable`: whether somebody may pass it over.
    """

    id: str
    about: str
    ask: Callable[[GateContext], GateAnswer | None]
    of_rollbacks: bool = False
    bypassable: bool = True


def worst(answers: Iterable[GateAnswer], else_passed: str) -> GateAnswer:
    """One answer for several applications: the gravest, with what is as grave."""
    found = list(answers)
    for verdict in (GateVerdict.FAIL, GateVerdict.UNKNOWN):
        if alike := [answer.evidence for answer in found if answer.verdict is verdict]:
            return GateAnswer(verdict, few(alike, "; "))
    return GateAnswer(GateVerdict.PASS, else_passed)


def few(words: Sequence[str], between: str = ", ") -> str:
    """The first of many: evidence is read, and a record is a page."""
    rest = [f"and {len(words) - _FEW} more"] if len(words) > _FEW else []
    return between.join([*words[:_FEW], *rest])


_FEW = 5
