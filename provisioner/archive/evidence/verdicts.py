"""What recordings prove against a spec, leaf by leaf. Values only; `judge` makes them of facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal

from provisioner.archive.unknown import Unknown
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding

_FEW = 3
"""How many facts of a kind are kept."""


class EvidenceVerdict(Enum):
    """What is seen of a leaf; the value is the word that JSON uses."""

    BEHAVES = "behaves-as-declared"
    CONTRADICTS = "contradicts"
    NOTHING = "nothing-to-see"
    """No evidence either way: nothing like it was recorded, or several settings leave the same files."""

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        return "no evidence" if self is EvidenceVerdict.NOTHING else self.value.replace("-", " ")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be looked up: a file by its name, a day, or a line of the inbox."""

    kind: Literal["file", "day", "callback"]
    name: str
    detail: str = ""


@dataclass(slots=True)
class SeenFacts:
    """How often something was seen, and the first few times."""

    count: int = 0
    facts: list[Fact] = field(default_factory=list)

    def add(self, fact: Fact) -> None:
        """Count one more, and keep it if it is among the first few."""
        self.count += 1
        if len(self.facts) < _FEW:
            self.facts.append(fact)

    def copy(self) -> SeenFacts:
        """The same so far."""
        return SeenFacts(self.count, list(self.facts))

    def __bool__(self) -> bool:
        return self.count > 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is seen of the leaf or block at `path` (RFC 6901). `facts` are the first few of `count`."""

    path: str
    verdict: EvidenceVerdict
    reason: str
    facts: tuple[Fact, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One application's. Only calls that began between `since` and `until` (None: until now) were judged.

    `applied` is from when on the last change to the console holds, as far as anybody here knows. `unknown` is what
    could not be looked at, by what was to be asked.
    """

    application: Application
    since: datetime
    until: datetime | None
    applied: datetime | None
    judgements: tuple[Judgement, ...]
    recordings: int = 0
    """How many recordings were stored, as files or recorders tell, whoever started them."""

    recorded: Fact | None = None
    """One of them; None where nobody saw one. A gate that waits for the first recording after a change asks for it."""

    unknown: dict[str, Unknown] = field(default_factory=dict)
    console: str = ""
    """What the console's state means for an application without a recording, as a sentence; empty with recordings."""

    against: bool = False
    """Whether the console records no room of an application that is to be recorded by itself."""

    @property
    def verdict(self) -> EvidenceVerdict:
        """The worst that is seen of any leaf; nothing to see where nothing is seen of all of them."""
        seen = {judgement.verdict for judgement in self.judgements}
        for verdict in (EvidenceVerdict.CONTRADICTS, EvidenceVerdict.BEHAVES):
            if verdict in seen:
                return verdict
        return EvidenceVerdict.NOTHING


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """An environment's evidence; `source` names who answered, `findings` are lines of the inbox that nobody can read.

    Of `unreadable` lines the findings name the first ones, and `foreign` callbacks are of no application of it.
    """

    environment: str
    source: str
    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...] = ()
    unreadable: int = 0
    foreign: int = 0

    def count(self, verdict: EvidenceVerdict) -> int:
        """How many entries got `verdict`."""
        return sum(entry.verdict is verdict for entry in self.evidence)

    @property
    def blind(self) -> bool:
        """Whether something could not be looked at."""
        return any(entry.unknown for entry in self.evidence)
