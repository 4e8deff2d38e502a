"""The plan as a JSON document: what other tools read."""

from __future__ import annotations

from typing import Any

from provisioner.console.port import Shown, Unreadable
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan import ApplicationPlan, Plan
from provisioner.recording.findings import Finding
from provisioner.recording.kinds import canonical

PLAN_VERSION = 1


def document(plan: Plan) -> dict[str, Any]:
    """The plan by version 1 of its format; `before` and `after` are canonical spec text, null is "not set"."""
    return {
        "planVersion": PLAN_VERSION,
        "environment": plan.environment.name,
        "console": plan.console,
        "scope": plan.scope,
        "applications": [_application(entry) for entry in plan.applications],
        "unmanaged": [{"name": entry.name, "sdkAppId": entry.sdk_app_id} for entry in plan.unmanaged],
        "totals": {
            "change": plan.count("change"),
            "unchanged": plan.count("none"),
            "cannotVerify": plan.count("cannot-verify"),
        },
    }


def _application(entry: ApplicationPlan) -> dict[str, Any]:
    app = entry.application
    return {
        "name": app.name,
        "sdkAppId": app.sdk_app_id,
        "owner": app.owner,
        "action": entry.action,
        "changes": [
            {
                "path": difference.path,
                "before": _shown(difference.before),
                "after": _shown(difference.after),
                "origin": _location(app.origin(difference.path)),
            }
            for difference in entry.differences
        ],
        "cannotVerify": [
            {"path": field.path, "after": _shown(field.after), "reason": field.reason} for field in entry.unverified
        ],
        "findings": [_finding(finding) for finding in entry.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    where = _location(finding.where) if finding.where else None
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": finding.path,
        "origin": where,
    }


def _shown(value: Shown) -> Any:
    return None if value is None or isinstance(value, Unreadable) else canonical(value)


def _location(where: Location) -> dict[str, Any]:
    return {"file": where.file, "line": where.line, "column": where.column}
