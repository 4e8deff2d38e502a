"""Which applications a look must read, when the audit log says which ones anybody touched since the last full look.

It fails closed: whatever the log cannot say, everything is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.foundation.clock import timestamp
from provisioner.reconcile.drift.last_look import LastLook, wanted_digest
from provisioner.reconcile.plan.look_scope import LookScope
from provisioner.recording.limits import CLOCK_SKEW
from provisioner.specs.documents.environment import Environment

FULL_AFTER = timedelta(days=1)
"""How old a full look may be; after that everything is read again, whatever the log says."""


@dataclass(frozen=True, slots=True)
class DueLook:
    """What is to be read: the applications of `only`, None for all of them."""

    only: frozenset[str] | None
    scope: LookScope


def due(
    environment: Environment,
    console: str,
    last: LastLook | None,
    now: datetime,
    ask: Callable[[datetime], AuditTrail],
) -> DueLook:
    """What must be read of `console` (its label). `ask` answers for a time, this tool's own calls included.

    Applications are read that somebody called an action on, whose specs changed, or that differed at the last full
    look. The log is asked only where a full look is not due anyway.
    """
    total = len(environment.applications)
    if last is None or (reason := _full(console, last, now)):
        return _all(total, "there is no full look yet" if last is None else reason)
    trail = ask(last.at - CLOCK_SKEW)
    if trail.doubt:
        return _all(total, trail.doubt)
    touched: set[int] = set()
    for event in trail.events:
        if event.refused:
            continue
        if event.applications is None:
            when = timestamp(event.at) if event.at else "an unknown time"
            return _all(total, f"CloudAudit does not say of which application {event.action} at {when} was")
        touched |= event.applications
    chosen = {
        app.sdk_app_id: app.name
        for app in environment.applications
        if app.sdk_app_id in touched | last.differing or last.digests.get(app.sdk_app_id) != wanted_digest(app)
    }
    unread = {app.sdk_app_id for app in environment.applications} - set(chosen)
    scope = LookScope(timestamp(last.at), total, len(last.unverified & unread))
    return DueLook(frozenset(chosen.values()), scope)


def _full(console: str, last: LastLook, now: datetime) -> str:
    """Why everything must be read, whatever happened; empty where it need not be."""
    if last.console != console:
        return f"the last full look was at another console ({last.console})"
    if last.at > now + CLOCK_SKEW:
        return f"the last full look is said to be at {timestamp(last.at)}, which is yet to come"
    if last.at <= now - FULL_AFTER:
        return f"the last full look is a day old ({timestamp(last.at)})"
    return ""


def _all(total: int, because: str) -> DueLook:
    return DueLook(None, LookScope(None, total, because=because))
