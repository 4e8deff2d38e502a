"""`environments/ENV/environment.yaml`: what belongs to an environment, and its registry of keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from provisioner.foundation.errors import Location
from provisioner.recording.application import Application, Hold, Intent, Layer
from provisioner.recording.field import Moves
from provisioner.recording.findings import Finding
from provisioner.recording.prices import Prices
from provisioner.recording.quantities import Quantity
from provisioner.specs.documents.document import CALLS, DocumentKind
from provisioner.specs.keys.approvals import APPROVALS, Approvals
from provisioner.specs.keys.console import CONSOLE, ConsoleChoice
from provisioner.specs.keys.controller import CONTROLLER, ControllerChoice
from provisioner.specs.keys.coverage import COVERAGE, CoverageObjective
from provisioner.specs.keys.evidence import EVIDENCE
from provisioner.specs.keys.freeze import FREEZE, Freeze
from provisioner.specs.keys.gates import GATES, GateDemands
from provisioner.specs.keys.hold import HOLD
from provisioner.specs.keys.intent import ENVIRONMENT_INTENT
from provisioner.specs.keys.journal import JOURNAL, FolderJournal, JournalChoice
from provisioner.specs.keys.key import Key
from provisioner.specs.keys.ladder import LADDER
from provisioner.specs.keys.limits import LIMITS, ChangeLimits
from provisioner.specs.keys.minimum_retention import MINIMUM_RETENTION
from provisioner.specs.keys.prices import PRICES
from provisioner.specs.keys.region import REGION
from provisioner.specs.keys.removed import REMOVED
from provisioner.specs.keys.site import SITE
from provisioner.specs.keys.tier import TIER
from provisioner.specs.layout import ENVIRONMENT_FILE
from provisioner.specs.schema.field_schemas import calls, settings, spec
from provisioner.specs.schema.shapes import Schema
from provisioner.specs.yaml.reader import Node

if TYPE_CHECKING:
    from provisioner.specs.documents.policy import Policy

T = TypeVar("T")


def keyed(key: Key[T], missing: Any = None) -> T:
    """Register a key: the attribute holds what it reads. `missing` makes the value of an environment without a file."""
    return cast(T, field(default_factory=missing or (lambda: None), metadata={"key": key}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One environment with its effective applications, sorted by name.

    The lines with `keyed` are the registry of `environment.yaml`'s keys: each module of `specs/keys` says what it
    holds. `places` says where each leaf of its own file stands. `findings` are the warnings of the rules, none of them
    an error, as they stood on `today`. `policies` are the project's: each says whom it concerns.
    """

    name: str
    where: Location
    applications: tuple[Application, ...]
    today: date
    tier: str = keyed(TIER)
    site: str = keyed(SITE)
    region: str = keyed(REGION)
    console: ConsoleChoice = keyed(CONSOLE)
    hold: Hold | None = keyed(HOLD)
    gates: GateDemands = keyed(GATES, GateDemands)
    freeze: tuple[Freeze, ...] = keyed(FREEZE, tuple)
    ladder: tuple[str, ...] | None = keyed(LADDER)
    prices: Prices | None = keyed(PRICES)
    evidence: str | None = keyed(EVIDENCE)
    coverage: CoverageObjective | None = keyed(COVERAGE)
    minimum_retention: Quantity | None = keyed(MINIMUM_RETENTION)
    controller: ControllerChoice | None = keyed(CONTROLLER)
    approvals: Approvals = keyed(APPROVALS, Approvals)
    limits: ChangeLimits = keyed(LIMITS, ChangeLimits)
    journal: JournalChoice = keyed(JOURNAL, FolderJournal)
    intents: Mapping[str, Intent] = keyed(ENVIRONMENT_INTENT, dict)
    removed: Mapping[str, Intent] = keyed(REMOVED, dict)
    places: Mapping[str, Location] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    policies: tuple[Policy, ...] = ()

    @property
    def production(self) -> bool:
        """Whether the strictest demands hold."""
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


KEYS: Mapping[str, Key[Any]] = MappingProxyType(
    {each.name: each.metadata["key"] for each in fields(Environment) if "key" in each.metadata}
)
"""Every key of `environment.yaml` beside its name and settings, by the attribute of `Environment` that holds it."""


def schema() -> Schema:
    """The schema of `environment.yaml`."""
    keys = KEYS.values()
    body = {key.name: key.schema() for key in keys}
    body["settings"] = settings("Settings that belong to this environment.", Moves.NEVER)
    body[CALLS] = calls("TUICallKit's calls, of all applications that do not say it themselves.")
    about = "One environment: its tier, its site, its console, who approves, and the settings that belong to it."
    required = [key.name for key in keys if key.required]
    return spec("Environment", about, body, *required, rest=Moves.NEVER)


ENVIRONMENT = DocumentKind(
    "environment",
    schema,
    place=ENVIRONMENT_FILE,
    migrates=True,
    layer=Layer.ENVIRONMENT,
    keys=tuple(KEYS.values()),
)
