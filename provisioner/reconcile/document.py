"""The plan as a JSON document: what other tools read."""

from __future__ import annotations

from typing import Any

from provisioner.console.port import Attested, ListedApplication, Shown, Unreadable
from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan import ApplicationPlan, Plan
from provisioner.recording.findings import Finding
from provisioner.recording.kinds import canonical

PLAN_VERSION = 1


def document(plan: Plan) -> dict[str, Any]:
    """The plan by version 1 of its format; `before` and `after` are canonical spec text, null is "not set".

    `findings` at the top are about the environment as such; everything else stands with its application.
    `unmanaged` is null where the console cannot list its applications, `attested` where no person had to look.
    """
    return {
        "planVersion": PLAN_VERSION,
        "environment": plan.environment.name,
        "console": plan.console,
        "scope": plan.scope,
        "findings": [_finding(finding) for finding in plan.warnings if not finding.application],
        "applications": [_application(entry) for entry in plan.applications],
        "unmanaged": None if plan.unmanaged is None else [_listed(entry) for entry in plan.unmanaged],
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
        "attested": _attested(entry.observed.attested),
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


def _listed(entry: ListedApplication) -> dict[str, Any]:
    return {"name": entry.name, "sdkAppId": entry.sdk_app_id}


def _attested(by: Attested | None) -> dict[str, Any] | None:
    return None if by is None else {"who": by.who, "when": timestamp(by.when), "expires": timestamp(by.expires)}


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
