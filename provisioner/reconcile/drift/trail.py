"""The audit log's account of a time, without this tool's own calls, and what its silence is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from provisioner.console.audit.audit_event import AuditEvent
from provisioner.console.audit.audit_trail import LISTED_ACTIONS, AuditTrail, in_order
from provisioner.console.audit.cloud_audit import CloudAudit, open_audit, unanswered_trail
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.drift.own_writes import OwnWrite, kept
from provisioner.specs.documents.environment import Environment


@dataclass(frozen=True, slots=True)
class AuditSource:
    """Whom to ask: an environment's account, and the calls that this tool made there by request id."""

    environment: Environment
    root: Path
    variables: Mapping[str, str]
    own: Mapping[str, OwnWrite]
    pushed: tuple[AuditEvent, ...] = ()
    """Entries that were delivered before anybody asked for them."""

    def trail(self, since: datetime) -> AuditTrail:
        """What happened since `since`, own calls included. Never raises: where nobody answers, it says why."""
        try:
            with open_audit(self.environment, self.root, self.variables) as audit:
                return self._with_pushed(self._judged(audit, audit.trail(since)))
        except ProvisionerError as error:
            return self._with_pushed(unanswered_trail(since, error.what))

    def foreign(self, since: datetime) -> AuditTrail:
        """The same without this tool's own calls."""
        return self.trail(since).without(self.own)

    def _with_pushed(self, trail: AuditTrail) -> AuditTrail:
        known = {event.request_id or event.id for event in trail.events}
        fresh = [
            event
            for event in self.pushed
            if (event.request_id or event.id) not in known and (event.at is None or event.at >= trail.since)
        ]
        return replace(trail, events=in_order([*trail.events, *fresh])) if fresh else trail

    def _judged(self, audit: CloudAudit, trail: AuditTrail) -> AuditTrail:
        """An action counts as kept where the log shows a call of ours, or is listed and the log hides none of ours."""
        if trail.unanswered:
            return trail
        listed, proof = LISTED_ACTIONS[self.environment.site], kept(audit, self.own, trail.until)
        return replace(trail, unlisted=tuple(name for name in audit.needed if not proof.get(name, name in listed)))
