"""What all views of a plan say alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provisioner.archive.unknown import Unknown
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.cost import CostEffect, Direction
from provisioner.reconcile.plan.usage_impact import Affected
from provisioner.recording.findings import Severity
from provisioner.report.plan.plan_view import Confirmation, Entry, PlanView, weight

CAUSES = {
    ChangeCause.THIS_CHANGE: "this change",
    ChangeCause.TEMPLATE: "template",
    ChangeCause.ENVIRONMENT: "environment",
    ChangeCause.DRIFT: "console drift",
    ChangeCause.UNKNOWN: "unknown",
}

UNSEEN = "The console does not show these fields: nobody can say whether they are right or wrong."
DRIFT = (
    "The console does not hold what the specs asked for before this change: somebody changed it there, or an earlier "
    "change was never applied. Carrying out the plan brings it to the specs; to keep it, write it into a spec."
)


def counted(count: int, noun: str) -> str:
    """`1 application`, `2 applications`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def minute(moment: str) -> str:
    """`2026-11-22 12:00 UTC` of an RFC 3339 timestamp in UTC."""
    return f"{moment[:10]} {moment[11:16]} UTC"


def headline(plans: Sequence[PlanView]) -> str:
    """What happens, in a few short sentences."""
    entries = [entry for plan in plans for entry in plan.applications]
    gone = [one for plan in plans for one in plan.removed or ()]
    changing, unsure = (sum(plan.count(action) for plan in plans) for action in ("change", "cannot-verify"))
    all_of_them = counted(len(entries), "application")
    if len(plans) > 1:
        all_of_them += f" in {counted(len(plans), 'environment')}"
    if changing:
        said = [f"{changing:,} of {all_of_them} will change."]
    elif unsure:
        said = [f"Nothing is known to change: {all_of_them}."]
    elif entries:
        said = [f"{'No setting' if gone else 'Nothing'} will change: {all_of_them}."]
    else:
        said = ["There are no applications."]
    if gone:
        said.append(f"{counted(len(gone), 'application')} {'is' if len(gone) == 1 else 'are'} removed.")
    if unsure:
        said.append(f"{counted(unsure, 'application')} cannot be verified.")
    stopping = [Severity.HIGH for one in gone if one.on_remove == "stop-auto"]
    if changing or stopping:
        gravest = min([*stopping, *(entry.risk for entry in entries)], key=weight)
        said.append(f"Gravest risk: {severity_word(gravest)}.")
    return " ".join(said)


def severity_word(severity: Severity | None) -> str:
    """HIGH, MEDIUM, …; `none` where nothing changes."""
    return severity.value.upper() if severity else "none"


def cost_words(cost: CostEffect) -> str:
    """`more: every room is recorded`."""
    if cost.direction is Direction.SAME:
        return "same"
    return f"{cost.direction.value}: {', '.join(cost.reasons)}" if cost.reasons else cost.direction.value


def cause_words(causes: Iterable[ChangeCause]) -> str:
    """Several fields' causes, each once, in the order of their definition."""
    found = set(causes)
    return ", ".join(word for cause, word in CAUSES.items() if cause in found)


def without_causes(plan: PlanView) -> str:
    """Why causes are unknown; '' where they are known, or nothing changes."""
    if not plan.count("change"):
        return ""
    if plan.base is None:
        return "Causes are unknown: the plan was compared with no commit (plan --base REF)."
    if not plan.base.valid:
        return f"Causes are unknown: the specs at {plan.base.ref} are not valid."
    return ""


def unread(plan: PlanView) -> str:
    """What a comparison of specs with specs leaves out; '' where a console was read."""
    if plan.console is not None:
        return ""
    base = f"{plan.base.ref} ({plan.base.commit[:12]})" if plan.base else "nothing"
    return (
        f"No console was read: this compares the specs with {base}. It shows what the change asks for, not what the "
        "console holds. Console drift is not known."
    )


def confirmed_words(seen: Confirmation) -> str:
    """Who looked where people do, and until when that counts."""
    return f"compared with what {seen.who} confirmed on {seen.when[:10]}; counts until {seen.expires[:10]}"


def affected_words(found: Affected | None) -> str:
    """`recorded a day: 1,234 minutes (last 7 days)`; '' where nobody asked."""
    if found is None:
        return ""
    if isinstance(found.minutes, Unknown):
        return f"recorded a day: unknown ({found.minutes.reason})"
    money = "" if found.money is None else f", {found.money:,} {found.currency}"
    return f"recorded a day: {found.minutes:,.0f} minutes{money} (last 7 days)"


def recorded_words(entries: Iterable[Entry]) -> str:
    """The same of several applications in all; unknown ones are counted, because unknown is not 0."""
    found = [entry.affected for entry in entries if entry.affected]
    if len(found) < 2:
        return affected_words(found[0] if found else None)
    known = [one.minutes for one in found if not isinstance(one.minutes, Unknown)]
    if not known:
        return "recorded a day: unknown"
    rest = len(found) - len(known)
    unknown = f"; unknown of {counted(rest, 'application')}" if rest else ""
    return f"recorded a day: {sum(known):,.0f} minutes in all (last 7 days){unknown}"
