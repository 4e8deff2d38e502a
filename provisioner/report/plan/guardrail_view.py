"""What a change does to guardrails, as typed values: a part of `PlanView`."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.document import Document
from provisioner.recording.findings import Severity


@dataclass(frozen=True, slots=True)
class GuardrailView:
    """One change of what protects the environment. `asks` says who must approve it, such as `2 of @acme/platform`."""

    id: str
    title: str
    weakened: bool
    severity: Severity
    before: str | None
    after: str | None
    applications: tuple[str, ...]
    origin: Location
    asks: tuple[str, ...]

    @property
    def values(self) -> str:
        """`before -> after`; what there was not, or is not any more, is said in words."""
        return f"{self.before or '(none)'} -> {self.after or '(none)'}"


@dataclass(frozen=True, slots=True)
class GuardrailsView:
    """What a change does to guardrails; `broken` tells what is to be mended at the base, `commit` where it was read."""

    commit: str | None
    broken: str | None
    changes: tuple[GuardrailView, ...]


def read_guardrails(found: Document | None) -> GuardrailsView | None:
    """The part of a plan document; None where the plan was not compared with a commit."""
    if found is None:
        return None
    return GuardrailsView(found["commit"], found["broken"], tuple(map(_guardrail, found["changes"])))


def _guardrail(change: Document) -> GuardrailView:
    return GuardrailView(
        change["id"],
        change["title"],
        change["direction"] == "weakened",
        Severity(change["severity"]),
        change["before"],
        change["after"],
        tuple(change["applications"]),
        Location(**change["origin"]),
        tuple(
            f"{ask['required']} of {' '.join(ask['owners'])}" if ask["owners"] else "nobody can"
            for ask in change["asks"]
        ),
    )


def broken_words(found: GuardrailsView | None) -> list[str]:
    """What is to be mended at the base, and whose policy holds meanwhile; nothing where the base can be read."""
    if found is None or found.broken is None:
        return []
    reasons = found.broken.split("\n")
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    told = f"The base cannot be read: {reasons[0]}{more}."
    if found.commit is None:
        return [f"{told} Nobody can approve before it is mended in a change of its own; in a shallow clone fetch more."]
    return [f"{told} Mend it; until then the policy of commit {found.commit[:12]} holds as well."]
