"""`provisioner apply --post`: what people still have to do in the console, kept as one issue an owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import click

from provisioner.cli.address import project_folder
from provisioner.cli.runbook_walk import specs_of
from provisioner.cli.session import CommandSession
from provisioner.console.runbook.labels import labels_of
from provisioner.forge.marker import MARKER_BYTES
from provisioner.forge.port import Forge
from provisioner.forge.publish import Subject, post_checklists
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.refusals import refusals
from provisioner.report.plan.plan_view import read_plan
from provisioner.report.runbook.checklist import CHECKLIST, Checklist, checklists, render_done
from provisioner.report.runbook.runbook import render_waiting
from provisioner.report.text.amounts import counted


def keep_checklists(opened: CommandSession, forge: Forge, allowed: Mapping[str, frozenset[str]]) -> None:
    """Bring the issues in line with what is left to people of the whole environment, whatever was applied of it.

    A plan of what changed lately says nothing of what was merged before and nobody has done yet. What may not be
    carried out is listed without its steps. Raises ProvisionerError.
    """
    lists = _left(opened, forge, allowed)
    name = opened.environment.name
    kept = post_checklists(forge, Subject(name, project_folder()), lists, render_done(name, forge.context.run))
    if kept.open:
        issues = [
            f"issue #{note.id} ({one.owner}, {counted(one.applications, 'application')}): {note.url}"
            for one, note in kept.open
        ]
        click.echo(render_waiting(name, sum(one.applications for one in lists), issues))
    for note in kept.closed:
        click.echo(f"Closed: {note.url}", err=True)


def close_checklists(opened: CommandSession, forge: Forge) -> None:
    """Close what is open from the days when people changed this console; what was written counts, whatever fails."""
    try:
        keep_checklists(opened, forge, {})
    except ProvisionerError as error:
        click.echo(f"Whether a checklist is still open is not known: {error}", err=True)


def _left(opened: CommandSession, forge: Forge, allowed: Mapping[str, frozenset[str]]) -> list[Checklist]:
    if opened.console.capabilities().writes:
        return []
    plan = replace(opened, only=None, base=None, guardrails=None, reach=None).plan()
    told: dict[str, list[str]] = {}
    for refusal in refusals(plan, allowed, system_clock().date().isoformat()):
        if name := refusal.finding.application:
            why = refusal.finding.message.removesuffix(".")
            told.setdefault(name, []).append(f"{refusal.finding.id}: {why}. {refusal.fix}.")
    refused = {name: " ".join(words) for name, words in told.items()}
    limit = min(CHECKLIST, forge.context.kind.limits.text - MARKER_BYTES)
    labels = labels_of(plan.environment, opened.workspace.root)
    return checklists(read_plan(document(plan)), labels, specs_of(plan), refused, limit)
