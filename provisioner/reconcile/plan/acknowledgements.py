"""What people wrote down beforehand, held against what a plan found: waivers of observed rules, and intents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from provisioner.recording.application import Application
from provisioner.recording.consequences import UNUSED_INTENT
from provisioner.recording.findings import Finding
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules import observed, waivers

_WAIVABLE = frozenset(rule.id for rule in observed.RULES if rule.waivable)


def judged(app: Application, findings: Sequence[Finding], today: date) -> Iterator[Finding]:
    """`findings` without those that a waiver holds back, and one for each waiver or intent that has nothing to do.

    An expired one is the specs' to tell (`specs/rules/waivers.py`), not repeated here.
    """
    found = {finding.id for finding in findings}
    waived = {rule for rule in _WAIVABLE if app.waives(rule, today)}
    yield from (finding for finding in findings if finding.id not in waived)
    for rule in sorted(waived - found):
        yield waivers.unused(app, app.waivers[rule])
    yield from unused_intents(app, found, today)


def unused_removals(environment: Environment, stopping: Collection[str], today: date) -> Iterator[Finding]:
    """A finding for each acknowledged removal that has expired, or that is none of the applications `stopping`."""
    for name, intent in environment.removed.items():
        path = f"/removed/{name}"
        if not intent.holds(today):
            message = f"the acknowledgement expired after {intent.expires}; remove it, or renew it if it is still meant"
            yield waivers.INTENT_EXPIRED.finding(environment, path, message, intent.where)
        elif name not in stopping:
            message = UNUSED_INTENT.says("unused", consequence=f"{intent.consequence} of {name}")
            yield observed.CONSEQUENCES[UNUSED_INTENT.id].finding(environment, path, message, intent.where)


def unused_intents(subject: Application | Environment, found: Collection[str], today: date) -> Iterator[Finding]:
    """A finding for each intent that still holds and whose consequence is not among the `found` ids."""
    for intent in subject.intents.values():
        if intent.consequence not in found and intent.holds(today):
            message = UNUSED_INTENT.says("unused", consequence=intent.consequence)
            path = f"/intent/{intent.consequence}"
            yield observed.CONSEQUENCES[UNUSED_INTENT.id].finding(subject, path, message, intent.where)
