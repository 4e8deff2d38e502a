"""A plan document as typed values: the one way in which views read a plan, fresh or from a file.

Views are pure functions of it. What is secret gets no further than here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from provisioner.archive.unknown import Cause as UsageCause
from provisioner.archive.unknown import Unknown
from provisioner.console.port import ListedApplication
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.cost import CostEffect, Direction
from provisioner.reconcile.plan.document import Document
from provisioner.reconcile.plan.usage_impact import Affected
from provisioner.recording.application import Intent, Layer
from provisioner.recording.fields import find
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.value_types import text
from provisioner.specs.layout import environment_file

HIDDEN = "(hidden)"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: `before` in the console, `after` in the specs, as spec text; None is "not set".

    `origin` is the line that set the value, `layer` the kind of file, None where no file did.
    """

    path: str
    before: str | None
    after: str | None
    origin: Location
    layer: Layer | None
    causes: tuple[ChangeCause, ...]

    @property
    def drifted(self) -> bool:
        """Whether somebody's hand in the console is all that made it differ."""
        return self.causes == (ChangeCause.DRIFT,)


@dataclass(frozen=True, slots=True)
class Unseen:
    """One field that the console does not show, and why: neither equal nor different."""

    path: str
    after: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """A finding with what the plan knows of it; `acknowledged` is the intent that was written for it.

    `planned`: the change, or what the console shows, gives rise to it; else it is a note about the specs.
    """

    finding: Finding
    planned: bool
    irreversible: bool
    acknowledged: Intent | None

    @property
    def risk(self) -> bool:
        """Whether it is about what this plan does to people, rather than a standing note about the specs."""
        if self.finding.severity is Severity.MEDIUM:
            return self.planned
        return self.finding.severity in (Severity.ERROR, Severity.HIGH)

    def stops(self, day: str | None) -> bool:
        """Whether nothing is applied because of it; `day` (YYYY-MM-DD) judges the intent, None takes it as written."""
        if self.finding.severity is not Severity.HIGH:
            return self.finding.stops
        intent = self.acknowledged
        return intent is None or (day is not None and intent.expires < day)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who looked at the console where people do, when and until when that counts (RFC 3339)."""

    who: str
    when: str
    expires: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One application's share; `action` is `change`, `cannot-verify` or `none`, `file` its own file.

    `risk` is the gravest of what the change does, LOW where nothing is known against it; None without a change.
    """

    name: str
    sdk_app_id: int
    owner: str
    file: str
    action: str
    confirmed: Confirmation | None
    changes: tuple[Change, ...]
    unseen: tuple[Unseen, ...]
    affected: Affected | None
    cost: CostEffect
    remarks: tuple[PlanFinding, ...]
    risk: Severity | None

    @property
    def proposed(self) -> tuple[Change, ...]:
        """Changes that the specs ask for; the others are drift alone."""
        return tuple(change for change in self.changes if not change.drifted)

    @property
    def drift(self) -> tuple[Change, ...]:
        """Changes that only undo what somebody did in the console."""
        return tuple(change for change in self.changes if change.drifted)


@dataclass(frozen=True, slots=True)
class RemovedApplication:
    """An application that the base describes and the specs no longer do; `on_remove` is `retain` or `stop-auto`."""

    name: str
    sdk_app_id: int
    owner: str
    on_remove: str


@dataclass(frozen=True, slots=True)
class Base:
    """The commit that causes were found with; without `valid` specs there, causes are unknown."""

    ref: str
    commit: str
    valid: bool


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed plan's envelope: its digest, when the console was read and until when it may be applied (RFC 3339)."""

    digest: str
    observed_at: str
    expires: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """One environment's plan. `file` is the environment's own. `console` is None where none was read, `scope` where all
    applications were chosen, `removed`, `unmanaged` and `base` where nothing is known of them.
    """

    environment: str
    file: str
    tier: str
    site: str
    console: str | None
    scope: tuple[str, ...] | None
    base: Base | None
    remarks: tuple[PlanFinding, ...]
    applications: tuple[Entry, ...]
    removed: tuple[RemovedApplication, ...] | None
    unmanaged: tuple[ListedApplication, ...] | None
    seal: Seal | None

    @property
    def day(self) -> str | None:
        """The day of a sealed plan, YYYY-MM-DD, by which intents are judged."""
        return self.seal.observed_at[:10] if self.seal else None

    @property
    def causes_known(self) -> bool:
        """Whether there was a base to compare with, so that causes can be told."""
        return self.base is not None and self.base.valid

    @property
    def drifted(self) -> int | None:
        """How many applications somebody's hand in the console made differ; None where that is not known."""
        if not self.causes_known or self.console is None:
            return None
        return sum(bool(entry.drift) for entry in self.applications)

    def count(self, action: str) -> int:
        """How many applications have that action."""
        return sum(entry.action == action for entry in self.applications)

    @property
    def all_remarks(self) -> tuple[PlanFinding, ...]:
        """Those about the environment, then those of each application."""
        return (*self.remarks, *(remark for entry in self.applications for remark in entry.remarks))


def read_plan(document: Document) -> PlanView:
    """A document that has the shape of `plan.schema.json`; any other raises KeyError or ValueError."""
    name = document["environment"]
    removed, unmanaged = document["removed"], document["unmanaged"]
    return PlanView(
        environment=name,
        file=environment_file(name),
        tier=document["tier"],
        site=document["site"],
        console=document["console"],
        scope=None if document["scope"] is None else tuple(document["scope"]),
        base=None if document["base"] is None else Base(**document["base"]),
        remarks=tuple(_remark(found, name, "") for found in document["findings"]),
        applications=tuple(_entry(app, name) for app in document["applications"]),
        removed=None if removed is None else tuple(map(_gone, removed)),
        unmanaged=None if unmanaged is None else tuple(map(_listed, unmanaged)),
        seal=_seal(document.get("seal")),
    )


def gravest_of(remarks: Iterable[PlanFinding]) -> Severity | None:
    """The gravest severity among remarks; None without any."""
    return min((remark.finding.severity for remark in remarks), key=weight, default=None)


def weight(severity: Severity | None) -> int:
    """Sorts severities, the gravest first and None last."""
    return len(_WEIGHTS) if severity is None else _WEIGHTS[severity]


_WEIGHTS = {severity: rank for rank, severity in enumerate(Severity)}


def _entry(app: Document, environment: str) -> Entry:
    seen = app["attested"]
    remarks = tuple(_remark(found, environment, app["name"]) for found in app["findings"])
    gravest = gravest_of(remark for remark in remarks if remark.risk)
    return Entry(
        name=app["name"],
        sdk_app_id=app["sdkAppId"],
        owner=app["owner"],
        file=app["file"],
        action=app["action"],
        confirmed=None if seen is None else Confirmation(**seen),
        changes=tuple(map(_change, app["changes"])),
        unseen=tuple(
            Unseen(field["path"], _shown(field["path"], field["after"]), field["reason"])
            for field in app["cannotVerify"]
        ),
        affected=_affected(app["affected"]),
        cost=CostEffect(Direction(app["cost"]["direction"]), tuple(app["cost"]["reasons"])),
        remarks=remarks,
        risk=gravest or (Severity.LOW if app["changes"] else None),
    )


def _affected(told: Document | None) -> Affected | None:
    if told is None:
        return None
    unknown, money = told["unknown"], told["costPerDay"]
    minutes = told["minutesPerDay"] if unknown is None else Unknown(UsageCause(unknown["cause"]), unknown["reason"])
    return Affected(minutes, None if money is None else Decimal(money), told["currency"] or "")


def _change(change: Document) -> Change:
    path, layer = change["path"], change["layer"]
    return Change(
        path,
        _shown(path, change["before"]),
        _shown(path, change["after"]),
        _location(change["origin"]),
        None if layer is None else Layer(layer),
        tuple(map(ChangeCause, change["causes"])),
    )


def _remark(found: Document, environment: str, application: str) -> PlanFinding:
    origin, intent = found["origin"], found["acknowledged"]
    finding = Finding(
        found["id"],
        Severity(found["severity"]),
        found["message"],
        None if origin is None else _location(origin),
        application,
        found["path"],
        environment,
    )
    acknowledged = None
    if intent is not None:
        acknowledged = Intent(found["id"], intent["reason"], intent["expires"], _location(intent["origin"]))
    return PlanFinding(finding, found["source"] == "plan", found["irreversible"], acknowledged)


def _gone(app: Document) -> RemovedApplication:
    return RemovedApplication(app["name"], app["sdkAppId"], app["owner"], app["onRemove"])


def _listed(entry: Document) -> ListedApplication:
    return ListedApplication(entry["sdkAppId"], entry["name"])


def _seal(seal: Mapping[str, str] | None) -> Seal | None:
    return None if seal is None else Seal(seal["digest"], seal["observedAt"], seal["expires"])


def _location(where: Document) -> Location:
    return Location(where["file"], where["line"], where["column"])


def _shown(path: str, value: bool | int | str | Sequence[str] | None) -> str | None:
    """A value as one line of spec text, hidden where its field is a secret or is none that this tool knows."""
    if value is None:
        return None
    if _secret(path):
        return HIDDEN
    return text(value if isinstance(value, (bool, int, str)) else tuple(value))


@lru_cache(maxsize=4096)
def _secret(path: str) -> bool:
    field = find(path)
    return field is None or field.secret
