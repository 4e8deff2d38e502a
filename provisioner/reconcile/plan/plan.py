"""The plan: what would be done in one environment, to whom, and why. Same input, same bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from provisioner.console.controller_client import Running
from provisioner.console.port import Console, ListedApplication, Observed
from provisioner.reconcile.guardrails.change import Guardrails
from provisioner.reconcile.plan import controller_drift
from provisioner.reconcile.plan.acknowledgements import judged, unused_intents, unused_removals
from provisioner.reconcile.plan.causes import ChangeCause, causes
from provisioner.reconcile.plan.changed_by import ChangedBy
from provisioner.reconcile.plan.confirmation_age import confirmation_age
from provisioner.reconcile.plan.consequence import consequences, of_contract, present
from provisioner.reconcile.plan.cost import CostEffect, cost
from provisioner.reconcile.plan.diff import Diff, Difference, Unverified, diff
from provisioner.reconcile.plan.look_scope import LookScope
from provisioner.reconcile.plan.observations import not_in_account, observations
from provisioner.reconcile.plan.policy_findings import not_judged, policy_findings
from provisioner.reconcile.plan.reach import Reach
from provisioner.reconcile.plan.removal import NOTHING_GONE, Gone, Removals, removals
from provisioner.reconcile.plan.usage_impact import Affected, Ask, affected
from provisioner.recording.application import Application
from provisioner.recording.consequences import MAX_CHANGES
from provisioner.recording.fields import secret_reference
from provisioner.recording.findings import Finding
from provisioner.recording.value_types import Value
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.revision import Revision
from provisioner.specs.rules.observed import (
    CONFIRMATION_AGE,
    CONSEQUENCES,
    CONTROLLER_BEHIND,
    REMOVAL_UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class ApplicationPlan:
    """One application's share. `observed` is what the plan was made from.

    `consequences` are what the console and the change give rise to, `warnings` what the rules say of the spec.
    `present` is what the console does now that nobody asked of it, whatever the plan would do.
    `causes` are those of each difference, by path; `affected` is None where nobody asked.
    """

    application: Application
    observed: Observed
    diff: Diff
    consequences: tuple[Finding, ...]
    cost: CostEffect
    causes: Mapping[str, Sequence[ChangeCause]]
    warnings: tuple[Finding, ...] = ()
    affected: Affected | None = None
    present: tuple[Finding, ...] = ()
    changed_by: ChangedBy | None = None
    """Who made it differ; None where nobody asked."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is to be said of the application."""
        return (*self.consequences, *self.warnings)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What would be written."""
        return self.diff.differences

    @property
    def unverified(self) -> tuple[Unverified, ...]:
        """What the console does not show."""
        return self.diff.unverified

    @property
    def behind(self) -> bool:
        """Whether the controller records it by other settings than its spec's."""
        return any(finding.id == CONTROLLER_BEHIND.id for finding in self.consequences)

    @property
    def confirmation_age(self) -> Finding | None:
        """That what somebody confirmed ends soon, or has ended."""
        return next((found for found in self.consequences if found.id in CONFIRMATION_AGE), None)

    @property
    def action(self) -> str:
        """`change`, `cannot-verify` or `none`."""
        if self.differences:
            return "change"
        return "cannot-verify" if self.unverified else "none"


@dataclass(frozen=True, slots=True)
class Plan:
    """One environment's plan; `scope` names the applications that were chosen, sorted, or is None for all.

    `unmanaged` are applications of the account that no spec describes, None where the console cannot list them.
    `base` is what causes were found with, None where there was nothing to compare with; `guardrails` are what the
    change does to them, None likewise.
    """

    environment: Environment
    console: str
    scope: tuple[str, ...] | None
    applications: tuple[ApplicationPlan, ...]
    unmanaged: tuple[ListedApplication, ...] | None
    base: Revision | None = None
    doubts: tuple[str, ...] = ()
    """Why applications whose specs are gone are left alone."""
    settled: tuple[int, ...] = ()
    """SDKAppIds whose specs are gone and in which there is nothing to stop any more."""
    guardrails: Guardrails | None = None
    reach: Reach | None = None
    """What the change reaches, where the plan was asked to be of that alone."""
    look: LookScope | None = None
    """How much was read, where it was to be only what the audit log names."""

    @property
    def exceeded(self) -> tuple[Finding, ...]:
        """What the environment's limits say of the number of changes."""
        return limit_findings(self.environment, self.count("change"), len(self.environment.applications))

    @property
    def overall(self) -> tuple[Finding, ...]:
        """What the plan gives rise to for the environment as such."""
        environment, exceeded = self.environment, self.exceeded
        found = {finding.id for finding in exceeded}
        unjudged = not_judged(environment, self.base)
        doubts = [REMOVAL_UNKNOWN.finding(environment, "", doubt) for doubt in self.doubts]
        if self.scope is not None:
            return (*exceeded, *unjudged, *doubts)
        unused = unused_intents(environment, found, environment.today)
        stopping = {entry.application.name for entry in self.applications if entry.application.removed}
        return (*exceeded, *unjudged, *doubts, *unused, *unused_removals(environment, stopping, environment.today))

    @property
    def removed(self) -> tuple[Application, ...] | None:
        """What the base describes and the specs no longer do; None without a base that can be read."""
        chosen = self.scope is not None and self.reach is None
        if self.base is None or self.base.environment is None or chosen:
            return None
        kept = {application.sdk_app_id for application in self.environment.applications}
        return tuple(app for app in self.base.environment.applications if app.sdk_app_id not in kept)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What the rules say of the planned applications' specs, and of their environment as such."""
        planned = {"", *(entry.application.name for entry in self.applications)}
        return tuple(finding for finding in self.environment.findings if finding.application in planned)

    def count(self, action: str) -> int:
        """How many applications have that action."""
        return sum(application.action == action for application in self.applications)

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return self.count("change") > 0

    @property
    def controller_behind(self) -> bool:
        """Whether the controller records some application by other settings than its spec's."""
        return any(entry.behind for entry in self.applications)

    @property
    def lapsed(self) -> bool:
        """Whether what somebody confirmed of some application counts no longer."""
        return any(entry.observed.lapsed for entry in self.applications)


def limit_findings(environment: Environment, changing: int, of: int) -> tuple[Finding, ...]:
    """What an environment's limits say of changing so many `of` its applications."""
    rule = CONSEQUENCES[MAX_CHANGES.id]
    exceeded = environment.limits.exceeded(changing, of)
    return tuple(rule.finding(environment, limit.path, f"{limit.words}.") for limit in exceeded)


def desired_values(application: Application) -> dict[str, Value]:
    """The application's leaves without their provenance."""
    return dict(application.values)


def make_plan(
    environment: Environment,
    console: Console,
    only: Collection[str] | None = None,
    base: Revision | None = None,
    ask: Ask | None = None,
    *,
    gone: Gone = NOTHING_GONE,
    running: Running | None = None,
    guardrails: Guardrails | None = None,
    in_force: bool = False,
    asked: Mapping[int, Mapping[str, Value]] = MappingProxyType({}),
    listing: bool = True,
    reach: Reach | None = None,
) -> Plan:
    """Read every application, or those named in `only`, and compare; `base` and `guardrails` tell what this change did.

    `ask` tells how much is recorded of what changes, `gone` which specs are gone that may stop recordings. A choice of
    applications leaves those alone. `running` is what the environment's controller runs. With `reach` only what the
    change reaches is read: the account is not listed, and only removals of this change count. Without `listing` the
    account is not listed either, so that none is known to be unmanaged or missing. Where the specs are `in_force`,
    whatever differs is drift; else only what differs from the base is, or from what somebody remembers to have `asked`
    of the console, by SDKAppId.

    Raises ConsoleError where the console does not answer, ProvisionerError where it lacks an application.
    """
    only = reach.only if reach else only
    lists = listing and console.capabilities().lists and not (reach and only is not None)
    listed = console.list_applications() if lists else None
    chosen = [app for app in environment.applications if only is None or app.name in only]
    if missing := _missing(chosen, listed):
        raise not_in_account(missing)
    observes = console.capabilities().observes
    judging = _Judging.of(environment, base, running, observes=observes, in_force=in_force, asked=asked)
    with observations(console, chosen) as observed:
        # Each as soon as it is read, while the console answers for the next ones.
        planned = tuple(judging.entry(app, seen) for app, seen in zip(chosen, observed, strict=True))
    if reach:
        gone = reach.of_gone(gone)
    elif only is not None:
        gone = NOTHING_GONE
    found = removals(gone, environment, console, _ids(listed)) if gone != NOTHING_GONE else Removals()
    removed = (_removal(app, seen, environment.today, judging.before) for app, seen in found.stopping)
    planned = tuple(sorted((*planned, *removed), key=lambda entry: entry.application.name))
    return Plan(
        environment,
        console.label,
        None if only is None else tuple(sorted({*only, *(entry.application.name for entry in planned)})),
        planned if ask is None else tuple(_asked(entry, environment, ask) for entry in planned),
        None if listed is None else _unmanaged(planned, environment, listed),
        base,
        tuple(found.doubts),
        tuple(found.settled),
        guardrails,
        reach,
    )


def _with_present(entry: ApplicationPlan, asked: Mapping[str, Value] | None) -> ApplicationPlan:
    """With what the console does now against what was `asked` of it; None where nobody knows what that was."""
    if asked is None:
        return entry
    found = entry.diff if asked is entry.application.values else diff(asked, entry.observed)
    now = present(entry.application, asked, entry.observed, found.differences)
    return replace(entry, present=tuple(now))


@dataclass(frozen=True, slots=True)
class _Judging:
    """What each application is judged with; `before` are the base's applications by SDKAppId."""

    environment: Environment
    base: Revision | None
    before: Mapping[int, Application] | None
    running: Running | None
    warnings: Mapping[str, Sequence[Finding]]
    observes: bool
    in_force: bool
    asked: Mapping[int, Mapping[str, Value]]

    @classmethod
    def of(
        cls,
        environment: Environment,
        base: Revision | None,
        running: Running | None,
        *,
        observes: bool,
        in_force: bool,
        asked: Mapping[int, Mapping[str, Value]],
    ) -> _Judging:
        warnings: dict[str, list[Finding]] = {}
        for finding in environment.findings:
            warnings.setdefault(finding.application, []).append(finding)
        before = None if base is None or base.errors else _described(base)
        return cls(environment, base, before, running, warnings, observes, in_force, asked)

    def entry(self, app: Application, observed: Observed) -> ApplicationPlan:
        environment, before = self.environment, self.before
        warnings = self.warnings.get(app.name, ())
        entry = _plan(app, observed, warnings, environment.today, before, in_force=self.in_force)
        entry = _with_present(entry, self._asked_of(app) if self.observes else None)
        shown = observed if self.observes else None
        entry = _with_policies(entry, policy_findings(environment, app, shown, self.base, before))
        return _with_controller(entry, environment.site, self.running, before)

    def _asked_of(self, app: Application) -> Mapping[str, Value] | None:
        """What the console of an application should do now; None where nobody knows."""
        if self.in_force:
            return app.values
        before = (self.before or {}).get(app.sdk_app_id)
        return before.values if before else self.asked.get(app.sdk_app_id)


def _with_policies(entry: ApplicationPlan, findings: Iterable[Finding]) -> ApplicationPlan:
    found = tuple(findings)
    return replace(entry, consequences=(*found, *entry.consequences)) if found else entry


def _ids(listed: Sequence[ListedApplication] | None) -> set[int] | None:
    return None if listed is None else {entry.sdk_app_id for entry in listed}


def _removal(
    app: Application, observed: Observed, today: date, base: Mapping[int, Application] | None
) -> ApplicationPlan:
    """Stopping an application whose spec is gone: this change did it where the base has the spec."""
    entry = _plan(app, observed, (), today, None)
    if base is None or app.sdk_app_id not in base:
        return entry
    return replace(entry, causes={difference.path: (ChangeCause.THIS_CHANGE,) for difference in entry.differences})


def _with_controller(
    entry: ApplicationPlan, site: str, running: Running | None, base: Mapping[int, Application] | None
) -> ApplicationPlan:
    if running is None:
        return entry
    app = entry.application
    unsure = controller_drift.unverified(app, running)
    findings = controller_drift.behind(app, site, running, (base or {}).get(app.sdk_app_id))
    found = Diff(entry.differences, (*entry.unverified, *unsure))
    return replace(entry, diff=found, consequences=(*entry.consequences, *findings))


def _asked(entry: ApplicationPlan, environment: Environment, ask: Ask) -> ApplicationPlan:
    if not entry.differences:
        return entry
    return replace(entry, affected=affected(ask(entry.application.sdk_app_id), environment.prices))


def _described(base: Revision) -> Mapping[int, Application]:
    return {app.sdk_app_id: app for app in base.environment.applications} if base.environment else {}


def _missing(chosen: Sequence[Application], listed: Sequence[ListedApplication] | None) -> list[Application]:
    if listed is None:
        return []
    known = {entry.sdk_app_id for entry in listed}
    return [app for app in chosen if app.sdk_app_id not in known]


def _unmanaged(
    planned: Sequence[ApplicationPlan], environment: Environment, listed: Sequence[ListedApplication]
) -> tuple[ListedApplication, ...]:
    managed = {application.sdk_app_id for application in environment.applications}
    managed |= {entry.application.sdk_app_id for entry in planned}
    return tuple(entry for entry in listed if entry.sdk_app_id not in managed)


def _plan(
    app: Application,
    observed: Observed,
    warnings: Sequence[Finding],
    today: date,
    base: Mapping[int, Application] | None,
    *,
    in_force: bool = False,
) -> ApplicationPlan:
    wanted = desired_values(app)
    found = _with_references(diff(wanted, observed), (base or {}).get(app.sdk_app_id))
    contract = of_contract(app, (base or {}).get(app.sdk_app_id))
    moved = [Difference(field.path, field.before, field.after) for field in found.unverified if field.before]
    reasons = judged(
        app,
        [
            *consequences(app, observed, [*found.differences, *moved]),
            *contract,
            *confirmation_age(app, observed, today),
        ],
        today,
    )
    return ApplicationPlan(
        app,
        observed,
        found,
        tuple(reasons),
        cost(wanted, observed, found),
        causes(app, base, found.differences, in_force=in_force),
        tuple(warnings),
    )


def _with_references(found: Diff, base: Application | None) -> Diff:
    """Where the base kept each secret that is kept elsewhere now: no console shows that anything changed."""
    if base is None:
        return found
    fields = (
        replace(field, before=base.value(field.path))
        if secret_reference(field.path, base.value(field.path)) and base.value(field.path) != field.after
        else field
        for field in found.unverified
    )
    return Diff(found.differences, tuple(fields))
