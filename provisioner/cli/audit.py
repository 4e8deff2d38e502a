"""Who changed a console, for commands that tell it: the audit log, less what the journal knows of our own calls."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from provisioner.console.audit.cloud_audit import audit_clock, writing
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.drift.attribution import attributed
from provisioner.reconcile.drift.own_writes import own_writes
from provisioner.reconcile.drift.trail import AuditSource
from provisioner.reconcile.plan.plan import Plan
from provisioner.specs.documents.environment import Environment


def audit_source(
    environment: Environment, state: EnvironmentState, entries: Iterable[JournalEntry] | None = None
) -> AuditSource:
    """Whom to ask. Without `entries` the journal is read; where it cannot be, our own calls are named like others."""
    try:
        own = own_writes(state.journal.entries() if entries is None else entries)
    except ProvisionerError:
        own = {}
    return AuditSource(environment, state.root, os.environ, own)


def named(plan: Plan, source: AuditSource, last_in_sync: Mapping[int, str]) -> Plan:
    """The plan in which whatever differs says who changed it."""
    environment, root = source.environment, source.root
    now = audit_clock(environment, root)()
    return attributed(plan, source.foreign, last_in_sync, writing(environment, root), now)
