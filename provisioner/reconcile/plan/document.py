"""The plan as a JSON document: what other tools read. Its schema is `plan.schema.json` beside this module."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from provisioner.archive.unknown import Unknown
from provisioner.console.port import Attested, ListedApplication, Shown, Unreadable
from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.diff import Difference
from provisioner.reconcile.plan.plan import ApplicationPlan, Plan
from provisioner.reconcile.plan.usage_impact import Affected
from provisioner.recording.application import Application, Intent
from provisioner.recording.findings import Finding
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import canonical
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules import RULES

PLAN_VERSION = 1

Document = Mapping[str, Any]
"""A plan by its format. Keys are written in the order in which people read them."""


def document(plan: Plan) -> dict[str, Any]:
    """The plan by version 1 of its format; `before` and `after` are canonical spec text, null is "not set".

    `findings` at the top are about the environment as such; everything else stands with its application.
    `unmanaged` is null where the console cannot list its applications, `attested` where no person had to look,
    `base` and `removed` where the plan was not compared with a commit.
    """
    return {
        "planVersion": PLAN_VERSION,
        "environment": plan.environment.name,
        "tier": plan.environment.tier,
        "site": plan.environment.site,
        "console": plan.console,
        "scope": None if plan.scope is None else list(plan.scope),
        "base": _base(plan),
        "specDigest": _digest([entry.application.name, entry.application.values] for entry in plan.applications),
        "observationDigest": _digest([entry.observed.sdk_app_id, entry.observed.fields] for entry in plan.applications),
        "findings": [
            *_findings(plan.overall, plan.environment, "plan"),
            *_findings((finding for finding in plan.warnings if not finding.application), plan.environment, "specs"),
        ],
        "applications": [_application(entry) for entry in plan.applications],
        "removed": None if plan.removed is None else [_removed(app) for app in plan.removed],
        "unmanaged": None if plan.unmanaged is None else [_listed(entry) for entry in plan.unmanaged],
        "totals": {
            "change": plan.count("change"),
            "unchanged": plan.count("none"),
            "cannotVerify": plan.count("cannot-verify"),
        },
    }


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the plan document, sealed or not."""
    text = resources.files("provisioner.reconcile.plan").joinpath("plan.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _base(plan: Plan) -> dict[str, Any] | None:
    if plan.base is None:
        return None
    return {"ref": plan.base.ref, "commit": plan.base.commit, "valid": plan.base.errors is None}


def _application(entry: ApplicationPlan) -> dict[str, Any]:
    app = entry.application
    return {
        "name": app.name,
        "sdkAppId": app.sdk_app_id,
        "owner": app.owner,
        "file": app.where.file,
        **({"removed": True} if app.removed else {}),
        "action": entry.action,
        "attested": _attested(entry.observed.attested),
        "changes": [_change(entry, difference) for difference in entry.differences],
        "cannotVerify": [
            {"path": field.path, "after": _shown(field.after), "reason": field.reason} for field in entry.unverified
        ],
        "affected": _affected(entry.affected),
        "cost": {"direction": entry.cost.direction.value, "reasons": list(entry.cost.reasons)},
        "findings": [*_findings(entry.consequences, app, "plan"), *_findings(entry.warnings, app, "specs")],
    }


def _affected(found: Affected | None) -> dict[str, Any] | None:
    if found is None:
        return None
    minutes, unknown = (None, found.minutes) if isinstance(found.minutes, Unknown) else (found.minutes, None)
    return {
        "minutesPerDay": minutes,
        "unknown": None if unknown is None else {"cause": unknown.cause.value, "reason": unknown.reason},
        "costPerDay": None if found.money is None else str(found.money),
        "currency": found.currency or None,
    }


def _change(entry: ApplicationPlan, difference: Difference) -> dict[str, Any]:
    app, path = entry.application, difference.path
    leaf = app.leaves.get(path) or app.inert.get(path)
    return {
        "path": path,
        "before": _shown(difference.before),
        "after": _shown(difference.after),
        "origin": _location(app.origin(path)),
        "layer": leaf.layer.value if leaf else None,
        "causes": [cause.value for cause in entry.causes[path]],
    }


def _removed(app: Application) -> dict[str, Any]:
    return {"name": app.name, "sdkAppId": app.sdk_app_id, "owner": app.owner, "onRemove": app.value("/onRemove")}


def _listed(entry: ListedApplication) -> dict[str, Any]:
    return {"name": entry.name, "sdkAppId": entry.sdk_app_id}


def _attested(by: Attested | None) -> dict[str, Any] | None:
    return None if by is None else {"who": by.who, "when": timestamp(by.when), "expires": timestamp(by.expires)}


def _findings(findings: Iterable[Finding], subject: Application | Environment, source: str) -> list[dict[str, Any]]:
    return [_finding(finding, subject, source) for finding in findings]


def _finding(finding: Finding, subject: Application | Environment, source: str) -> dict[str, Any]:
    rule = RULES.get(finding.id)
    return {
        "id": finding.id,
        "source": source,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": finding.path,
        "origin": _location(finding.where) if finding.where else None,
        "irreversible": rule is not None and rule.irreversible,
        "acknowledged": _intent(subject.intents.get(finding.id)),
    }


def _intent(intent: Intent | None) -> dict[str, Any] | None:
    if intent is None:
        return None
    return {"reason": intent.reason, "expires": intent.expires, "origin": _location(intent.where)}


def _shown(value: Shown) -> Any:
    return None if value is None or isinstance(value, Unreadable) else canonical(value)


def _digest(entries: Iterable[Any]) -> str:
    """SHA-256 over a list in canonical JSON, of which only one entry is in memory at a time."""
    encoder = json.JSONEncoder(default=_digested, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(b"[")
    for number, entry in enumerate(entries):
        digest.update(f"{',' if number else ''}{encoder.encode(entry)}".encode())
    digest.update(b"]")
    return digest.hexdigest()


def _digested(value: Quantity | Unreadable) -> Any:
    """What JSON has no form for; what cannot be read stays apart from what is not set."""
    return {"unreadable": True} if isinstance(value, Unreadable) else canonical(value)


def _location(where: Location) -> dict[str, Any]:
    return {"file": where.file, "line": where.line, "column": where.column}
