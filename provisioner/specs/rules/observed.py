"""What only the console can tell: rules and consequences that the plan checks (`reconcile/plan/consequence.py`).

The words and severities are those of `recording/consequences.py` and `recording/present.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.recording import consequences, present
from provisioner.recording.consequences import Consequence
from provisioner.recording.findings import Severity
from provisioner.specs.rules.rule import Rule

OLD_GENERATION = Rule(
    "REC090",
    "The application has old-type recording",
    Severity.LOW,
    "An application has one recording type. Changing the relay domain turns old-type recording into new-type "
    "recording, silently and for good (console guide: function configuration).",
    waivable=True,
)
CANNOT_SWITCH_OFF = Rule(
    "REC091",
    "New-type recording stays on",
    Severity.ERROR,
    "New-type recording cannot be switched off again; automatic recording can (console guide: function configuration).",
)
TEMPLATE_MISSING = Rule(
    "REC092",
    "The console holds no template yet",
    Severity.INFO,
    "The template must exist before automatic recording can be chosen (TUICallKit cloud recording).",
)

REMOVAL_UNKNOWN = Rule(
    "REC094",
    "A removed application goes on being recorded where nobody can tell that it is to stop",
    Severity.LOW,
    "Policy: what was not recorded cannot be recovered, so that in every doubt a recording goes on.",
)

CONTROLLER_BEHIND = Rule(
    "REC093",
    "The controller records by the spec",
    Severity.LOW,
    "Policy: in manual mode a change holds for calls that begin after the controller has read it. Nothing in the "
    "console changes; the controller tells the digest of the contract that it runs.",
)

CONFIRMATION_ENDS = Rule(
    "REC095",
    "What somebody confirmed soon counts no longer",
    Severity.LOW,
    "Policy: where no API reads the console, somebody's word is all there is, and it is worth less every day.",
)

CONFIRMATION_LAPSED = Rule(
    "REC096",
    "What somebody confirmed counts no longer",
    Severity.MEDIUM,
    "Policy: from then on nobody knows what the console shows, so that the nightly job takes it for drift.",
)

CONFIRMATION_AGE = (CONFIRMATION_ENDS.id, CONFIRMATION_LAPSED.id)
"""What is told of how long somebody's word still counts."""

RULES = (
    OLD_GENERATION,
    CANNOT_SWITCH_OFF,
    TEMPLATE_MISSING,
    CONTROLLER_BEHIND,
    REMOVAL_UNKNOWN,
    CONFIRMATION_ENDS,
    CONFIRMATION_LAPSED,
)


def _rules(of: Mapping[str, Consequence]) -> Mapping[str, Rule]:
    return {
        each.id: Rule(each.id, each.title, each.severity, each.fact, irreversible=each.irreversible)
        for each in of.values()
    }


CONSEQUENCES = _rules(consequences.CONSEQUENCES)
"""The consequences of a change as rules, by their words."""

PRESENT = _rules(present.PRESENT)
"""What a console does now that no spec says, as rules, by their words."""
