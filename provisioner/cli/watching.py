"""One environment that is watched: a look, what it means after the last one, and who is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import click

from provisioner.cli.audit import audit_source, named, since_last_look
from provisioner.cli.drift import last_equal_of, post_issue
from provisioner.cli.session import CommandSession, difference_code, session
from provisioner.console.audit.audit_event import AuditEvent
from provisioner.foundation.clock import Clock, system_clock, timestamp
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import printable
from provisioner.foundation.webhook import Webhook
from provisioner.reconcile.drift.alarm import Alarms, LastTold
from provisioner.reconcile.drift.incremental import FULL_AFTER
from provisioner.reconcile.plan.document import document
from provisioner.report.plan.drift_event import CONTENT_TYPE, alarm_digest, drift_event
from provisioner.report.plan.grouping import by_risk
from provisioner.report.plan.plan_view import PlanView, read_plan
from provisioner.report.plan.present_words import application_words
from provisioner.report.plan.wording import changed_by_words

Channel = Callable[[PlanView, str, LastTold], None]
"""Tells somebody what drift has become; raises ProvisionerError where it could not, and is called again then."""

Channels = dict[str, Channel]

_MOST_PUSHED = 10_000


@dataclass(slots=True)
class Pushed:
    """Entries of the audit log that were delivered, for a day; `wake` is set when one comes."""

    wake: threading.Event = field(default_factory=threading.Event)
    _events: list[AuditEvent] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, events: Iterable[AuditEvent]) -> None:
        """They came; the oldest are given up where there are too many: the next full look makes up for it."""
        with self._lock:
            self._events = [*self._events, *events][-_MOST_PUSHED:]
        self.wake.set()

    def events(self) -> tuple[AuditEvent, ...]:
        """Those of the last day."""
        oldest = system_clock() - FULL_AFTER
        with self._lock:
            self._events = [event for event in self._events if event.at is None or event.at > oldest]
            return tuple(self._events)


@dataclass(slots=True)
class Watched:
    """One environment. `whole`: the first look reads everything, so that `latest` is about every application."""

    name: str
    channels: Mapping[str, Channel]
    pushed: Pushed
    whole: bool = False
    latest: PlanView | None = None
    """What all looks so far know of the environment; None where the last one failed."""
    _known: PlanView | None = None
    _shown: str | None = None

    def look(self) -> int:
        """One look: 0 as specified, 2 something differs, 4 not verifiable, 1 it failed or somebody was not told."""
        try:
            with session(self.name) as opened:
                view, code = _seen(opened, self.pushed, whole=self.whole and self._known is None)
                self.latest = self._known = _joined(self._known, view)
                self._show(view)
                return code if self._tell(view, Alarms.of(opened.state)) else 1
        except ProvisionerError as error:
            self.latest = None
            click.echo(f"{timestamp(system_clock())} {self.name}: {error}", err=True)
            return 1

    def _show(self, view: PlanView) -> None:
        """A line for each change of what differs."""
        digest = alarm_digest(view)
        if digest == self._shown:
            return
        self._shown = digest
        head = f"{timestamp(system_clock())} {view.environment}:"
        differing = by_risk(entry for entry in view.applications if entry.differs)
        if not differing:
            click.echo(f"{head} as specified")
        for entry in differing:
            who = "; ".join(changed_by_words(entry.changed_by))
            click.echo(printable(f"{head} {application_words(view, entry)}{'; ' if who else ''}{who}"))

    def _tell(self, view: PlanView, alarms: Alarms) -> bool:
        """Tell every channel that was last told something else; False where one could not be told."""
        digest, reached = alarm_digest(view), True
        for name, send in self.channels.items():
            told = alarms.told(name)
            kind = told.kind(digest)
            if kind is None:
                continue
            try:
                send(view, kind, told)
                alarms.keep(name, told.next(digest))
            except ProvisionerError as error:
                reached = False
                click.echo(f"{timestamp(system_clock())} {self.name}: {name}: {error}", err=True)
        return reached


def issue_channel(forge: str) -> Channel:
    """Keeps one issue an environment, in a job of the forge or with its variables set."""

    def send(view: PlanView, _kind: str, _told: LastTold) -> None:
        post_issue(view, forge)

    return send


def webhook_channel(webhook: Webhook, clock: Clock) -> Channel:
    """Sends a CloudEvent; one that has to be sent again has the same id."""

    def send(view: PlanView, kind: str, told: LastTold) -> None:
        digest = alarm_digest(view)
        event_id = f"{view.environment}-{told.number + 1}-{digest or 'none'}"
        webhook.send(event_id, drift_event(view, kind, event_id, timestamp(clock())), CONTENT_TYPE)

    return send


def _joined(known: PlanView | None, view: PlanView) -> PlanView:
    """What was known with what a look at some applications found; a look at all of them replaces it."""
    if known is None or view.scope is None:
        return view
    applications = {entry.name: entry for entry in (*known.applications, *view.applications)}
    last = {**(known.last_in_sync or {}), **(view.last_in_sync or {})}
    ordered = tuple(applications[name] for name in sorted(applications))
    return replace(view, applications=ordered, last_in_sync=last, unmanaged=known.unmanaged)


def _seen(opened: CommandSession, pushed: Pushed, *, whole: bool) -> tuple[PlanView, int]:
    source = replace(audit_source(opened.environment, opened.state), pushed=pushed.events())
    equal = last_equal_of(opened)
    plan = named(opened.drift() if whole else since_last_look(opened, source), source, equal)
    since = {
        entry.application.name: equal.get(entry.application.sdk_app_id)
        for entry in plan.applications
        if entry.differences
    }
    return read_plan(document(plan), since), difference_code(plan, True)
