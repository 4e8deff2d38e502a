"""A plan as typed values: the one form in which every view reads a plan, fresh from the engine or from a file.

Views are pure functions of `PlanView`. The value of a secret is replaced by `HIDDEN` here, so that no view can show it;
where specs keep one (`env:REC_KEY`) is shown, because somebody has to approve it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.console.port import ListedApplication
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.cost import CostEffect, Direction
from provisioner.reconcile.plan.document import Document
from provisioner.reconcile.plan.look_scope import LookScope
from provisioner.reconcile.plan.usage_impact import Affected
from provisioner.recording.application import Layer
from provisioner.recording.fields import secret_reference
from provisioner.recording.findings import Severity
from provisioner.recording.paths import short
from provisioner.recording.present import PRESENT
from provisioner.report.plan.changed_by_view import ChangedByView, read_changed_by
from provisioner.report.plan.finding_view import (
    PlanFinding,
    highest_severity,
    location,
    read_finding,
    read_present,
    severity_rank,
)
from provisioner.report.plan.guardrail_view import GuardrailsView, read_guardrails
from provisioner.report.plan.plan_values import shown
from provisioner.specs.layout import environment_file
from provisioner.specs.rules.observed import CONFIRMATION_ENDS, CONFIRMATION_LAPSED, CONTROLLER_BEHIND


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
class Confirmation:
    """Who confirmed what the console shows, when, and until when that counts (RFC 3339); for the runbook driver."""

    who: str
    when: str
    expires: str


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """What the plan says of one application. `action` is `change`, `cannot-verify` or `none`; `file` is its own spec.

    `present` is what the console does now that nobody asked of it, highest severity first, whatever the plan would do.
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
    present: tuple[PlanFinding, ...] = ()
    changed_by: ChangedByView | None = None
    """None where nobody asked the audit log."""

    ended: Confirmation | None = None
    """The last confirmation, where it counts no longer."""

    @property
    def loss(self) -> Severity | None:
        """How grave what the console does now is; None where it is as it was asked, or nobody knows."""
        return highest_severity(self.present)

    @property
    def behind(self) -> bool:
        """Whether the controller records it by other settings than its spec's."""
        return any(item.finding.id == CONTROLLER_BEHIND.id for item in self.findings)

    @property
    def differs(self) -> bool:
        """Whether what runs is not what the spec says, in the console or at the controller."""
        return bool(self.changes) or self.behind

    @property
    def lapsed(self) -> bool:
        """Whether what somebody confirmed counts no longer: nobody knows what the console shows."""
        return any(item.finding.id == CONFIRMATION_LAPSED.id for item in self.findings)

    @property
    def to_settle(self) -> bool:
        """Whether somebody has to do something: it differs, or nobody knows any more whether it does."""
        return self.differs or self.lapsed

    @property
    def ends_soon(self) -> str:
        """That a confirmation soon counts no longer; empty where it counts on, or there is none."""
        told = (item.finding.message for item in self.findings if item.finding.id == CONFIRMATION_ENDS.id)
        return next(told, "")

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
    def in_force(self) -> bool:
        """Whether it tells drift: the specs are what the console should have now."""
        return self.last_in_sync is not None

    @property
    def causes_known(self) -> bool:
        """Whether each change says where it comes from."""
        changes = [change for entry in self.applications for change in entry.changes]
        return not any(ChangeCause.UNKNOWN in change.causes for change in changes)

    @property
    def drifted(self) -> int | None:
        """How many applications the console has otherwise than was asked of it; None where no console was read.

        Where causes are not known it is how many differ at all: at most so many have drifted.
        """
        if self.console is None:
            return None
        if not self.causes_known:
            return self.count("change")
        return sum(bool(entry.present or entry.drift) for entry in self.applications)

    def count(self, action: str) -> int:
        """How many applications have this `action`."""
        return sum(entry.action == action for entry in self.applications)

    @property
    def present(self) -> tuple[PlanFinding, ...]:
        """What the console does now that nobody asked of it, highest severity first."""
        found = [item for app in self.applications for item in app.present]
        known = {name: rank for rank, name in enumerate(PRESENT)}

        def order(item: PlanFinding) -> tuple[int, int]:
            return severity_rank(item.finding.severity), known.get(item.finding.id, len(known))

        return tuple(sorted(found, key=order))

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
        findings=tuple(read_finding(found, name, "") for found in document["findings"]),
        applications=tuple(
            _application(app, name, last_in_sync, specs_only=document["console"] is None)
            for app in document["applications"]
        ),
        removed=None if removed is None else tuple(_removed(app) for app in removed if app["sdkAppId"] not in stopping),
        unmanaged=None if unmanaged is None else tuple(map(_listed, unmanaged)),
        seal=_seal(document.get("seal")),
        document=document,
        guardrails=read_guardrails(document["guardrails"]),
        last_in_sync=last_in_sync,
        changed=ChangeReach(**document["changed"]) if "changed" in document else None,
        look=LookScope(**document["look"]) if "look" in document else None,
    )


def _application(
    app: Document, environment: str, last_in_sync: Mapping[str, str | None] | None, *, specs_only: bool
) -> ApplicationView:
    seen = app["attested"]
    findings = tuple(read_finding(found, environment, app["name"]) for found in app["findings"])
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
        present=tuple(read_present(app, environment, last_in_sync)),
        changed_by=read_changed_by(app.get("changedBy")),
        ended=Confirmation(**app["lapsed"]) if "lapsed" in app else None,
    )


def _unverified(unverified: Document) -> UnverifiedField:
    path, after = unverified["path"], unverified["after"]
    before = shown(path, unverified.get("before"))
    return UnverifiedField(path, shown(path, after), unverified["reason"], secret_reference(path, after), before)


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
        shown(path, change["before"], by_specs=specs_only),
        shown(path, change["after"]),
        location(change["origin"]),
        None if layer is None else Layer(layer),
        tuple(map(ChangeCause, change["causes"])),
        secret_reference(path, change["after"]),
    )


def _removed(app: Document) -> RemovedApplication:
    return RemovedApplication(app["name"], app["sdkAppId"], app["owner"], app["onRemove"])


def _listed(entry: Document) -> ListedApplication:
    return ListedApplication(entry["sdkAppId"], entry["name"])


def _seal(seal: Mapping[str, str] | None) -> Seal | None:
    return None if seal is None else Seal(seal["digest"], seal["observedAt"], seal["expires"])
