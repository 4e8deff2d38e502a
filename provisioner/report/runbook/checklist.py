"""What people still have to do in the console, as issues: one checklist an owner, with a box for each thing to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.console.runbook.labels import ConsoleLabels
from provisioner.report.plan.finding_view import severity_rank
from provisioner.report.plan.plan_view import ApplicationView, PlanView
from provisioner.report.runbook.runbook import Specs, application_steps, before_steps, known_words
from provisioner.report.runbook.runbook_steps import needs_people
from provisioner.report.text.amounts import counted
from provisioner.report.text.markdown import clip, code, escape
from provisioner.report.text.size_limit import Piece, Section, fit

CHECKLIST = 60_000
"""Bytes of a checklist, as of the comment on a change."""

_REFUSAL = 600
_TICKED = re.compile(r"^(\s*(?:-|\d+\.) )\[[xX~]\] ", re.MULTILINE)
_APPLICATION = re.compile(r"^(?=- \[[ xX~]\] )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Checklist:
    """What one owner's applications wait for, as Markdown; `applications` counts them."""

    owner: str
    applications: int
    body: str


def checklists(
    plan: PlanView, labels: ConsoleLabels, specs: Specs, refused: Mapping[str, str], limit: int = CHECKLIST
) -> list[Checklist]:
    """A checklist for each owner of applications that wait for people, each in less than `limit` bytes.

    `refused` says by an application's name why nothing of it may be carried out yet: its steps are not told. The text
    stays the same as long as the same is left to do, so that the issue notifies nobody twice. Owners are one where
    only capitals differ.
    """
    owners: dict[str, list[ApplicationView]] = {}
    for entry in plan.applications:
        if needs_people(entry):
            owners.setdefault(entry.owner.casefold(), []).append(entry)
    found = []
    for _, entries in sorted(owners.items()):
        sections = [Section(_head(plan, entries[0].owner, len(entries), labels), always=True)]
        entries.sort(key=lambda entry: (severity_rank(entry.risk), entry.name))
        for rank, entry in enumerate(entries):
            steps = application_steps(entry, plan.environment, labels, specs)
            sections.append(_section(rank, entry, plan.environment, steps, refused.get(entry.name, "")))
        found.append(Checklist(entries[0].owner, len(entries), fit(sections, limit)))
    return found


def render_done(environment: str, run: str) -> str:
    """What a checklist's issue says when it closes; `run` is the address of the CI job's page."""
    return f"Nothing is left to do by hand for {code(environment)}: [this job]({run}) found so. Closed."


def keep_ticks(before: str, after: str) -> str:
    """`after` with the boxes ticked that are ticked in `before`, of applications of which both say the same.

    People tick off what they have done, and the next job must not wipe that out; of an application for which anything
    else is to be done now, nothing counts as done.
    """
    known = {_unticked(block).strip(): block.strip() for block in _blocks(before.replace("\r\n", "\n"))[1:]}
    first, *blocks = _blocks(after)
    return "".join(
        [first, *(block.replace(block.strip(), known.get(block.strip(), block.strip())) for block in blocks)]
    )


def _blocks(text: str) -> list[str]:
    """What comes before the first application, then each application's lines. A value holds no line break."""
    return _APPLICATION.split(text)


def _unticked(text: str) -> str:
    return _TICKED.sub(r"\1[ ] ", text)


def _head(plan: PlanView, owner: str, applications: int, labels: ConsoleLabels) -> str:
    name, verb = plan.environment, "waits" if applications == 1 else "wait"
    lines = [
        f"**{counted(applications, 'application')} of {code(name)} {verb} for people.** Owner: {code(owner)}. "
        "Nothing has been written: this console has no API.",
        "",
        f"Carry out the steps, then confirm what the console shows ({code(f'provisioner attest {name}/APP')}) and have "
        "that merged: the job that applies then takes the application off this list, and closes the issue when nothing "
        f"is left. {code(f'provisioner apply {name}/APP')} shows an application's steps one by one.",
        "",
        *before_steps(plan.site, labels),
        "",
        "## Applications",
    ]
    return "\n".join(lines)


def _section(rank: int, entry: ApplicationView, environment: str, lines: Iterator[str], refused: str) -> Section:
    """One application: its box, and its steps, which are left out first."""
    box = f"- [ ] **{escape(entry.name)}**, SDKAppId {code(str(entry.sdk_app_id))}"
    steps: list[Piece] = []
    if refused:
        box += f": wait, this must not be carried out yet. {escape(clip(refused, _REFUSAL))}"
    elif entry.confirmed is None:
        attest = code(f"provisioner attest {environment}/{entry.name}")
        why = "what somebody confirmed counts no longer" if entry.lapsed else known_words(entry)
        box += f": look first, because {why}: {attest}"
    else:
        box += f"; {escape(known_words(entry))}"
        steps.append(Piece((1, rank), "\n".join(_nested(lines)), "lists of steps"))
    return Section("", [Piece((0, rank), box, "applications"), *steps])


def _nested(lines: Iterator[str]) -> Iterator[str]:
    """Lines that belong to the item above them."""
    for line in lines:
        yield f"  {line}" if line else ""
