"""Who approved a plan: asked of the forge, and bound to the very plan that reviewers were shown.

An approval counts if it was given by somebody who wrote and pushed none of the change, on the newest commit, after this
tool's comment showed the plan with this digest. A push or another plan voids it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from provisioner.forge.marker import ShownPlan, read_marker
from provisioner.forge.port import Change, Forge, ForgeError, Opinion, Review
from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.plan.approvals import Demand
from provisioner.reconcile.plan.document import Document

APPROVALS_VERSION = 1


class Verdict(StrEnum):
    """How a demand stands."""

    APPROVED = "approved"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """The forge would not say who is in a team: that is no approval."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One demand, who has met it so far, who of its owners asks for changes, and what could not be found out."""

    demand: Demand
    approved_by: tuple[str, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether the demand is met, is not, or cannot be told."""
        if self.against:
            return Verdict.MISSING
        if self.demand.owners and len(self.approved_by) >= self.demand.required:
            return Verdict.APPROVED
        return Verdict.UNKNOWN if self.unknown else Verdict.MISSING


@dataclass(frozen=True, slots=True)
class Checked:
    """The answers for one change; `void` tells of each approval that does not count, why."""

    change: Change
    answers: tuple[Answer, ...]
    void: tuple[str, ...]

    @property
    def approved(self) -> bool:
        """Whether every demand is met."""
        return all(answer.verdict is Verdict.APPROVED for answer in self.answers)


def check(forge: Forge, plan: Document, demands: Sequence[Demand]) -> Checked:
    """What the forge says of `demands`, for the sealed `plan`. Raises ForgeError, UsageError."""
    change = change_of_job(forge)
    check_base(forge, plan, change)
    authors = forge.authors(change.number) | {change.author.casefold()}
    shown = _shown(forge, plan, change)
    counted: list[Review] = []
    void: list[str] = []
    against: list[str] = []
    for review in forge.reviews(change.number):
        if review.opinion is Opinion.AGAINST:
            against.append(review.reviewer)
        elif review.opinion is Opinion.WITHDRAWN:
            void.append(f"{review.reviewer}: the review was dismissed")
        elif isinstance(shown, str):
            void.append(f"{review.reviewer}: {shown}")
        elif reason := _void(review, change, shown, authors):
            void.append(f"{review.reviewer}: {reason}")
        else:
            counted.append(review)
    if isinstance(shown, str) and not void:
        void.append(shown)
    teams = _Teams(forge)
    names = [review.reviewer for review in counted]
    return Checked(change, tuple(teams.answer(demand, names, against) for demand in demands), tuple(void))


def approvals_document(plan: Document, demands: Sequence[Demand], checked: Checked | None = None) -> dict[str, Any]:
    """Who must approve, as JSON; with what the forge said where it was asked."""
    said = [_said(answer) for answer in checked.answers] if checked else [{} for _ in demands]
    return {
        "approvalsVersion": APPROVALS_VERSION,
        "environment": plan["environment"],
        "plan": plan["seal"]["digest"],
        "approvals": [{**_asked(demand), **more} for demand, more in zip(demands, said, strict=True)],
        "void": list(checked.void) if checked else [],
    }


def _asked(demand: Demand) -> dict[str, Any]:
    where = demand.where
    return {
        "owners": list(demand.owners),
        "required": demand.required,
        "applications": list(demand.applications),
        "guardrails": list(demand.guardrails),
        "origin": {"file": where.file, "line": where.line, "column": where.column},
    }


def _said(answer: Answer) -> dict[str, Any]:
    return {
        "verdict": answer.verdict.value,
        "approvedBy": list(answer.approved_by),
        "against": list(answer.against),
        "unknown": list(answer.unknown),
    }


def check_base(forge: Forge, plan: Document, change: Change) -> None:
    """A commit can be in several changes, and its status with it: only what is merged into the branch that is applied
    is judged, and only by a base that came there. Raises UsageError, ForgeError."""
    branch = forge.default_branch()
    if change.target != branch:
        raise UsageError(
            f"this change is for the branch {printable(change.target)}, and what is applied is {printable(branch)}: "
            "its approvals say nothing of that",
            fix=f"Propose it for {printable(branch)}.",
        )
    if plan["base"] is None:
        raise UsageError("the plan names no base: nobody knows what protected the environment before")
    if not forge.holds(branch, plan["base"]["commit"]):
        raise UsageError(
            f"the plan's base {plan['base']['commit'][:12]} never came to {printable(branch)}: its policy is nobody's",
            fix=f"Make the plan with --base and the commit of {printable(branch)} that the change is merged into.",
        )


def change_of_job(forge: Forge) -> Change:
    """The change that the job runs for, else the one by whose merge its commit came. Raises UsageError, ForgeError."""
    context = forge.context
    if context.change is not None:
        return forge.change(context.change)
    change = forge.change_of(context.commit)
    if change is None:
        raise UsageError(
            f"commit {context.commit[:12]} came to its branch without a pull or merge request: nobody approved it",
            fix="Propose it as a change, or let somebody apply it who may.",
        )
    return change


def _shown(forge: Forge, plan: Document, change: Change) -> ShownPlan | str:
    """Where the plan was shown to reviewers; else why it was not."""
    name, digest = plan["environment"], plan["seal"]["digest"]
    markers = [marker for note in forge.comments(change.number).mine() if (marker := read_marker(note.body))]
    plans = [marker.plans[name] for marker in markers if name in marker.plans]
    for shown in plans:
        if (shown.digest, shown.commit) == (digest, change.commit):
            return shown
    if not plans:
        return f"no plan of {name} was shown on this change"
    other = plans[-1]
    if other.digest != digest:
        return f"another plan was shown ({other.digest[:12]}), so specs or console have moved"
    return f"the plan was shown for an older commit ({other.commit[:12]})"


def _void(review: Review, change: Change, shown: ShownPlan, authors: frozenset[str]) -> str:
    """Why an approval does not count; '' where it does."""
    if review.reviewer.casefold() in authors:
        return "wrote the change"
    if not review.commit:
        return "approved a commit that is gone"
    if review.commit != change.commit:
        return f"approved an older commit ({review.commit[:12]})"
    if review.at < shown.since:
        return f"approved before this plan was shown ({timestamp(shown.since)})"
    return ""


class _Teams:
    """The members of owners' teams; each team is asked for once."""

    def __init__(self, forge: Forge) -> None:
        self._forge = forge
        self._known: dict[str, frozenset[str] | ForgeError] = {}

    def answer(self, demand: Demand, approved: Sequence[str], against: Sequence[str]) -> Answer:
        """`approved` and `against` are all reviewers; those of the demand's owners are in the answer."""
        people: set[str] = set()
        unknown: list[str] = []
        for owner in demand.owners:
            members = self._members(owner)
            if isinstance(members, ForgeError):
                unknown.append(f"{owner}: {members.what}")
            else:
                people |= members
        return Answer(
            demand,
            tuple(sorted(name for name in approved if name.casefold() in people)),
            tuple(sorted(name for name in against if name.casefold() in people)),
            tuple(unknown),
        )

    def _members(self, owner: str) -> frozenset[str] | ForgeError:
        if owner not in self._known:
            try:
                self._known[owner] = self._forge.members(owner)
            except ForgeError as error:
                self._known[owner] = error
        return self._known[owner]
