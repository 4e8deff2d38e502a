"""Plans as one JSON document for programs: counts, risks and whom they concern. The fields are in the plan document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provisioner.archive.unknown import Unknown
from provisioner.report.plan.grouping import by_risk
from provisioner.report.plan.guardrail_view import GuardrailView
from provisioner.report.plan.plan_view import ApplicationView, PlanView
from provisioner.report.plan.risks import Risk, risks, states
from provisioner.report.plan.wording import headline
from provisioner.report.text.json_text import json_text

REPORT_VERSION = 1


def render_report_json(plans: Sequence[PlanView]) -> str:
    """The report as JSON text."""
    return json_text(report(plans))


def report(plans: Sequence[PlanView]) -> dict[str, Any]:
    """Version 1 of the document. Counts are of applications; null means not known."""
    return {
        "reportVersion": REPORT_VERSION,
        "headline": headline(plans),
        "environments": [_environment(plan) for plan in plans],
        "guardrails": [
            _guardrail(plan, change) for plan in plans if plan.guardrails for change in plan.guardrails.changes
        ],
        "present": [_risk(state) for state in states(plans)],
        "risks": [_risk(risk) for risk in risks(plans)],
        "applications": [
            _application(plan, entry)
            for plan in plans
            for entry in by_risk(plan.applications)
            if entry.changes or entry.present
        ],
    }


def _environment(plan: PlanView) -> dict[str, Any]:
    return {
        "environment": plan.environment,
        "tier": plan.tier,
        "console": plan.console,
        "digest": plan.seal.digest if plan.seal else None,
        "expires": plan.seal.expires if plan.seal else None,
        "change": plan.count("change"),
        "unchanged": plan.count("none"),
        "cannotVerify": plan.count("cannot-verify"),
        "drifted": plan.drifted,
        "removed": None if plan.removed is None else len(plan.removed),
        "unmanaged": None if plan.unmanaged is None else len(plan.unmanaged),
    }


def _guardrail(plan: PlanView, change: GuardrailView) -> dict[str, Any]:
    return {
        "environment": plan.environment,
        "id": change.id,
        "direction": "weakened" if change.weakened else "strengthened",
        "severity": change.severity.value,
        "before": change.before,
        "after": change.after,
        "applications": list(change.applications),
        "asks": list(change.asks),
    }


def _risk(risk: Risk) -> dict[str, Any]:
    return {
        "id": risk.id,
        "severity": risk.severity.value,
        "title": risk.title,
        "irreversible": risk.irreversible,
        "stopsApply": risk.stops_apply,
        "messages": list(risk.messages),
        "concerns": [
            {
                "environment": subject.environment,
                "application": subject.application,
                "acknowledged": subject.acknowledged,
            }
            for subject in risk.subjects
        ],
    }


def _application(plan: PlanView, entry: ApplicationView) -> dict[str, Any]:
    return {
        "environment": plan.environment,
        "name": entry.name,
        "sdkAppId": entry.sdk_app_id,
        "owner": entry.owner,
        "risk": entry.risk.value if entry.risk else None,
        "present": [item.finding.id for item in entry.present],
        "cost": entry.cost.direction.value,
        "minutesPerDay": _minutes(entry),
        "causes": list(dict.fromkeys(cause.value for change in entry.changes for cause in change.causes)),
        "fields": [change.path for change in entry.changes],
    }


def _minutes(entry: ApplicationView) -> float | None:
    found = entry.usage
    return None if found is None or isinstance(found.minutes, Unknown) else found.minutes
