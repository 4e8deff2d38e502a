"""What is published on a forge: one comment with a change's plans, their statuses, and issues: of drift, of missing
recordings, and what people have to do in a console."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from provisioner.forge.approvals import Checked, Verdict
from provisioner.forge.marker import Marker, ShownPlan, read_marker
from provisioner.forge.port import Forge, Note, State, Status
from provisioner.forge.upsert import clear, keep
from provisioner.foundation.clock import Clock, system_clock
from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.reconcile.plan.document import Document
from provisioner.report.runbook.checklist import Checklist, keep_ticks
from provisioner.report.text.markdown import clip, inert

STATUS = "trtc-recording"
"""Statuses begin with it: `trtc-recording/prod`."""

_NAME = 60
"""Characters of an owner, and of a folder, in an issue's title, which may have 255."""


def post(forge: Forge, body: str, plans: Sequence[Document], clock: Clock = system_clock) -> Note:
    """Show `body`, Markdown about the sealed `plans`, in the change that the job runs for.

    There is one comment for the plans' environments, edited in place; it remembers since when each plan is shown,
    because an approval counts for what the reviewer saw. Each plan becomes a status of the commit, too,
    where the change is for the branch that is applied.
    Raises ForgeError, UsageError outside of a change, ConflictError where the change has moved on.
    """
    if not all("seal" in plan for plan in plans):
        raise UsageError("a plan without a seal cannot be approved", fix="`provisioner plan ENV --out FILE` seals it.")
    number, commit = forge.context.change, forge.context.commit
    if number is None:
        raise UsageError("this job runs for no pull request or merge request, so there is nowhere to comment")
    change = forge.change(number)
    newest = change.commit
    if newest != commit:
        now = f"moved on to {newest[:12]}" if newest else "lost its branch"
        raise ConflictError(
            f"the change has {now} since this job began with {commit[:12]}; nothing was posted",
            fix="The job of the newer commit posts.",
        )
    shown = {plan["environment"]: ShownPlan(plan["seal"]["digest"], commit, clock()) for plan in plans}
    key = "+".join(["plan", *sorted(shown)])

    def compose(before: str) -> str:
        return f"{Marker(key, _since(shown, before)).line()}\n{body}"

    note = keep(forge.comments(number), key, compose)
    # A status belongs to a commit, which may be in a change for another branch as well.
    for plan in plans if change.target == forge.default_branch() else ():
        _show(forge, commit, Status(f"{STATUS}/{plan['environment']}", State.SUCCESS, _about(plan)))
    return note


def _show(forge: Forge, commit: str, status: Status) -> None:
    forge.set_status(commit, replace(status, about=status.about[: forge.context.kind.limits.status]))


def summarise(forge: Forge, body: str) -> None:
    """Add `body` to the page of the job, where the forge has such a thing."""
    if path := forge.context.summary:
        with path.open("a", encoding="utf-8") as page:
            page.write(f"{body}\n")


def post_verdict(forge: Forge, plan: Document, checked: Checked | None) -> None:
    """Show on the commit under review whether `plan` has its approvals; None: it needs none.

    The status is pending until all have approved, so that a branch rule can require `trtc-recording/ENV/approvals`.
    """
    name = f"{STATUS}/{plan['environment']}/approvals"
    if checked is None:
        commit, state, about = forge.context.commit, State.SUCCESS, "nobody needs to approve"
    else:
        have = sum(answer.verdict is Verdict.APPROVED for answer in checked.answers)
        commit = checked.change.commit
        state = State.SUCCESS if checked.approved else State.PENDING
        about = f"{have} of {len(checked.answers)} groups have approved"
    _show(forge, commit, Status(name, state, f"{about}; plan {plan['seal']['digest'][:12]}"))


@dataclass(frozen=True, slots=True)
class Subject:
    """The environment that an issue is about, of the project in the folder `below` (`infra/rec/`; '' is the root).

    A repository may hold several projects, and each its own `prod`: their issues know nothing of each other.
    """

    environment: str
    below: str = ""

    def key(self, kind: str) -> str:
        """What its issue of a kind, such as `drift`, is found by."""
        folder = f"+{hashlib.sha256(self.below.encode()).hexdigest()[:8]}" if self.below else ""
        return f"{kind}+{self.environment}{folder}"

    @property
    def called(self) -> str:
        """`prod`, or `prod (infra/rec)`."""
        folder = inert(clip(self.below.rstrip("/"), _NAME))
        return f"{self.environment} ({folder})" if folder else self.environment


def post_drift(forge: Forge, subject: Subject, body: str, *, drifted: bool) -> Note | None:
    """Keep one open issue about `subject` while it has drifted; close it, with `body`, when it no longer has.

    Returns the issue; None where there is nothing to tell.
    """
    return _post_while(
        drifted, forge, subject.key("drift"), f"Recording settings of {subject.called} have drifted", body
    )


def post_coverage(forge: Forge, subject: Subject, body: str, *, missed: bool) -> Note | None:
    """Keep one open issue about `subject` while its objective of recorded rooms is missed, as post_drift does."""
    return _post_while(missed, forge, subject.key("coverage"), f"Recordings of {subject.called} are missing", body)


def _post_while(holds: bool, forge: Forge, key: str, title: str, body: str) -> Note | None:
    text = partial(_said, f"{Marker(key).line()}\n{body}")
    return keep(forge.issues(title), key, text) if holds else clear(forge.issues(title), key, text)


@dataclass(frozen=True, slots=True)
class KeptChecklists:
    """The open issue of each checklist, in their order, and those that were closed."""

    open: tuple[tuple[Checklist, Note], ...]
    closed: tuple[Note, ...]


def post_checklists(forge: Forge, subject: Subject, lists: Sequence[Checklist], done: str) -> KeptChecklists:
    """Keep one open issue for each of `lists`, an owner's; the others of `subject` say `done` and are closed.

    Boxes that people ticked stay ticked. Each issue is found by its marker, so that a run after one that died between
    two of them finishes what is missing. Raises ForgeError.
    """
    title, ours = f"Recording settings of {subject.called} to set by hand", subject.key("checklist")
    known = forge.issues(title).mine()
    kept = {}
    for one in lists:
        key = f"{ours}+{hashlib.sha256(one.owner.casefold().encode()).hexdigest()[:16]}"
        issues = forge.issues(f"{title}: {inert(clip(one.owner, _NAME))}")
        kept[key] = (one, keep(issues, key, partial(_ticked, f"{Marker(key).line()}\n{one.body}"), known))
    marked = (marker.key for note in known if (marker := read_marker(note.body)))
    over = sorted({key for key in marked if key.rpartition("+")[0] == ours} - kept.keys())
    closed = [clear(forge.issues(title), key, partial(_said, f"{Marker(key).line()}\n{done}"), known) for key in over]
    return KeptChecklists(tuple(kept.values()), tuple(note for note in closed if note))


def _ticked(text: str, before: str) -> str:
    return keep_ticks(before, text)


def _said(text: str, _before: str) -> str:
    return text


def _since(shown: Mapping[str, ShownPlan], before: str) -> dict[str, ShownPlan]:
    """`shown`, with the earlier time where the comment already shows the same plan of the same commit."""
    marker = read_marker(before)
    earlier = marker.plans if marker else {}
    return {
        name: earlier[name]
        if name in earlier and (earlier[name].digest, earlier[name].commit) == (plan.digest, plan.commit)
        else plan
        for name, plan in shown.items()
    }


def _about(plan: Document) -> str:
    totals = plan["totals"]
    words = [f"{totals['change']} to change"]
    if totals["cannotVerify"]:
        words.append(f"{totals['cannotVerify']} cannot be verified")
    return f"{', '.join(words)}; plan {plan['seal']['digest'][:12]}"
