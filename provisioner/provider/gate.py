"""What refuses a write of one resource of any program: the rules of specs, and consequences of the change.

A resource that says what its spec says was judged with its spec. Any other is judged here as a spec would be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from provisioner.console.port import Observed
from provisioner.foundation.errors import Location, ProvisionerError
from provisioner.provider.properties import Inputs, property_path
from provisioner.reconcile.plan.consequence import consequences
from provisioner.reconcile.plan.cost import cost
from provisioner.reconcile.plan.diff import Diff
from provisioner.reconcile.plan.plan import ApplicationPlan, Plan
from provisioner.reconcile.plan.policy_findings import policy_findings
from provisioner.reconcile.plan.refusals import PlanRefusal, refusals
from provisioner.recording.application import Application, Intent, Layer, Leaf, Leaves
from provisioner.recording.consequences import Scope, acknowledgeable
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.value_types import Value, describe
from provisioner.report.plan.terminal import render_refusals
from provisioner.specs import rules
from provisioner.specs.documents.environment import Environment
from provisioner.specs.keys.limits import ChangeLimits
from provisioner.specs.rules import plugins, policies
from provisioner.specs.rules.rule import Rule, Specs

_TOLD = (Severity.MEDIUM, Severity.INFO)
_NOBODYS = 0
"""Stands for an SDKAppId that is not known yet."""


class RefusedError(ProvisionerError):
    """A rule or a consequence stands against this write; nothing was written."""


class _Declared(Leaves):
    """Values that a program declares: there is no line to point at."""

    __slots__ = ("_defaulted",)

    def __init__(self, plain: Mapping[str, Value], defaulted: frozenset[str]) -> None:
        super().__init__(plain)
        self._defaulted = defaulted

    def __getitem__(self, path: str) -> Leaf:
        return Leaf(self.plain[path], Layer.SCHEMA if path in self._defaulted else Layer.APPLICATION, None)


def declared(name: str, environment: Environment, inputs: Inputs) -> Application:
    """A resource as an application of the environment. Raises ValueError for an acknowledgement that is none."""
    leaves = _Declared({"/name": name, "/sdkAppId": _NOBODYS, **inputs.values}, inputs.defaulted)
    where = Location(f"resource {name}")
    return Application(environment.name, where, leaves, _intents(inputs.intent, where, environment))


def rule_findings(app: Application, environment: Environment, today: date, inputs: Inputs) -> list[Finding]:
    """What the rules say of a declared application. What is not known yet is not judged."""
    specs = Specs((replace(environment, applications=(app,)),), today)
    rules_here = (*_rules(), *policies.rules_of(environment.policies))
    found = [rule.finding(*violation) for rule in rules_here if rule.check for violation in rule.check(specs)]
    about = (finding for finding in found if finding.application == app.name and _about(finding, app, inputs))
    return sorted(about, key=Finding.sort_key)


@cache
def _rules() -> tuple[Rule, ...]:
    """Looking for a team's own costs more than checking them all, and a run asks once for each resource."""
    return (*rules.RULES.values(), *plugins.team_rules(rules.RULES))


def _about(finding: Finding, app: Application, inputs: Inputs) -> bool:
    setting = finding.path.startswith(SETTINGS)
    if setting and not app.automatic and not any(path.startswith(SETTINGS) for path in inputs.values):
        return False  # of a manual application a resource need not repeat the backend's contract
    return not (inputs.unknown and (setting or inputs.waits_for(finding.path)))


def change_findings(app: Application, environment: Environment, observed: Observed, found: Diff) -> list[Finding]:
    """What a change does, as far as it needs no acknowledgement."""
    changes = [finding for finding in consequences(app, observed, found.differences) if finding.severity in _TOLD]
    return [*changes, *(finding for finding in _planned(app, environment, observed) if finding.severity in _TOLD)]


def _planned(app: Application, environment: Environment, observed: Observed) -> list[Finding]:
    """What the policies say that look at the console. Those that compare with a base are the plan's."""
    return list(policy_findings(environment, app, observed, None, None))


def change_refusals(
    app: Application, environment: Environment, observed: Observed, found: Diff, today: date
) -> list[PlanRefusal]:
    """What the consequences of a change need and do not have; how many changes there are is judged elsewhere."""
    reasons = (*_planned(app, environment, observed), *consequences(app, observed, found.differences))
    entry = ApplicationPlan(app, observed, found, reasons, cost(app.values, observed, found), {})
    alone = replace(environment, limits=ChangeLimits())
    return refusals(Plan(alone, "", (app.name,), (entry,), None), {}, today.isoformat())


def sentence(finding: Finding) -> str:
    """A finding about a resource without a spec: `path: REC0nn: message`."""
    return f"{_subject(finding)}: {finding.id}: {finding.message}"


def refused_text(app: Application, against: list[PlanRefusal]) -> str:
    """Every refusal with what lets it pass; places where a spec has them."""
    if not app.where.file.startswith("resource "):
        return render_refusals(against, flag=False)
    lines = []
    for refusal in against:
        lines.append(sentence(refusal.finding))
        lines.append(f"  {refusal.fix}.")
    return "\n".join(lines)


def stops(findings: list[Finding]) -> list[Finding]:
    """The findings that stop a step."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _subject(finding: Finding) -> str:
    return property_path(finding.path) if finding.path else finding.application


def _intents(given: Mapping[str, Any], where: Location, environment: Environment) -> dict[str, Intent]:
    found, known = {}, acknowledgeable(Scope.APPLICATION)
    last = (environment.today + timedelta(days=environment.limits.acknowledged_days)).isoformat()
    for consequence, entry in given.items():
        if consequence not in known:
            raise ValueError(f"intent acknowledges {' or '.join(known)}, not {describe(consequence)}")
        reason, expires = (entry.get(key) if isinstance(entry, dict) else None for key in ("reason", "expires"))
        if not (isinstance(reason, str) and reason.strip() and isinstance(expires, str)):
            raise ValueError(f"intent.{consequence} takes a reason and expires, a day as YYYY-MM-DD")
        if not _is_day(expires):
            raise ValueError(f"intent.{consequence}.expires takes a day as YYYY-MM-DD")
        if expires > last:
            raise ValueError(f"intent.{consequence}.expires takes a day until {last}: an intent ends within a year")
        found[consequence] = Intent(consequence, reason, expires, where)
    return found


def _is_day(text: str) -> bool:
    """Exactly YYYY-MM-DD: days are compared as text, and Python also reads `20260131` and `2026-W05-6`."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
