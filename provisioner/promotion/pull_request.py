"""A promotion's pull request in Markdown: what is promoted, whose it is, what it does, what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.promotion.console_plans import ConsolePlan, UnreadableConsole
from provisioner.promotion.merge import MergedLeaf, Resolution
from provisioner.promotion.promote import Promotion
from provisioner.promotion.render_promotion import said
from provisioner.promotion.rollback import CANNOT
from provisioner.recording.paths import short
from provisioner.report.text.markdown import code, escape, table
from provisioner.specs.codeowners.owners import Owners


@dataclass(frozen=True, slots=True)
class Background:
    """What a reader wants to know beside the values: what the target's console makes of them, who approves, and the
    source's commits by application (None: Git cannot tell). `below` is the project's folder in its repository, `''` or
    such as `infra/rec/`."""

    outlook: ConsolePlan
    owners: Owners | None
    commits: Mapping[str, Sequence[str] | None]
    below: str


def title(promotion: Promotion) -> str:
    """One line of at most 72 characters."""
    names = [*promotion.moves, *(entry.application.name for entry in promotion.new_applications)]
    what = names[0] if len(names) == 1 else f"{len(names)} applications"
    if promotion.record.restores:
        return f"Roll {what} back in {promotion.target.name}"[:72]
    return f"Promote {what} from {promotion.source} to {promotion.target.name}"[:72]


def body(promotion: Promotion, background: Background) -> str:
    """The pull request's text in Markdown."""
    return (
        "\n".join(
            [
                *_origin(promotion, background.below),
                *_moves(promotion, background),
                *_does(background.outlook),
                *_commits(background.commits),
                *_kept(promotion),
                *_behind(promotion),
                *_gates(promotion),
            ]
        ).rstrip()
        + "\n"
    )


def _origin(promotion: Promotion, below: str) -> Iterator[str]:
    record = promotion.record
    if record.restores:
        yield f"Goes back to what {code(record.restores)} left in {escape(promotion.target.name)}. {CANNOT}"
        yield ""
        yield f"Held from now on, because: {escape(_reasons(promotion))}"
    else:
        commit = f"commit {code(record.commit)}" if record.commit else "files that are in no commit yet"
        yield f"From {escape(promotion.source)} ({commit}) to {escape(promotion.target.name)}, by {code(record.who)}."
    yield f"Recorded in {code(below + record.file)}."
    yield ""


def _reasons(promotion: Promotion) -> str:
    holds = (app.hold for app in promotion.after.applications if app.name in promotion.moves)
    return "; ".join(dict.fromkeys(hold.reason for hold in holds if hold))


def _moves(promotion: Promotion, background: Background) -> Iterator[str]:
    rows = [
        [code(name), code(short(step.path)), code(said(step.target)), code(said(step.source))]
        for name, move in promotion.moves.items()
        for step in move.having(Resolution.MOVES)
    ]
    if rows:
        yield "### What moves"
        yield ""
        yield from table(["application", "value", "now", "becomes"], rows)
        yield ""
    for name, move in promotion.moves.items():
        approvers = background.owners.of(move.target.where.file)[0] if background.owners else ()
        who = f"approved by {' '.join(map(code, approvers))}" if approvers else "CODEOWNERS names nobody who approves"
        yield f"- {code(name)}: owner {code(move.target.owner)}, {who}"
    for entry in promotion.new_applications:
        questions = ", ".join(code(short(path)) for path in entry.questions)
        yield f"- {code(entry.application.name)} is new: fill in {questions}"
    yield ""


def _does(outlook: ConsolePlan) -> Iterator[str]:
    yield "### What applying it does"
    yield ""
    if isinstance(outlook, UnreadableConsole):
        yield f"Not known here: {escape(outlook.reason)}"
        yield ""
        return
    findings = [(entry, finding) for entry in outlook.applications for finding in entry.consequences]
    for entry, finding in findings:
        name = code(entry.application.name)
        yield f"- **{finding.severity.value.upper()}** {name}: {escape(finding.id)}: {escape(finding.message)}"
    if not findings:
        yield "Nothing that stops or starts recording, moves files or shortens their life."
    yield ""
    changed = sum(entry.action == "change" for entry in outlook.applications)
    unsure = sum(len(entry.unverified) for entry in outlook.applications)
    yield f"{changed} of {len(outlook.applications)} applications change on the {escape(outlook.console)}."
    if unsure:
        yield f"{unsure} values cannot be verified there."
    yield ""


def _commits(commits: Mapping[str, Sequence[str] | None]) -> Iterator[str]:
    if commits:
        yield "### Changes that it carries"
        yield ""
        for name, lines in commits.items():
            if lines is None:
                yield f"- {code(name)}: Git cannot tell here"
            else:
                yield f"- {code(name)}: {'none is committed' if not lines else ''}".rstrip()
                yield from (f"  - {code(line.partition(' ')[0])} {escape(line.partition(' ')[2])}" for line in lines)
        yield ""


def _kept(promotion: Promotion) -> Iterator[str]:
    kept: list[tuple[str, MergedLeaf]] = [
        (name, step)
        for name, move in promotion.moves.items()
        for step in move.having(Resolution.KEPT)
        if step.target not in (step.source, {})
    ]
    if kept:
        yield f"### What {escape(promotion.target.name)} keeps of its own"
        yield ""
        yield from (f"- {code(name)}: {code(short(step.path))} stays {code(said(step.target))}" for name, step in kept)
        yield ""


def _behind(promotion: Promotion) -> Iterator[str]:
    if not promotion.conflicts and not promotion.held:
        return
    yield "### What stays behind"
    yield ""
    for name, move in promotion.conflicts.items():
        for step in move.conflicts:
            last = code("(none)" if step.base is None else said(step.base))
            ours, theirs = (f"{escape(env)} {code(said(value))}" for env, value in _sides(promotion, step))
            yield f"- {code(name)}: both changed {code(short(step.path))}: {ours}, {theirs}, last promotion {last}"
    for name, hold in promotion.held.items():
        yield f"- {code(name)} is held since {escape(hold.since)}: {escape(hold.reason)}"
    yield ""


def _sides(promotion: Promotion, step: MergedLeaf) -> tuple[tuple[str, Any], tuple[str, Any]]:
    return (promotion.source, step.source), (promotion.target.name, step.target)


def _gates(promotion: Promotion) -> Iterator[str]:
    gates = promotion.record.gates
    if gates:
        yield "### Gates"
        yield ""
        rows = []
        for name, gate in gates.items():
            by = gate.bypass
            passed = f" bypassed until {by.expires}: {escape(by.reason)}" if by else ""
            rows.append([code(name), f"{gate.verdict}{passed}", escape(gate.evidence)])
        yield from table(["gate", "verdict", "what it saw"], rows)
