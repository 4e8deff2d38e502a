"""Whether applications are as specified, as gauges: what drift and status know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from provisioner.recording.effects import decides
from provisioner.recording.findings import Severity
from provisioner.report.metrics import metric_table as table
from provisioner.report.metrics.gauges import Gauges
from provisioner.report.plan.plan_view import ApplicationView, PlanView


@dataclass(frozen=True, slots=True)
class ApplicationHealth:
    """One application whose console was read. `states` are those of the present: word and severity.

    `known` says whether the console shows if rooms are recorded; `until` is when it was last known to be as specified,
    `lapses` until when a person's observation counts, or counted: RFC 3339, None where there is none.
    """

    name: str
    drifted: bool
    states: tuple[tuple[str, Severity], ...]
    unverified: int
    known: bool
    until: str | None = None
    lapses: str | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentHealth:
    """One environment. `applications` is None where its console could not be read, `unmanaged` where nobody knows.

    `described` is None where nothing of it could be read.
    """

    name: str
    described: int | None
    applications: tuple[ApplicationHealth, ...] | None
    unmanaged: int | None


def health_metrics(command: str, environments: Iterable[EnvironmentHealth], at: datetime) -> bytes:
    """The textfile of `command`, which looked at the moment `at`."""
    gauges = Gauges(command)
    for environment in environments:
        name = environment.name
        gauges.set(table.READABLE, environment.applications is not None, name)
        if environment.applications is not None:
            gauges.moment(table.LAST_LOOK, at, name)
        if environment.described is not None:
            gauges.set(table.APPLICATIONS, environment.described, name)
        if environment.unmanaged is not None:
            gauges.set(table.UNMANAGED, environment.unmanaged, name)
        for application in environment.applications or ():
            _application(gauges, name, application, command)
    return gauges.text()


def _application(gauges: Gauges, environment: str, app: ApplicationHealth, command: str) -> None:
    whose = (environment, app.name)
    gauges.set(table.DRIFTED, app.drifted, *whose)
    gauges.set(table.UNVERIFIED, app.unverified, *whose)
    grave = any(severity is Severity.HIGH for _, severity in app.states)
    if app.known or grave:
        gauges.set(table.AS_SPECIFIED, not grave, *whose)
    for state, severity in app.states:
        gauges.set(table.STATE, 1, *whose, state, severity.value)
    if app.until and command in table.UNTIL.commands:
        gauges.moment(table.UNTIL, app.until, *whose)
    if app.lapses:
        gauges.moment(table.LAPSES, app.lapses, *whose)


def drift_metrics(plans: Iterable[PlanView], asked: Iterable[str], at: datetime) -> bytes:
    """What drift of environments says, by a look at the moment `at`; those `asked` for without a plan were not read."""
    seen = {plan.environment: plan for plan in plans}
    return health_metrics("drift", (_of(name, seen.get(name)) for name in asked), at)


def _of(name: str, plan: PlanView | None) -> EnvironmentHealth:
    if plan is None:
        return EnvironmentHealth(name, None, None, None)
    since = plan.last_in_sync or {}
    applications = tuple(_seen(entry, since.get(entry.name)) for entry in plan.applications)
    return EnvironmentHealth(name, plan.total, applications, None if plan.unmanaged is None else len(plan.unmanaged))


def _seen(entry: ApplicationView, until: str | None) -> ApplicationHealth:
    confirmed = entry.confirmed or entry.ended
    return ApplicationHealth(
        entry.name,
        entry.differs,
        tuple((item.finding.id, item.finding.severity) for item in entry.present),
        len(entry.unverified),
        not any(decides(field.path) for field in entry.unverified),
        until if entry.differs else None,
        confirmed.expires if confirmed else None,
    )
