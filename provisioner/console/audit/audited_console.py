"""The console of an environment, in which an observation that an audited change has overtaken counts no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from provisioner.console.audit.audit_event import VIA, AuditEvent
from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.console.audit.cloud_audit import trail_of
from provisioner.console.calls.opening import with_webhooks
from provisioner.console.drivers import open_console
from provisioner.console.port import Console
from provisioner.console.runbook.runbook_driver import RunbookConsole
from provisioner.foundation.clock import Clock, system_clock, timestamp
from provisioner.recording.limits import AUDIT_BACK, CLOCK_SKEW
from provisioner.specs.documents.environment import Environment


def open_audited_console(
    environment: Environment, root: Path, variables: Mapping[str, str], clock: Clock = system_clock
) -> Console:
    """As `open_console`, with webhooks of calls where specs declare any.

    Where people confirm what a console shows, the audit log may know better.
    """
    if environment.console.by_people:
        overtaken = OvertakenObservations(environment, root, variables).reason
        console: Console = RunbookConsole(environment, root, clock, overtaken)
    else:
        console = open_console(environment, root, variables, clock)
    return with_webhooks(console, environment, root, clock)


class OvertakenObservations:
    """Changes of applications since somebody confirmed them. The log is asked once, when the first one is looked at.

    Only entries that name the application count: where the log does not say which, nobody knows that it was this one.
    A log that cannot be asked leaves what was confirmed as good as it was.
    """

    def __init__(self, environment: Environment, root: Path, variables: Mapping[str, str]) -> None:
        self._asked = (environment, root, variables)

    def reason(self, sdk_app_id: int, confirmed: datetime) -> str:
        """Who changed the application after `confirmed`, as a clause; '' where the log shows nobody."""
        for event in self._trail.of(sdk_app_id, confirmed):
            if event.applications is not None and event.at is not None and event.at > confirmed:
                return _words(event, event.at)
        return ""

    @cached_property
    def _trail(self) -> AuditTrail:
        return trail_of(*self._asked, system_clock() - AUDIT_BACK + CLOCK_SKEW)


def _words(event: AuditEvent, at: datetime) -> str:
    source = event.address or "an unknown address"
    way = f" {VIA[event.via]}" if event.via in VIA else ""
    return f"{event.who or 'somebody'} called {event.action}{way} at {timestamp(at)} from {source} (CloudAudit)"
