"""What a gate is: a check before a promotion, what it knows, and what it answers."""

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
    """What a gate answers. UNKNOWN (it could not check) stops a promotion into production as FAIL does."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """A verdict, and the evidence for it in one line."""

    verdict: GateVerdict
    evidence: str


@dataclass(frozen=True, slots=True)
class GateContext:
    """Everything that gates know of a promotion. `tiers` are those of all environments, by name.

    `plans` are those of both environments. `state` is the source's state that outlives a run, `journal` its
    journal. `locked` are the digests of templates in templates.lock, `templates` those of the files, both by pin.
    """

    promotion: Promotion
    source: Environment
    tiers: Mapping[str, str]
    plans: PromotionPlans
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
        """The source's applications whose promotion changes a console, not only the parameters of manual recording."""
        after = {app.name: app for app in self.promotion.after.applications}
        return [
            move.source
            for name, move in self.promotion.moves.items()
            if moving_digest(after[name].values) != moving_digest(move.target.values)
        ]


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate; `about` says what it checks. `ask` answers None where the target has not configured this gate.

    `of_rollbacks`: whether it checks rollbacks too. `bypassable`: whether a person may bypass it.
    """

    id: str
    about: str
    ask: Callable[[GateContext], GateAnswer | None]
    of_rollbacks: bool = False
    bypassable: bool = True


def worst(answers: Iterable[GateAnswer], else_passed: str) -> GateAnswer:
    """One answer for several applications: the worst verdict, with the evidence of all that share it."""
    found = list(answers)
    for verdict in (GateVerdict.FAIL, GateVerdict.UNKNOWN):
        if evidence := [answer.evidence for answer in found if answer.verdict is verdict]:
            return GateAnswer(verdict, few(evidence, "; "))
    return GateAnswer(GateVerdict.PASS, else_passed)


def few(words: Sequence[str], between: str = ", ") -> str:
    """The first words, and how many more there are: records are kept in Git and read by people."""
    rest = [f"and {len(words) - _FEW} more"] if len(words) > _FEW else []
    return between.join([*words[:_FEW], *rest])


_FEW = 5
