"""The plan as a JSON document: what other tools read.

A member of the document is one line of the tables below: its name, its schema and its value. The document follows, and
so does its schema, whose committed copy `plan.schema.json` beside this module `make docs` writes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from provisioner.console.port import ListedApplication, Unreadable
from provisioner.foundation.files import write_atomically
from provisioner.reconcile.plan.application_document import APPLICATION, CHANGE, FINDING, LOCATION, MOMENT, findings
from provisioner.reconcile.plan.guardrail_document import GUARDRAIL, GUARDRAILS
from provisioner.reconcile.plan.look_scope import LookScope
from provisioner.reconcile.plan.members import (
    Member,
    Members,
    list_of,
    object_schema,
    optional,
    or_null,
    ref,
    text,
    written,
)
from provisioner.reconcile.plan.plan import Plan
from provisioner.reconcile.plan.reach import Reach
from provisioner.recording.application import Application
from provisioner.recording.findings import Severity
from provisioner.recording.quantities import Quantity
from provisioner.recording.sites import SITES
from provisioner.recording.value_types import canonical
from provisioner.specs.documents.policy import Policy
from provisioner.specs.documents.revision import Revision
from provisioner.specs.keys.tier import TIERS

PLAN_VERSION = 1

Document = Mapping[str, Any]
"""A plan by its format. Keys are written in the order in which people read them."""

_HEX = {"pattern": "^[0-9a-f]{64}$"}
_COUNT = {"type": "integer", "minimum": 0}

_BASE: Members[Revision] = (
    Member("ref", text("As people called it."), lambda base: base.ref),
    Member("commit", text("Its id.", pattern="^[0-9a-f]{40,64}$"), lambda base: base.commit),
    Member(
        "valid",
        {
            "type": "boolean",
            "description": "Whether the environment's specs were valid there; if not, causes are unknown.",
        },
        lambda base: base.errors is None,
    ),
)

_REMOVED: Members[Application] = (
    Member("name", text("Its name at the base."), lambda app: app.name),
    Member("sdkAppId", {"type": "integer"}, lambda app: app.sdk_app_id),
    Member("owner", text("Who was responsible."), lambda app: app.owner),
    Member(
        "onRemove",
        {"enum": ["retain", "stop-auto"], "description": "What `pulumi up` does to the console."},
        lambda app: app.value("/onRemove"),
    ),
)

_CHANGED: Members[Reach] = (
    Member("of", {**_COUNT, "description": "How many applications the environment has."}, lambda reach: reach.of),
    Member(
        "everything",
        text("Why all of them were read after all; empty where only those of `scope` were."),
        lambda reach: reach.everything,
    ),
)

_LISTED: Members[ListedApplication] = (
    Member("name", text("As the console calls it."), lambda entry: entry.name),
    Member("sdkAppId", {"type": "integer"}, lambda entry: entry.sdk_app_id),
)

_POLICY: Members[Policy] = (
    Member("id", text("As findings name it."), lambda policy: policy.id),
    Member("about", text("What it demands."), lambda policy: policy.description or policy.message),
    Member("severity", {"enum": [each.value for each in Severity]}, lambda policy: policy.severity.value),
    Member("file", text("Where it is written."), lambda policy: policy.where.file),
)

_TOTALS: Members[Plan] = (
    Member("change", {**_COUNT, "description": "Applications that would change."}, lambda plan: plan.count("change")),
    Member("unchanged", {**_COUNT, "description": "Applications that agree."}, lambda plan: plan.count("none")),
    Member(
        "cannotVerify",
        {**_COUNT, "description": "Applications of which something cannot be read."},
        lambda plan: plan.count("cannot-verify"),
    ),
)

_LOOK: Members[LookScope] = (
    Member(
        "since",
        or_null({"type": "string", **MOMENT}, "The last full look; null where this is one."),
        lambda look: look.since,
    ),
    Member("of", {**_COUNT, "description": "Applications of the environment."}, lambda look: look.of),
    Member(
        "unverified",
        {**_COUNT, "description": "Those not read of which something could not be read at the last full look."},
        lambda look: look.unverified,
    ),
    Member("because", text("Why all were read, though only what changed was asked for."), lambda look: look.because),
)

_PLAN: Members[Plan] = (
    Member("planVersion", {"const": PLAN_VERSION, "description": "Version of this format."}, lambda _: PLAN_VERSION),
    Member("environment", text("The environment's name."), lambda plan: plan.environment.name),
    Member("tier", {"enum": list(TIERS), "description": "How careful to be."}, lambda plan: plan.environment.tier),
    Member(
        "site", {"enum": list(SITES), "description": "China or international site."}, lambda plan: plan.environment.site
    ),
    Member(
        "console",
        {
            "type": ["string", "null"],
            "description": "Names the console; a simulated one says so. Null where none was read: `before` is what the "
            "base wanted.",
        },
        lambda plan: plan.console,
    ),
    Member(
        "scope",
        or_null(
            {"type": "array", "items": {"type": "string"}},
            "The applications that were chosen, sorted; null for all of the environment.",
        ),
        lambda plan: None if plan.scope is None else list(plan.scope),
    ),
    Member(
        "look",
        object_schema(_LOOK, "How much a look read that was to read only what the audit log names; absent elsewhere."),
        lambda plan: None if plan.look is None else written(_LOOK, plan.look),
        sometimes=True,
    ),
    Member(
        "base",
        or_null(object_schema(_BASE), "The commit that causes were found with; null without one."),
        lambda plan: optional(_BASE, plan.base),
    ),
    Member(
        "changed",
        object_schema(
            _CHANGED,
            "Only where the plan is of what changed since `base` and no more (plan --changed): `scope` names that.",
        ),
        lambda plan: optional(_CHANGED, plan.reach),
        sometimes=True,
    ),
    Member(
        "guardrails",
        or_null(
            object_schema(GUARDRAILS),
            "What the change does to what protects the environment; null where it was not compared with a commit.",
        ),
        lambda plan: optional(GUARDRAILS, plan.guardrails),
    ),
    Member(
        "specDigest",
        text("SHA-256 over what the specs want.", **_HEX),
        lambda plan: _digest([entry.application.name, entry.application.values] for entry in plan.applications),
    ),
    Member(
        "observationDigest",
        text("SHA-256 over what the console showed.", **_HEX),
        lambda plan: _digest([entry.observed.sdk_app_id, entry.observed.fields] for entry in plan.applications),
    ),
    Member(
        "findings",
        list_of(ref("finding"), "What is to be said of the environment as such."),
        lambda plan: [
            *findings(plan.overall, plan.environment, "plan"),
            *findings((finding for finding in plan.warnings if not finding.application), plan.environment, "specs"),
        ],
    ),
    Member(
        "applications",
        list_of(ref("application"), "Every planned application, by name."),
        lambda plan: [written(APPLICATION, entry) for entry in plan.applications],
    ),
    Member(
        "removed",
        or_null(
            {"type": "array", "items": object_schema(_REMOVED)},
            "Applications that the base describes and the specs no longer do; null where that is not known.",
        ),
        lambda plan: None if plan.removed is None else [written(_REMOVED, app) for app in plan.removed],
    ),
    Member(
        "unmanaged",
        or_null(
            {"type": "array", "items": object_schema(_LISTED)},
            "Applications of the account that no spec describes; null where the console cannot list them.",
        ),
        lambda plan: None if plan.unmanaged is None else [written(_LISTED, entry) for entry in plan.unmanaged],
    ),
    Member(
        "policies",
        list_of(object_schema(_POLICY), "The organisation's policies that findings name; absent where none does."),
        lambda plan: [written(_POLICY, policy) for policy in _broken(plan)] or None,
        sometimes=True,
    ),
    Member(
        "totals",
        object_schema(_TOTALS, "Counts of applications by action."),
        lambda plan: written(_TOTALS, plan),
    ),
)

_SEAL = {
    "type": "object",
    "additionalProperties": False,
    "description": "Present in a sealed plan only; the one place of times.",
    "properties": {
        "digest": text("SHA-256 over everything but the seal, as canonical JSON: what an approval is for.", **_HEX),
        "observedAt": text("When the console was read.", **MOMENT),
        "expires": text("Until when the plan may be applied.", **MOMENT),
        "checksum": text("SHA-256 over everything but itself, the times of the seal included.", **_HEX),
    },
    "required": ["digest", "observedAt", "expires", "checksum"],
}
"""What `seal.py` adds."""


def _broken(plan: Plan) -> list[Policy]:
    """Policies that the plan has findings of."""
    found = {finding.id for finding in (*plan.warnings, *plan.overall)}
    found.update(finding.id for entry in plan.applications for finding in entry.findings)
    return [policy for policy in plan.environment.policies if policy.id in found]


def document(plan: Plan) -> dict[str, Any]:
    """The plan by version 1 of its format; `before` and `after` are canonical spec text, null is "not set".

    `findings` at the top are about the environment as such; everything else stands with its application.
    `unmanaged` is null where the console cannot list its applications, `attested` where no person had to look,
    `base`, `guardrails` and `removed` where the plan was not compared with a commit.
    """
    return written(_PLAN, plan)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the plan document, sealed or not."""
    whole = object_schema(_PLAN)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plan",
        "description": "What would be done in one environment, to whom, and why. Same input, same bytes.",
        **whole,
        "properties": {**whole["properties"], "seal": _SEAL},
        "$defs": {
            "location": object_schema(LOCATION, "A place in a file."),
            "guardrail": object_schema(GUARDRAIL, "One change of one guardrail."),
            "application": object_schema(APPLICATION, "One application's share of the plan."),
            "change": object_schema(CHANGE, "One field that differs; before is the console's, after the spec's."),
            "finding": object_schema(FINDING, "Something to know before the plan is carried out."),
        },
    }


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


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]), (json.dumps(schema(), indent=2, ensure_ascii=False) + "\n").encode())
