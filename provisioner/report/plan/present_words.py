"""What consoles do now, in the first words of every view: it is what happens to calls, whatever a plan would repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from provisioner.recording.findings import Severity
from provisioner.recording.present import PRESENT
from provisioner.report.plan.plan_view import ApplicationView, PlanView
from provisioner.report.plan.risks import Risk, states
from provisioner.report.text.amounts import counted
from provisioner.report.text.moments import minute

PRESENT_TITLE = "Now, before anything is applied"
PRESENT_ABOUT = "What consoles do at this moment that the specs did not ask of them."

_FEW = 3


def present_headline(plans: Sequence[PlanView]) -> str:
    """`prod/video-call is NOT being recorded; as specified until at least … .`; '' where all is as it was asked."""
    return " ".join(_sentences(plans))


def application_words(plan: PlanView, entry: ApplicationView) -> str:
    """The same of one application, without its full stop; one that only differs does no more than that."""
    if entry.loss in (Severity.HIGH, Severity.MEDIUM):
        return present_headline([replace(plan, applications=(entry,))]).removesuffix(".")
    return f"{entry.name} differs from its spec"


def _sentences(plans: Sequence[PlanView]) -> Iterator[str]:
    found = states(plans)
    gravest = [state for state in found if state.severity is Severity.HIGH]
    gravest = gravest or [state for state in found[:1] if state.severity is Severity.MEDIUM]
    told: set[tuple[str, str]] = set()
    for state in gravest:
        whom = [(subject.environment, subject.application) for subject in state.subjects]
        told.update(whom)
        yield f"{_said(state, whom)}{_since(plans, whom)}."
    every = {(plan.environment, entry.name) for plan in plans for entry in plan.applications if entry.present}
    more = "more " if told else ""
    if rest := len(every - told):
        yield f"{counted(rest, f'{more}application')} {'is' if rest == 1 else 'are'} not as specified."


def _said(state: Risk, whom: Sequence[tuple[str, str]]) -> str:
    names = [f"{environment}/{application}" for environment, application in whom]
    listed = ", ".join(names[:_FEW]) + (f" and {len(names) - _FEW:,} more" if len(names) > _FEW else "")
    words = PRESENT[state.id].sentences if state.id in PRESENT else {}
    if "one" not in words:
        return f"{state.title}: {listed}"
    return f"{listed} {words['one' if len(names) == 1 else 'many']}"


def _since(plans: Sequence[PlanView], whom: Sequence[tuple[str, str]]) -> str:
    """Of one application that somebody asked about."""
    ((environment, application), *others) = whom
    for plan in plans:
        if plan.environment == environment and plan.last_in_sync is not None and not others:
            moment = plan.last_in_sync.get(application)
            return f"; as specified until at least {minute(moment)}" if moment else ""
    return ""
