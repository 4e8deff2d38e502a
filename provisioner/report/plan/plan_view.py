"""A plan as typed values: the one form in which every view reads a plan, fresh from the engine or from a file.

Views are pure functions of `PlanView`. The value of a secret is replaced by `HIDDEN` here, so that no view can show it;
where specs keep one (`env:REC_KEY`) is shown, because somebody has to approve it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.console.port import ListedApplication
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.cost import CostEffect, Direction
from provisioner.reconcile.plan.document import Document
from provisioner.reconcile.plan.look_scope import LookScope
from provisioner.reconcile.plan.usage_impact import Affected
from provisioner.recording.application import Intent, Layer
from provisioner.recording.fields import find, secret_reference
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.paths import short
from provisioner.recording.value_types import text
from provisioner.report.plan.changed_by_view import ChangedByView, read_changed_by
from provisioner.report.plan.guardrail_view import GuardrailsView, read_guardrails
from provisioner.specs.layout import environment_file
from provisioner.specs.rules.observed import CONTROLLER_BEHIND

HIDDEN = "(hidden)"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs: `before` in the console, `after` in the specs, as spec text; None is "not set".

    `origin` is the line that set the value, `layer` the kind of file, None where no file did. `reference` says where
    the value of a secret field is kept, such as `env:REC_KEY`: for the person who types it into the console.
    """

    path: str
    before: str | None
    after: str | None
    origin: Location
    layer: Layer | None
    causes: tuple[ChangeCause, ...]
    reference: str | None = field(default=None, repr=False)

    @property
    def drifted(self) -> bool:
        """Whether it differs only because somebody changed the console."""
        return self.causes == (ChangeCause.DRIFT,)


@dataclass(frozen=True, slots=True)
class UnverifiedField:
    """One field that the console does not show, and why: it is neither equal nor different.

    `after` is what the specs say, `reference` where the value of a secret field is kept, `before` where the base kept
    it, if elsewhere.
    """

    path: str
    after: str | None
    reason: str
    reference: str | None = field(default=None, repr=False)
    before: str | None = None

    @property
    def words(self) -> str:
        """Its short path, and where a secret was and is kept if that changed."""
        moved = f" {self.before} -> {self.after or '(none)'}" if self.before else ""
        return f"{short(self.path)}{moved}"


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """A finding, and what the plan knows about it; `acknowledged` is the intent that was written for it.

    `planned` is true where the change or the state of the console causes it, false where a rule says it of the specs.
    """

    finding: Finding
    planned: bool
    irreversible: bool
    acknowledged: Intent | None

    @property
    def risk(self) -> bool:
        """Whether it is about what this plan does, rather than a warning about the specs that stands anyway."""
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
    """Who confirmed what the console shows, when, and until when that counts (RFC 3339); for the runbook driver."""

    who: str
    when: str
    expires: str


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """What the plan says of one application. `action` is `change`, `cannot-verify` or `none`; `file` is its own spec.

    `risk` is the highest severity among the risks, LOW where a change has none; None without risks and changes.
    `usage` is how much is recorded a day, None where the plan did not ask.
    """

    name: str
    sdk_app_id: int
    owner: str
    file: str
    action: str
    confirmed: Confirmation | None
    changes: tuple[FieldChange, ...]
    unverified: tuple[UnverifiedField, ...]
    usage: Affected | None
    cost: CostEffect
    findings: tuple[PlanFinding, ...]
    risk: Severity | None
    changed_by: ChangedByView | None = None
    """None where nobody asked the audit log."""

    @property
    def behind(self) -> bool:
        """Whether the controller records it by other settings than its spec's."""
        return any(item.finding.id == CONTROLLER_BEHIND.id for item in self.findings)

    @property
    def differs(self) -> bool:
        """Whether what runs is not what the spec says, in the console or at the controller."""
        return bool(self.changes) or self.behind

    @property
    def proposed(self) -> tuple[FieldChange, ...]:
        """Changes that the specs ask for: all but those that are drift alone."""
        return tuple(change for change in self.changes if not change.drifted)

    @property
    def drift(self) -> tuple[FieldChange, ...]:
        """Changes that only undo what somebody changed in the console."""
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
    """The commit that the plan was compared with. Where its specs are not `valid`, causes are unknown."""

    ref: str
    commit: str
    valid: bool


@dataclass(frozen=True, slots=True)
class ChangeReach:
    """That the plan is of what changed since its base: of so many applications. `everything`: why all were read."""

    of: int
    everything: str


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed plan's envelope: its digest, when the console was read and until when it may be applied (RFC 3339)."""

    digest: str
    observed_at: str
    expires: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """One environment's plan. None stands for: no console was read (`console`), all applications were chosen (`scope`),
    not known (`removed`, `unmanaged`), compared with no commit (`base`, `guardrails`), not sealed (`seal`), not asked
    (`last_in_sync`: by application, when it was last as specified, None where that is not known), not only of what
    `changed`.

    `file` is the environment's own spec, `document` the plan document that all of this was read from.
    """

    environment: str
    file: str
    tier: str
    site: str
    console: str | None
    scope: tuple[str, ...] | None
    base: Base | None
    findings: tuple[PlanFinding, ...]
    applications: tuple[ApplicationView, ...]
    removed: tuple[RemovedApplication, ...] | None
    unmanaged: tuple[ListedApplication, ...] | None
    seal: Seal | None
    document: Document = field(repr=False, compare=False)
    guardrails: GuardrailsView | None = None
    last_in_sync: Mapping[str, str | None] | None = None
    changed: ChangeReach | None = None
    look: LookScope | None = None
    """How much was read, where it was to be only what the audit log names."""

    @property
    def partly(self) -> bool:
        """Whether only what the change reaches was read, and the account was not listed."""
        return self.changed is not None and not self.changed.everything

    @property
    def total(self) -> int:
        """How many applications were looked at, also those that needed no reading."""
        return self.look.of if self.look else len(self.applications)

    @property
    def day(self) -> str | None:
        """The day of a sealed plan, YYYY-MM-DD, by which intents are judged."""
        return self.seal.observed_at[:10] if self.seal else None

    @property
    def causes_known(self) -> bool:
        """Whether each change says where it comes from."""
        return self.base is not None and self.base.valid

    @property
    def drifted(self) -> int | None:
        """How many applications differ because somebody changed the console; None where that is not known."""
        if not self.causes_known or self.console is None:
            return None
        return sum(bool(entry.drift) for entry in self.applications)

    def count(self, action: str) -> int:
        """How many applications have this `action`."""
        return sum(entry.action == action for entry in self.applications)

    @property
    def all_findings(self) -> tuple[PlanFinding, ...]:
        """Those about the environment, then those of each application."""
        return (*self.findings, *(item for app in self.applications for item in app.findings))


def read_plan(document: Document, last_in_sync: Mapping[str, str | None] | None = None) -> PlanView:
    """The view of a document that has the shape of `plan.schema.json`; any other raises KeyError or ValueError.

    `last_in_sync` is what `provisioner drift` knows besides: see PlanView.
    """
    name = document["environment"]
    removed, unmanaged = document["removed"], document["unmanaged"]
    stopping = {app["sdkAppId"] for app in document["applications"] if app.get("removed")}
    return PlanView(
        environment=name,
        file=environment_file(name),
        tier=document["tier"],
        site=document["site"],
        console=document["console"],
        scope=None if document["scope"] is None else tuple(document["scope"]),
        base=None if document["base"] is None else Base(**document["base"]),
        findings=tuple(_finding(found, name, "") for found in document["findings"]),
        applications=tuple(_application(app, name, document["console"] is None) for app in document["applications"]),
        removed=None if removed is None else tuple(_removed(app) for app in removed if app["sdkAppId"] not in stopping),
        unmanaged=None if unmanaged is None else tuple(map(_listed, unmanaged)),
        seal=_seal(document.get("seal")),
        document=document,
        guardrails=read_guardrails(document["guardrails"]),
        last_in_sync=last_in_sync,
        changed=ChangeReach(**document["changed"]) if "changed" in document else None,
        look=LookScope(**document["look"]) if "look" in document else None,
    )


def highest_severity(findings: Iterable[PlanFinding]) -> Severity | None:
    """The highest severity among findings; None without any."""
    return min((item.finding.severity for item in findings), key=severity_rank, default=None)


def severity_rank(severity: Severity | None) -> int:
    """A key that sorts severities, the highest first and None last."""
    return len(_RANKS) if severity is None else _RANKS[severity]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def _application(app: Document, environment: str, specs_only: bool) -> ApplicationView:
    seen = app["attested"]
    findings = tuple(_finding(found, environment, app["name"]) for found in app["findings"])
    highest = highest_severity(item for item in findings if item.risk)
    return ApplicationView(
        name=app["name"],
        sdk_app_id=app["sdkAppId"],
        owner=app["owner"],
        file=app["file"],
        action=app["action"],
        confirmed=None if seen is None else Confirmation(**seen),
        changes=tuple(_change(change, specs_only) for change in app["changes"]),
        unverified=tuple(map(_unverified, app["cannotVerify"])),
        usage=_usage(app["affected"]),
        cost=CostEffect(Direction(app["cost"]["direction"]), tuple(app["cost"]["reasons"])),
        findings=findings,
        risk=highest or (Severity.LOW if app["changes"] else None),
        changed_by=read_changed_by(app.get("changedBy")),
    )


def _unverified(unverified: Document) -> UnverifiedField:
    path, after = unverified["path"], unverified["after"]
    before = _shown(path, unverified.get("before"))
    return UnverifiedField(path, _shown(path, after), unverified["reason"], secret_reference(path, after), before)


def _usage(told: Document | None) -> Affected | None:
    if told is None:
        return None
    unknown, money = told["unknown"], told["costPerDay"]
    minutes = told["minutesPerDay"] if unknown is None else Unknown(UnknownCause(unknown["cause"]), unknown["reason"])
    return Affected(minutes, None if money is None else Decimal(money), told["currency"] or "")


def _change(change: Document, specs_only: bool) -> FieldChange:
    path, layer = change["path"], change["layer"]
    return FieldChange(
        path,
        _shown(path, change["before"], by_specs=specs_only),
        _shown(path, change["after"]),
        _location(change["origin"]),
        None if layer is None else Layer(layer),
        tuple(map(ChangeCause, change["causes"])),
        secret_reference(path, change["after"]),
    )


def _finding(found: Document, environment: str, application: str) -> PlanFinding:
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


def _removed(app: Document) -> RemovedApplication:
    return RemovedApplication(app["name"], app["sdkAppId"], app["owner"], app["onRemove"])


def _listed(entry: Document) -> ListedApplication:
    return ListedApplication(entry["sdkAppId"], entry["name"])


def _seal(seal: Mapping[str, str] | None) -> Seal | None:
    return None if seal is None else Seal(seal["digest"], seal["observedAt"], seal["expires"])


def _location(where: Document) -> Location:
    return Location(where["file"], where["line"], where["column"])


def _shown(path: str, value: bool | int | str | Sequence[str] | None, *, by_specs: bool = True) -> str | None:
    """A value as one line of spec text, hidden where its field is a secret or is none that this tool knows.

    Where a secret is kept may be seen, if specs say it: what a console shows may be anything.
    """
    if value is None:
        return None
    if _secret(path):
        return (secret_reference(path, value) if by_specs else None) or HIDDEN
    return text(value if isinstance(value, (bool, int, str)) else tuple(value))


@lru_cache(maxsize=4096)
def _secret(path: str) -> bool:
    known = find(path)
    return known is None or known.secret
