"""What an environment's own file says, as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from provisioner.foundation.errors import Location
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application, Hold, Intent
from provisioner.recording.field import Field, Moves
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.prices import Prices
from provisioner.recording.quantities import Quantity
from provisioner.specs.keys.approvals import Approvals
from provisioner.specs.keys.console import ConsoleChoice
from provisioner.specs.keys.controller import ControllerChoice
from provisioner.specs.keys.gates import Gating
from provisioner.specs.keys.journal import FolderJournal, JournalChoice
from provisioner.specs.keys.limits import Caps
from provisioner.specs.yaml.reader import Node

MINIMUM_RETENTION = Field(
    "/minimumRetention",
    FIELDS[f"{SETTINGS}/storage/vod/retention"].kind,
    "The shortest storage.vod.retention that an application of this environment may have. Without it a tier's "
    "usual minimum is only advice.",
    "This tool",
    Moves.NEVER,
)


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment with its effective applications, sorted by name.

    `prices` is the list that its file names, None where it names none. `evidence` is the folder of the project in which
    callbacks are kept, None for the usual one. `controller` is None where no controller records.
    `places` says where each leaf of its own file stands. `intents` acknowledge what concerns the environment as a
    whole, by consequence. `findings` are the warnings of the rules, none of them an error, as they stood on `today`.
    """

    name: str
    tier: str
    site: str
    region: str
    console: ConsoleChoice
    where: Location
    applications: tuple[Application, ...]
    today: date
    minimum_retention: Quantity | None = None
    approvals: Approvals = field(default_factory=Approvals)
    caps: Caps = field(default_factory=Caps)
    intents: Mapping[str, Intent] = field(default_factory=dict)
    hold: Hold | None = None
    gating: Gating = field(default_factory=Gating)
    prices: Prices | None = None
    journal: JournalChoice = field(default_factory=FolderJournal)
    evidence: str | None = None
    controller: ControllerChoice | None = None
    places: Mapping[str, Location] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def production(self) -> bool:
        return self.tier == "production"

    def judged(self, findings: Iterable[Finding]) -> Environment:
        """The environment with its own share of what the rules found."""
        return replace(self, findings=tuple(found for found in findings if found.environment == self.name))

    def acknowledges(self, consequence: str, today: date) -> bool:
        """Whether an intent that still holds says that the consequence is meant."""
        intent = self.intents.get(consequence)
        return intent is not None and intent.holds(today)

    def origin(self, path: str) -> Location:
        """Where the environment's own file holds the leaf, else the file itself."""
        return self.places.get(path, self.where)


def places(node: Node, file: str, pointer: str = "") -> Iterator[tuple[str, Location]]:
    """Where each leaf of a document stands, by RFC 6901 pointer."""
    if not isinstance(node.plain(), dict):
        yield pointer, node.at(file)
        return
    for key, child in node.value.items():
        yield from places(child, file, f"{pointer}/{key}")


def check_minimum_retention(node: Node, file: str) -> Iterator[Finding]:
    """What the schema cannot say of an environment's `minimumRetention`: its range and step."""
    if isinstance(node.plain(), dict) and "minimumRetention" in node.plain():
        entry = node.below("minimumRetention")
        try:
            MINIMUM_RETENTION.kind.parse(entry.plain())
        except ValueError as reason:
            message = printable(f"minimumRetention {reason}")
            yield Finding("REC011", Severity.ERROR, message, entry.at(file), path=MINIMUM_RETENTION.path)


def minimum_retention(node: Node) -> Quantity | None:
    """The demand of an environment's document that `check_minimum_retention` has passed."""
    raw = node.plain().get("minimumRetention")
    value = None if raw is None else MINIMUM_RETENTION.kind.parse(raw)
    return value if isinstance(value, Quantity) else None
