"""Gate: the source has run the promoted settings for long enough, by its journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from provisioner.foundation.clock import timestamp
from provisioner.promotion.console_plans import UnreadableConsole
from provisioner.promotion.gates.gate import Gate, GateAnswer, GateContext, GateVerdict, few, worst
from provisioner.reconcile.apply.journal import JournalEntry, moment_of
from provisioner.reconcile.plan.promotable_digest import moving_digest
from provisioner.recording.application import Application


def running_since(journal: Iterable[JournalEntry], app: Application) -> datetime | None:
    """Since when the application has run what its spec says now, by the journal; None where that is not known."""
    wanted, since = moving_digest(app.values), None
    for entry in journal:
        if entry.details.get("sdkAppId") != app.sdk_app_id or entry.event not in ("applied", "failed"):
            continue
        if entry.event == "applied" and entry.details.get("digest") == wanted:
            since = since or _moment(entry.at)
        else:
            since = None  # another state, or an unknown one
    return since


def left(since: datetime, soak: int, now: datetime) -> timedelta:
    """What is left of `soak` seconds; zero or negative once they are over."""
    return since + timedelta(seconds=soak) - now


def words(span: timedelta) -> str:
    """`2d 3h`, `3h 20min`, `5min`: rounded up to a minute."""
    minutes = -(-int(span.total_seconds()) // 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [f"{days}d" if days else "", f"{hours}h" if hours else "", f"{minutes}min" if minutes and not days else ""]
    return " ".join(part for part in parts if part) or "0min"


def _soaked(context: GateContext) -> GateAnswer | None:
    soak = context.target.gates.soak
    if not soak:
        return None
    applications = context.reaching_a_console()
    whole = words(timedelta(seconds=soak))
    names = few([app.name for app in applications])
    passed = f"ran this for {whole} and more: {names}" if names else "nothing moves that a console holds"
    return worst((_of(app, context, soak, whole) for app in applications), passed)


def _of(app: Application, context: GateContext, soak: int, whole: str) -> GateAnswer:
    if isinstance(context.journal, UnreadableConsole):
        return GateAnswer(GateVerdict.UNKNOWN, f"{app.environment}'s journal cannot be read: {context.journal.reason}")
    since = running_since(context.journal, app)
    if since is None:
        reason = f"{app.environment}'s journal does not tell since when {app.name} runs this"
        return GateAnswer(GateVerdict.UNKNOWN, reason)
    rest = left(since, soak, context.now)
    if rest > timedelta():
        return GateAnswer(GateVerdict.FAIL, f"{app.name}: {words(rest)} of {whole} left, applied {timestamp(since)}")
    return GateAnswer(GateVerdict.PASS, "")


def _moment(text: str) -> datetime | None:
    """None where somebody has damaged the line: then nobody knows since when."""
    try:
        return moment_of(text)
    except (ValueError, OverflowError):
        return None


SOAK = Gate("soak", "The source has run exactly this for as long as the target asks (gates.soak).", _soaked)
