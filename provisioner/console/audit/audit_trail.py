"""What CloudAudit told of a time: events, and what it could not say. Silence is never "nobody"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from provisioner.console.audit.audit_event import AuditEvent

LATENESS = timedelta(minutes=15)
"""How late an entry may come [assumed: no page states it]: what is younger may be missing from the log."""

LISTED_ACTIONS = {
    "cn": frozenset({"AlterRecording", "AlterTemplateId", "ModifyRecordMode"}),
    "intl": frozenset(),
}
"""Actions that a site's list of audited actions shows (629/46730; the international list shows none of these)."""

KNOWN_ACTIONS = ("AlterRecording", "AlterTemplateId", "ModifyRecordMode")
"""What changes an application's recording in the console (access-management and audit action lists)."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """What was asked of `actions` from `since` to `until`, oldest event first.

    `unanswered` says why the log could not tell everything of that time, empty where it did. `unlisted` are actions
    that the site's list of audited actions does not show and that the log has never been seen to keep: it may not
    know of them.
    """

    since: datetime
    until: datetime
    actions: tuple[str, ...]
    events: tuple[AuditEvent, ...] = ()
    unanswered: str = ""
    unlisted: tuple[str, ...] = ()

    @property
    def doubt(self) -> str:
        """Why no event is no proof that nothing happened; empty where it is as good as one."""
        if self.unanswered:
            return self.unanswered
        if self.unlisted:
            return f"CloudAudit's list for this site does not name {', '.join(self.unlisted)}"
        return ""

    def of(self, sdk_app_id: int, after: datetime | None = None) -> tuple[AuditEvent, ...]:
        """What may have changed an application, not before `after`, newest first; an untimed event is the newest."""
        found = [event for event in self.events if event.concerns(sdk_app_id) and not _before(event, after)]
        return tuple(reversed(found))

    def without(self, requests: Collection[str]) -> AuditTrail:
        """The trail without events of the given request ids: this tool's own."""
        return replace(self, events=tuple(event for event in self.events if event.request_id not in requests))


def in_order(events: Collection[AuditEvent]) -> tuple[AuditEvent, ...]:
    """Oldest first; what tells no time comes last, as if it had just happened."""
    return tuple(sorted(events, key=lambda event: (event.at is None, event.at or _NEVER, event.id)))


def _before(event: AuditEvent, after: datetime | None) -> bool:
    return after is not None and event.at is not None and event.at < after  # the log tells whole seconds
