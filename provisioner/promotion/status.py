"""The state of all environments: what each application runs, and what stops its promotion to the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from provisioner.promotion.console_plans import ConsolePlan, UnreadableConsole
from provisioner.promotion.gates.ladder import below
from provisioner.promotion.gates.soak import left, running_since
from provisioner.promotion.history import last_move
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.plan.changed_by import ChangedBy
from provisioner.recording.application import Application
from provisioner.recording.effects import decides
from provisioner.recording.findings import Finding
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.promotion_record import PromotionRecord
from provisioner.specs.keys.tier import TIERS


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long an application has yet to soak on its way to `target`; None where it is not known since when it runs."""

    target: str
    span: timedelta | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One application in one environment. `drift` is how many values differ in the console, None where it cannot be
    read; `present` what it does because of that, highest severity first; `unverified` how many values it does not
    show; `promoted` is its last promotion into this environment."""

    application: Application
    drift: int | None
    unverified: int
    promoted: PromotionRecord | None
    waiting: tuple[Waiting, ...]
    present: tuple[Finding, ...] = ()
    shown: bool = True
    """Whether the console shows if rooms are recorded at all."""

    lapses: datetime | None = None
    """Until when what a person confirmed counts, or counted; None where nobody had to look."""

    changed_by: ChangedBy | None = None
    """Who made it differ; None where nothing does, or nobody asked."""

    age: Finding | None = None
    """That what a person confirmed ends soon, or has ended."""


@dataclass(frozen=True, slots=True)
class Column:
    """One environment. `unmanaged` are applications that no spec describes, None where nobody can list them."""

    environment: Environment
    cells: Mapping[str, Cell]
    unmanaged: tuple[str, ...] | None
    unreadable: str


@dataclass(frozen=True, slots=True)
class PromotionStatus:
    """Environments as columns, from development up; `rows` are the applications' names, by which cells are found."""

    columns: tuple[Column, ...]
    rows: tuple[str, ...]

    def only(self, wanted: Callable[[Cell], bool]) -> PromotionStatus:
        """The rows in which some cell is wanted."""
        cells = {row: [column.cells[row] for column in self.columns if row in column.cells] for row in self.rows}
        return PromotionStatus(self.columns, tuple(row for row in self.rows if any(map(wanted, cells[row]))))


def status(
    environments: Sequence[Environment],
    plan_of: Callable[[Environment], ConsolePlan],
    journal: Callable[[Environment], tuple[JournalEntry, ...] | UnreadableConsole],
    records: Callable[[Environment], Sequence[PromotionRecord]],
    now: datetime,
) -> PromotionStatus:
    """The state of all environments. The callables answer what a console shows, a journal holds, was promoted."""
    ordered = sorted(environments, key=lambda env: (TIERS.index(env.tier), env.name))
    rows = _rows(ordered)
    tiers = {env.name: env.tier for env in environments}
    columns = []
    for env in ordered:
        above = [other for other in ordered if other.gates.soak and env.name in below(other, tiers)]
        entries = journal(env) if above else ()
        waiting = {app.name: tuple(_waiting(app, target, entries, now) for target in above) for app in env.applications}
        columns.append(_column(env, plan_of(env), rows, records(env), waiting))
    return PromotionStatus(tuple(columns), tuple(sorted({*rows.values()})))


def _column(
    env: Environment,
    seen: ConsolePlan,
    rows: Mapping[tuple[str, str], str],
    records: Sequence[PromotionRecord],
    waiting: Mapping[str, tuple[Waiting, ...]],
) -> Column:
    plans = (
        {} if isinstance(seen, UnreadableConsole) else {entry.application.name: entry for entry in seen.applications}
    )
    cells = {}
    for app in env.applications:
        plan = plans.get(app.name)
        cells[rows[env.name, app.name]] = Cell(
            app,
            len(plan.differences) if plan else None,
            len(plan.unverified) if plan else 0,
            last_move(records, app.name),
            waiting[app.name],
            plan.present if plan else (),
            not any(decides(field.path) for field in plan.unverified) if plan else False,
            plan.observed.confirmation.expires if plan and plan.observed.confirmation else None,
            plan.changed_by if plan else None,
            plan.confirmation_age if plan else None,
        )
    if isinstance(seen, UnreadableConsole):
        return Column(env, cells, None, seen.reason)
    listed = None if seen.unmanaged is None else tuple(entry.name for entry in seen.unmanaged)
    return Column(env, cells, listed, "")


def _waiting(
    app: Application, target: Environment, entries: tuple[JournalEntry, ...] | UnreadableConsole, now: datetime
) -> Waiting:
    since = None if isinstance(entries, UnreadableConsole) else running_since(entries, app)
    return Waiting(target.name, max(left(since, target.gates.soak, now), timedelta()) if since else None)


def _rows(environments: Sequence[Environment]) -> dict[tuple[str, str], str]:
    """The row of each (environment, application): the name that the top of the ladder knows it by."""
    known: dict[str, str] = {}
    for env in reversed(environments):
        for app in env.applications:
            row = next((known[name] for name in (app.name, *app.aliases) if name in known), app.name)
            known.update(dict.fromkeys([name for name in (app.name, *app.aliases) if name not in known], row))
    return {(env.name, app.name): known[app.name] for env in environments for app in env.applications}
