"""What a change does to guardrails, as the plan document has it: each member is one line of these tables."""

from __future__ import annotations

from typing import Any

from provisioner.reconcile.guardrails.change import ApprovalAsk, GuardrailChange, Guardrails, ShiftDirection
from provisioner.reconcile.plan.application_document import LOCATION
from provisioner.reconcile.plan.members import Member, Members, list_of, object_schema, ref, text, written
from provisioner.recording.findings import Severity

_OR_NULL = {"type": ["string", "null"]}

_ASK: Members[ApprovalAsk] = (
    Member(
        "owners",
        list_of({"type": "string"}, "Of whom; nobody can approve where there are none."),
        lambda ask: list(ask.owners),
    ),
    Member("required", {"type": "integer", "minimum": 1, "description": "How many."}, lambda ask: ask.required),
    Member("origin", ref("location"), lambda ask: written(LOCATION, ask.where)),
)

GUARDRAIL: Members[GuardrailChange] = (
    Member("id", text("Which guardrail: docs/security.md lists them."), lambda change: change.id),
    Member("title", text("What it is called."), lambda change: change.title),
    Member(
        "direction",
        {"enum": [each.value for each in ShiftDirection], "description": "What nobody can tell counts as weakened."},
        lambda change: change.direction.value,
    ),
    Member(
        "severity",
        {
            "enum": [each.value for each in Severity],
            "description": "high where production loses protection, medium elsewhere, low where protection grows.",
        },
        lambda change: change.severity.value,
    ),
    Member("before", {**_OR_NULL, "description": "As of the base; null for nothing."}, lambda change: change.before),
    Member("after", {**_OR_NULL, "description": "Now; null for nothing."}, lambda change: change.after),
    Member(
        "applications",
        list_of({"type": "string"}, "Those that it concerns; none where it concerns the environment as a whole."),
        lambda change: list(change.applications),
    ),
    Member("origin", ref("location"), lambda change: written(LOCATION, change.where)),
    Member(
        "asks",
        list_of(object_schema(_ASK), "Who must approve it, by the policy of the base."),
        lambda change: [written(_ASK, ask) for ask in change.asks],
    ),
)

GUARDRAILS: Members[Guardrails] = (
    Member(
        "commit",
        {
            **_OR_NULL,
            "description": "Where the policy was read: the base, or the last commit before it that can be read; null "
            "where none can.",
        },
        lambda found: found.commit or None,
    ),
    Member(
        "broken",
        {**_OR_NULL, "description": "What is to be mended at the base; null where it can be read."},
        lambda found: found.broken or None,
    ),
    Member(
        "changes",
        list_of(ref("guardrail"), "What is weaker or stronger than before, by severity."),
        lambda found: [written(GUARDRAIL, change) for change in found.changes],
    ),
)


def guardrails_document(found: Guardrails) -> dict[str, Any]:
    """The part of the plan document."""
    return written(GUARDRAILS, found)
