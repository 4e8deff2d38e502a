"""Phrases about a plan that several views share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provisioner.archive.unknown import Unknown
from provisioner.console.audit.audit_event import VIA
from provisioner.console.audit.audit_trail import LATENESS
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.cost import CostEffect, Direction
from provisioner.reconcile.plan.usage_impact import Affected
from provisioner.recording.findings import Severity
from provisioner.report.plan.changed_by_view import ChangedByView, NamedCall
from provisioner.report.plan.finding_view import severity_rank
from provisioner.report.plan.plan_view import ApplicationView, Confirmation, PlanView
from provisioner.report.plan.present_words import present_headline
from provisioner.report.text.amounts import counted

CAUSES = {
    ChangeCause.THIS_CHANGE: "this change",
    ChangeCause.TEMPLATE: "template",
    ChangeCause.ENVIRONMENT: "environment",
    ChangeCause.DRIFT: "console drift",
    ChangeCause.UNKNOWN: "unknown",
}

UNVERIFIED = "The console does not show these fields, so that they cannot be compared with the specs."
UNLISTED = "Applications that no spec manages cannot be listed here"
_SINCE_BASE = (
    "The console differs from what the specs asked for before this change: somebody changed it there, or an earlier "
    "change was never applied. Applying the plan sets it to the specs; to keep it, write it into a spec "
    "(provisioner adopt)."
)
_IN_FORCE = (
    "The console differs from the specs: somebody changed it there, or a change was never applied. Applying the specs "
    "brings it back; to keep it, write it into a spec (provisioner adopt)."
)

GUARDRAILS = (
    "What protects this environment is no longer what it was at the base. Whoever the base asks must approve that, "
    "whether or not an application changes."
)


def headline(plans: Sequence[PlanView]) -> str:
    """What consoles do now, then what would happen, in a few short sentences."""
    entries = [entry for plan in plans for entry in plan.applications]
    removed = [app for plan in plans for app in plan.removed or ()]
    changing, unverified = (sum(plan.count(action) for plan in plans) for action in ("change", "cannot-verify"))
    total = counted(len(entries), "application")
    if len(plans) > 1:
        total += f" in {counted(len(plans), 'environment')}"
    now = present_headline(plans)
    if changing and now and all(plan.in_force for plan in plans):
        sentences = [f"Applying the specs changes {changing:,} of {total}."]
    elif changing:
        sentences = [f"{changing:,} of {total} will change."]
    elif unverified:
        sentences = [f"No known changes: {total}."]
    elif entries:
        quiet = not removed and not any(entry.behind for entry in entries)
        sentences = [f"{'Nothing' if quiet else 'No setting'} will change: {total}."]
    else:
        sentences = ["There are no applications."]
    if behind := sum(entry.behind for entry in entries):
        told = f"The controller records {counted(behind, 'application')} by new settings from the next call on."
        sentences.append(told)
    if removed:
        sentences.append(f"{counted(len(removed), 'application')} {'is' if len(removed) == 1 else 'are'} removed.")
    if unverified:
        sentences.append(f"{counted(unverified, 'application')} cannot be verified.")
    stopping = [Severity.HIGH for app in removed if app.on_remove == "stop-auto"]
    lost = [change for plan in plans if plan.guardrails for change in plan.guardrails.changes if change.weakened]
    if lost:
        sentences.append(f"{counted(len(lost), 'guardrail')} {'is' if len(lost) == 1 else 'are'} weakened.")
    stopping += [change.severity for change in lost]
    if changing or stopping:
        highest = min([*stopping, *(entry.risk for entry in entries)], key=severity_rank)
        sentences.append(f"Highest risk: {severity_word(highest)}.")
    return " ".join([*([now] if now else []), *sentences])


def severity_word(severity: Severity | None) -> str:
    """HIGH, MEDIUM, …; `none` where nothing changes."""
    return severity.value.upper() if severity else "none"


def cost_words(cost: CostEffect) -> str:
    """`more: every room is recorded`."""
    if cost.direction is Direction.SAME:
        return "same"
    return f"{cost.direction.value}: {', '.join(cost.reasons)}" if cost.reasons else cost.direction.value


def cause_words(causes: Iterable[ChangeCause]) -> str:
    """Causes as words, each once, in the order of `CAUSES`."""
    found = set(causes)
    return ", ".join(word for cause, word in CAUSES.items() if cause in found)


def causes_unknown(plan: PlanView) -> str:
    """Why causes are unknown; '' where they are known, or nothing changes."""
    if plan.causes_known:
        return ""
    if plan.base is None:
        return "Causes are unknown: the plan was not compared with a commit (plan --base REF)."
    if not plan.base.valid:
        return f"Causes are unknown: the specs at {plan.base.ref} are not valid."
    return ""


def drift_title(plan: PlanView) -> str:
    """The heading of what differs for no other reason than that the console does."""
    return "Console drift" if plan.in_force else "Console drift, apart from this change"


def drift_about(plan: PlanView) -> str:
    """What that means, and the two ways out of it."""
    return _IN_FORCE if plan.in_force else _SINCE_BASE


def drifted_words(plan: PlanView) -> str:
    """How many applications have drifted; an upper bound where drift and change cannot be told apart."""
    if plan.drifted is None:
        return "unknown"
    return f"{'' if plan.causes_known else 'at most '}{plan.drifted:,}"


def changed_words(plan: PlanView) -> str:
    """How much of an environment was looked at; '' where the plan is no plan of a change's reach."""
    if plan.changed is None:
        return ""
    of = counted(plan.changed.of, "application")
    if plan.changed.everything:
        return f"All of {of} were read: {plan.changed.everything}."
    return f"{len(plan.applications):,} of {of}: those that this change reaches. Drift of the others is not known."


def console_not_read(plan: PlanView) -> str:
    """What a plan without a console leaves out; '' where a console was read."""
    if plan.console is not None:
        return ""
    base = f"{plan.base.ref} ({plan.base.commit[:12]})" if plan.base else "nothing"
    return (
        f"No console was read: this compares the specs with {base}. It shows what the change asks for, not what the "
        "console has. Drift is not known."
    )


def confirmed_words(seen: Confirmation) -> str:
    """Who confirmed what the console shows, and until when that counts."""
    return f"compared with what {seen.who} confirmed on {seen.when[:10]}; counts until {seen.expires[:10]}"


def look_words(plan: PlanView) -> str:
    """How much was read, and why that is enough; '' where nobody asked for less than everything."""
    if plan.look is None:
        return ""
    if plan.look.since is None:
        return f"All {counted(plan.look.of, 'application')} were read: {plan.look.because}."
    told = (
        f"{len(plan.applications):,} of {counted(plan.look.of, 'application')} were read: CloudAudit shows no call "
        f"on the others since the full look of {plan.look.since}. Entries of the last "
        f"{LATENESS.seconds // 60} minutes may be missing yet."
    )
    if plan.look.unverified:
        told += f" {counted(plan.look.unverified, 'application')} of the others could not be verified then."
    return told


def changed_by_words(found: ChangedByView | None) -> tuple[str, ...]:
    """A sentence for each call that may have made the difference, and one for what cannot be verified."""
    if found is None:
        return ()
    told = [call_words(call) for call in found.calls]
    if found.more:
        told.append(f"and {counted(found.more, 'earlier call')}")
    if found.doubt:
        told.append(f"{'who else' if found.calls else 'who'} changed it cannot be verified: {found.doubt}")
    return tuple(told)


def call_words(call: NamedCall) -> str:
    """`changed by kim at 2026-03-01T11:47:12Z from 198.51.100.9: ModifyRecordMode in the console`."""
    when = f" at {call.at}" if call.at else " at an unknown time"
    source = f" from {call.address}" if call.address else " from an unknown address"
    way = f" {VIA[call.via]}" if call.via in VIA else ""
    unsure = "" if call.certain else " (the audit log does not say of which application)"
    changed = "changed by" if call.certain else "perhaps changed by"
    return f"{changed} {call.who or 'an unnamed caller'}{when}{source}: {call.action}{way}{unsure}"


def usage_words(found: Affected | None) -> str:
    """`recorded a day: 1,234 minutes (last 7 days)`; '' where the plan did not ask."""
    if found is None:
        return ""
    if isinstance(found.minutes, Unknown):
        return f"recorded a day: unknown ({found.minutes.reason})"
    money = "" if found.money is None else f", {found.money:,} {found.currency}"
    return f"recorded a day: {found.minutes:,.0f} minutes{money} (last 7 days)"


def usage_words_of_all(entries: Iterable[ApplicationView]) -> str:
    """`usage_words` of several applications together; those without a known figure are counted apart."""
    found = [entry.usage for entry in entries if entry.usage]
    if len(found) < 2:
        return usage_words(found[0] if found else None)
    known = [one.minutes for one in found if not isinstance(one.minutes, Unknown)]
    if not known:
        return "recorded a day: unknown"
    rest = len(found) - len(known)
    unknown = f"; unknown of {counted(rest, 'application')}" if rest else ""
    return f"recorded a day: {sum(known):,.0f} minutes in all (last 7 days){unknown}"
