"""Which spec an application's console ran at a moment: the journal has its digest, Git the specs that have it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from provisioner.foundation.clock import timestamp
from provisioner.foundation.git import GitError, commit_of, first_parents
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.plan.promotable_digest import moving_digest
from provisioner.recording.application import Application
from provisioner.recording.limits import EFFECT_WINDOW
from provisioner.specs.documents.revision import revision
from provisioner.specs.layout import ENVIRONMENTS, TEMPLATES
from provisioner.specs.workspace import Workspace

_MOST_COMMITS = 50
"""Commits that are looked through for specs with a digest."""


@dataclass(frozen=True, slots=True)
class AppliedVersion:
    """The template pin that was in force, empty where the spec has none or nobody knows it, and how that is known."""

    template: str
    how: str


def applied_version(
    workspace: Workspace, app: Application, entries: Iterable[JournalEntry], at: datetime
) -> AppliedVersion:
    """What rooms created at `at` were recorded by, as the journal knows; a click in the console is not in it."""
    last: tuple[datetime, str] | None = None
    for entry in entries:
        if entry.event == "applied" and entry.details.get("sdkAppId") == app.sdk_app_id:
            try:
                holds = datetime.fromisoformat(str(entry.details.get("effectiveAfter"))).astimezone(UTC)
            except ValueError:
                continue
            if holds <= at:
                last = holds, str(entry.details.get("digest"))
    now = _pin(app)
    if last is None:
        return AppliedVersion("", f"the journal has no apply that held then; the spec now pins {now or 'none'}")
    since = f"in force since {timestamp(last[0])} (journal)"
    if moving_digest(app.values) == last[1]:
        return AppliedVersion(now, since)
    return _in_git(workspace, app, last[1], last[0] - EFFECT_WINDOW, since)


def _in_git(workspace: Workspace, app: Application, digest: str, applied: datetime, since: str) -> AppliedVersion:
    """The commit whose specs have the digest: what was applied then need not be what the specs say now."""
    try:
        head = commit_of(workspace.root, "HEAD")
        places = [f"{ENVIRONMENTS}/{app.environment}", TEMPLATES]
        for commit in [head, *first_parents(workspace.root, head, places, _MOST_COMMITS)]:
            found = revision(workspace, commit, app.environment).environment
            then = (
                next((one for one in found.applications if one.sdk_app_id == app.sdk_app_id), None) if found else None
            )
            if then is not None and moving_digest(then.values) == digest:
                return AppliedVersion(_pin(then), f"{since}, the specs of {commit[:12]}")
    except GitError:
        pass
    return AppliedVersion(
        "", f"{since}; what was applied at {timestamp(applied)} is in no commit that was looked through"
    )


def _pin(app: Application) -> str:
    pin = app.value("/recording/template")
    return "" if pin is None else str(pin)
