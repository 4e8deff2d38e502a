"""Names whoever made a console differ: calls of the audit log after the last time that it was as specified."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.foundation.clock import timestamp
from provisioner.reconcile.plan.changed_by import MOST_NAMED, ChangedBy
from provisioner.reconcile.plan.plan import ApplicationPlan, Plan
from provisioner.recording.limits import AUDIT_BACK

REACH = AUDIT_BACK - timedelta(minutes=5)
"""How far back is asked where it is not known since when something differs."""

Writes = Callable[[str, str], bool]
"""Whether an action may write the field at a path."""


def attributed(
    plan: Plan, ask: Callable[[datetime], AuditTrail], last_in_sync: Mapping[int, str], writes: Writes, now: datetime
) -> Plan:
    """The plan in which each application that differs says who changed it.

    `ask` answers for the time since a moment, without this tool's own calls; it is called once, and not at all where
    nothing differs. `last_in_sync` has RFC 3339 times by SDKAppId.
    """
    after = {
        entry.application.sdk_app_id: _moment(last_in_sync.get(entry.application.sdk_app_id))
        for entry in plan.applications
        if entry.differences
    }
    if not after:
        return plan
    trail = ask(min(moment or now - REACH for moment in after.values()))
    return replace(
        plan,
        applications=tuple(
            replace(entry, changed_by=_changed_by(entry, trail, after[entry.application.sdk_app_id], writes))
            if entry.differences
            else entry
            for entry in plan.applications
        ),
    )


def _changed_by(entry: ApplicationPlan, trail: AuditTrail, after: datetime | None, writes: Writes) -> ChangedBy:
    paths = [difference.path for difference in entry.differences]
    events = [
        event
        for event in trail.of(entry.application.sdk_app_id, after)
        if any(writes(event.action, path) for path in paths)
    ]
    doubt, silent = trail.doubt, not events and not trail.doubt
    if silent:  # the same words at every look, so that an issue notifies nobody twice
        since = f"since {timestamp(after)}" if after else f"in the {AUDIT_BACK.days} days that it reaches back"
        asked = ", ".join(trail.actions)
        doubt = f"CloudAudit shows no such call {since} (asked for {asked}); the specs may have changed instead"
    return ChangedBy(tuple(events[:MOST_NAMED]), doubt, max(len(events) - MOST_NAMED, 0), silent)


def _moment(text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None
