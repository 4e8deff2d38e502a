"""Drift of one environment as a CloudEvent (version 1.0, structured JSON): what `watch` sends."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from provisioner.report.plan.finding_view import PlanFinding
from provisioner.report.plan.grouping import by_risk
from provisioner.report.plan.plan_view import ApplicationView, PlanView
from provisioner.report.plan.present_words import present_headline

CONTENT_TYPE = "application/cloudevents+json"
TYPES = {"detected", "changed", "resolved"}
"""What may have become of drift since the last event."""

_MOST_APPLICATIONS = 200


def alarm_digest(plan: PlanView) -> str:
    """The same as long as the same fields differ in the same way; '' where nothing does."""
    differing = [
        [entry.sdk_app_id, entry.behind, *([change.path, change.before, change.after] for change in entry.changes)]
        for entry in plan.applications
        if entry.differs
    ]
    return hashlib.sha256(json.dumps(sorted(differing)).encode()).hexdigest()[:16] if differing else ""


def drift_event(plan: PlanView, kind: str, event_id: str, at: str) -> bytes:
    """The event. `kind` is one of TYPES, `at` RFC 3339; secrets are hidden, texts are as the plan has them."""
    differing = by_risk(entry for entry in plan.applications if entry.differs)
    document = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/trtc-recording/{plan.environment}",
        "type": f"trtc-recording.drift.{kind}",
        "subject": plan.environment,
        "time": at,
        "datacontenttype": "application/json",
        "data": {
            "headline": present_headline([plan]) or None,
            "environment": plan.environment,
            "console": plan.console,
            "applications": [_application(entry, plan) for entry in differing[:_MOST_APPLICATIONS]],
            "drifted": len(differing),
            "of": plan.total,
            "cannotVerify": plan.count("cannot-verify") + (plan.look.unverified if plan.look else 0),
        },
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _application(entry: ApplicationView, plan: PlanView) -> dict[str, Any]:
    found = entry.changed_by
    return {
        "name": entry.name,
        "sdkAppId": entry.sdk_app_id,
        "owner": entry.owner,
        "present": [_finding(item) for item in entry.present],
        "risk": entry.risk.value if entry.risk else None,
        "lastAsSpecified": (plan.last_in_sync or {}).get(entry.name),
        "changes": [{"path": change.path, "console": change.before, "specs": change.after} for change in entry.changes],
        "findings": [_finding(item) for item in entry.findings if item.planned],
        "changedBy": found
        and [
            {"who": call.who, "at": call.at, "address": call.address, "action": call.action, "certain": call.certain}
            for call in found.calls
        ],
        "changedByCannotVerify": (found.doubt or None) if found else None,
    }


def _finding(item: PlanFinding) -> dict[str, str]:
    return {"id": item.finding.id, "severity": item.finding.severity.value, "message": item.finding.message}
