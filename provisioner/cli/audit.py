"""Who changed a console, for commands that tell it: the audit log, less what the journal knows of our own calls."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from provisioner.cli.session import CommandSession
from provisioner.console.audit.cloud_audit import audit_clock, writing
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.drift.attribution import attributed
from provisioner.reconcile.drift.incremental import due
from provisioner.reconcile.drift.last_look import looked, recall, remember
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


def since_last_look(opened: CommandSession, source: AuditSource) -> Plan:
    """The plan of what must be read since the last full look; a full look is remembered.

    Where people change the console nothing is read from it, so that there is nothing to save.
    """
    environment, console = opened.environment, opened.console
    if opened.only is not None:
        raise UsageError("--since-audit looks at a whole environment", fix="Leave out applications and owners.")
    if not console.capabilities().writes:
        return opened.drift()
    began = audit_clock(environment, source.root)()
    needed = due(environment, console.label, recall(opened.state), began, source.trail)
    plan = replace(opened.drift(needed.only), look=needed.scope)
    if plan.scope is None:
        remember(opened.state, looked(plan, began))
    return plan


def named(plan: Plan, source: AuditSource, last_in_sync: Mapping[int, str]) -> Plan:
    """The plan in which whatever differs says who changed it."""
    environment, root = source.environment, source.root
    now = audit_clock(environment, root)()
    return attributed(plan, source.foreign, last_in_sync, writing(environment, root), now)
