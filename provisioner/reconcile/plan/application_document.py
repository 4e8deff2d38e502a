"""One application's share of the plan document, and what is said of it: each member is one line of these tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from provisioner.archive.unknown import Unknown
from provisioner.console.audit.audit_event import AuditEvent
from provisioner.console.port import Attested, Shown, Unreadable
from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.changed_by import ChangedBy
from provisioner.reconcile.plan.cost import CostEffect, Direction
from provisioner.reconcile.plan.diff import Difference, Unverified
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
from provisioner.reconcile.plan.plan import ApplicationPlan
from provisioner.reconcile.plan.usage_impact import Affected
from provisioner.recording.application import Application, Intent, Layer
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.value_types import canonical
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules import RULES
from provisioner.specs.schema.shapes import Schema

MOMENT = {"format": "date-time"}
_POINTER = text("RFC 6901 pointer into the effective document; empty where a finding is about the whole.")
_VALUE: Schema = {
    "description": "Canonical spec text such as 10s, a word, a number, true or false, a list of words; null is not "
    "set.",
    "anyOf": [{"type": ["string", "integer", "boolean", "null"]}, {"type": "array", "items": {"type": "string"}}],
}


class _Found(NamedTuple):
    """A finding, whose it is, and who found it: `plan`, `specs` or `console`."""

    finding: Finding
    subject: Application | Environment
    source: str

    @property
    def irreversible(self) -> bool:
        rule = RULES.get(self.finding.id)
        return rule is not None and rule.irreversible


class _Changed(NamedTuple):
    """A difference and the application that it belongs to."""

    entry: ApplicationPlan
    difference: Difference

    @property
    def layer(self) -> str | None:
        app, path = self.entry.application, self.difference.path
        leaf = app.leaves.get(path) or app.inert.get(path)
        return leaf.layer.value if leaf else None


LOCATION: Members[Location] = (
    Member("file", text("Path from the project's root."), lambda where: where.file),
    Member("line", {"type": "integer", "minimum": 1}, lambda where: where.line),
    Member("column", {"type": "integer", "minimum": 1}, lambda where: where.column),
)

_INTENT: Members[Intent] = (
    Member("reason", text("Why."), lambda intent: intent.reason),
    Member("expires", text("Its last day, YYYY-MM-DD."), lambda intent: intent.expires),
    Member("origin", ref("location"), lambda intent: written(LOCATION, intent.where)),
)

FINDING: Members[_Found] = (
    Member("id", text("REC0nn of a rule, or the word of a consequence."), lambda found: found.finding.id),
    Member(
        "source",
        {
            "enum": ["plan", "specs", "console"],
            "description": "plan: what the change, or what the console shows, gives rise to; specs: what the rules say "
            "of the specs as they are; console: what the console does now, whatever the plan would do.",
        },
        lambda found: found.source,
    ),
    Member("severity", {"enum": [severity.value for severity in Severity]}, lambda found: found.finding.severity.value),
    Member("message", text("One sentence or two."), lambda found: found.finding.message),
    Member("path", _POINTER, lambda found: found.finding.path),
    Member("origin", or_null(ref("location")), lambda found: optional(LOCATION, found.finding.where)),
    Member(
        "irreversible",
        {"type": "boolean", "description": "Whether what it does cannot be undone."},
        lambda found: found.irreversible,
    ),
    Member(
        "acknowledged",
        or_null(object_schema(_INTENT), "The intent that was written for it, expired or not; null without one."),
        lambda found: optional(_INTENT, found.subject.intents.get(found.finding.id)),
    ),
)

CHANGE: Members[_Changed] = (
    Member("path", _POINTER, lambda changed: changed.difference.path),
    Member("before", _VALUE, lambda changed: _shown(changed.difference.before)),
    Member("after", _VALUE, lambda changed: _shown(changed.difference.after)),
    Member(
        "origin",
        ref("location"),
        lambda changed: written(LOCATION, changed.entry.application.origin(changed.difference.path)),
    ),
    Member(
        "layer",
        {
            "enum": [*(layer.value for layer in Layer), None],
            "description": "Which layer set the value that is wanted; null where none did.",
        },
        lambda changed: changed.layer,
    ),
    Member(
        "causes",
        {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": [cause.value for cause in ChangeCause]},
            "description": "Why it differs; unknown without a base.",
        },
        lambda changed: [cause.value for cause in changed.entry.causes[changed.difference.path]],
    ),
)

_CALL: Members[AuditEvent] = (
    Member("who", text("The user, sub-user or role; empty where the log names none."), lambda event: event.who),
    Member(
        "at",
        or_null({"type": "string", **MOMENT}, "When; null where the log tells no time."),
        lambda event: None if event.at is None else timestamp(event.at),
    ),
    Member("address", text("From which address; empty where the log has none."), lambda event: event.address),
    Member("action", text("What was called."), lambda event: event.action),
    Member("via", text("ConsoleCall, ApiCall, MiniProgramCall, or empty."), lambda event: event.via),
    Member("id", text("The log's id of the entry."), lambda event: event.id),
    Member(
        "certain",
        {"type": "boolean", "description": "Whether the log says that it was about this application."},
        lambda event: event.applications is not None,
    ),
)

CHANGED_BY: Members[ChangedBy] = (
    Member(
        "calls",
        list_of(object_schema(_CALL), "Calls that may have made the difference, newest first."),
        lambda found: [written(_CALL, event) for event in found.events],
    ),
    Member("more", {"type": "integer", "minimum": 0, "description": "Older ones left out."}, lambda found: found.more),
    Member(
        "cannotVerify",
        {"type": ["string", "null"], "description": "Why others may be missing, or why nobody can be named."},
        lambda found: found.doubt or None,
    ),
)

_CANNOT_VERIFY: Members[Unverified] = (
    Member("path", _POINTER, lambda field: field.path),
    Member(
        "before",
        {**_VALUE, "description": "Only where a secret is kept elsewhere than at the base: that reference."},
        lambda field: _shown(field.before),
        sometimes=True,
    ),
    Member("after", _VALUE, lambda field: _shown(field.after)),
    Member("reason", text("Why it cannot be read."), lambda field: field.reason),
)

_ATTESTED: Members[Attested] = (
    Member("who", text("Who looked."), lambda by: by.who),
    Member("when", text("When.", **MOMENT), lambda by: timestamp(by.when)),
    Member("expires", text("Until when it counts.", **MOMENT), lambda by: timestamp(by.expires)),
)

_UNKNOWN: Members[Unknown] = (
    Member("cause", text("A word such as no-data or refused."), lambda unknown: unknown.cause.value),
    Member("reason", text("In words."), lambda unknown: unknown.reason),
)

_AFFECTED: Members[Affected] = (
    Member(
        "minutesPerDay",
        {
            "type": ["number", "null"],
            "minimum": 0,
            "description": "Recorded minutes; null where unknown, which is not 0.",
        },
        lambda found: None if isinstance(found.minutes, Unknown) else found.minutes,
    ),
    Member(
        "unknown",
        or_null(object_schema(_UNKNOWN), "Why it is unknown; else null."),
        lambda found: written(_UNKNOWN, found.minutes) if isinstance(found.minutes, Unknown) else None,
    ),
    Member(
        "costPerDay",
        {
            "type": ["string", "null"],
            "description": "What these minutes cost by the environment's price file, as a decimal; null without one.",
        },
        lambda found: None if found.money is None else str(found.money),
    ),
    Member(
        "currency",
        {"type": ["string", "null"], "description": "Of costPerDay."},
        lambda found: found.currency or None,
    ),
)

_COST: Members[CostEffect] = (
    Member(
        "direction",
        {"enum": [direction.value for direction in Direction], "description": "Where the bill goes."},
        lambda cost: cost.direction.value,
    ),
    Member(
        "reasons",
        {"type": "array", "items": {"type": "string"}, "description": "What each part of it comes from."},
        lambda cost: list(cost.reasons),
    ),
)

APPLICATION: Members[ApplicationPlan] = (
    Member("name", text("Pairs the application across environments."), lambda entry: entry.application.name),
    Member(
        "sdkAppId",
        {"type": "integer", "description": "The application's id."},
        lambda entry: entry.application.sdk_app_id,
    ),
    Member("owner", text("Who is responsible, as the spec says."), lambda entry: entry.application.owner),
    Member("file", text("The application's own file."), lambda entry: entry.application.where.file),
    Member(
        "removed",
        {
            "const": True,
            "description": "Only where the file is gone: this stops the application's recording, as its onRemove said "
            "when it was last applied.",
        },
        lambda entry: entry.application.removed or None,
        sometimes=True,
    ),
    Member(
        "action",
        {
            "enum": ["change", "cannot-verify", "none"],
            "description": "change: something differs; cannot-verify: nothing does, but something cannot be read; "
            "none: console and spec agree.",
        },
        lambda entry: entry.action,
    ),
    Member(
        "attested",
        or_null(object_schema(_ATTESTED), "Who looked at the console, where people do; else null."),
        lambda entry: optional(_ATTESTED, entry.observed.attested),
    ),
    Member(
        "lapsed",
        or_null(object_schema(_ATTESTED), "Only where what somebody confirmed counts no longer: who, and until when."),
        lambda entry: optional(_ATTESTED, entry.observed.lapsed),
        sometimes=True,
    ),
    Member(
        "present",
        list_of(
            ref("finding"),
            "What the console does now that was not asked of it, highest severity first: against the base where there "
            "is one, so that what this change asks for is none of it; empty where that is not known.",
        ),
        lambda entry: findings(entry.present, entry.application, "console"),
    ),
    Member(
        "changes",
        list_of(ref("change"), "Every field that differs, in reading order."),
        lambda entry: [written(CHANGE, _Changed(entry, difference)) for difference in entry.differences],
    ),
    Member(
        "cannotVerify",
        list_of(
            object_schema(_CANNOT_VERIFY), "Every field that the console does not show: neither equal nor different."
        ),
        lambda entry: [written(_CANNOT_VERIFY, field) for field in entry.unverified],
    ),
    Member(
        "affected",
        or_null(
            object_schema(_AFFECTED),
            "How much is recorded a day, the mean of the last seven days that are over; null where nobody asked (plan "
            "--usage).",
        ),
        lambda entry: optional(_AFFECTED, entry.affected),
    ),
    Member(
        "changedBy",
        object_schema(CHANGED_BY, "Who made the console differ, by the audit log; only where somebody asked."),
        lambda entry: None if entry.changed_by is None else written(CHANGED_BY, entry.changed_by),
        sometimes=True,
    ),
    Member("cost", object_schema(_COST, "What the change does to the bill."), lambda entry: written(_COST, entry.cost)),
    Member(
        "findings",
        list_of(ref("finding"), "What is to be said of the application: consequences highest risk first, then rules."),
        lambda entry: [
            *findings(entry.consequences, entry.application, "plan"),
            *findings(entry.warnings, entry.application, "specs"),
        ],
    ),
)


def findings(found: Iterable[Finding], subject: Application | Environment, source: str) -> list[dict[str, Any]]:
    """Findings about one subject; `source` says who made them: `plan`, `specs` or `console`."""
    return [written(FINDING, _Found(finding, subject, source)) for finding in found]


def _shown(value: Shown) -> Any:
    return None if value is None or isinstance(value, Unreadable) else canonical(value)
