"""A plan as a runbook: Markdown that people follow in the console and tick off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provisioner.console.grade import Grade
from provisioner.console.runbook.labels import ConsoleLabels
from provisioner.foundation.text_safety import printable
from provisioner.recording.paths import short
from provisioner.recording.sites import SITES
from provisioner.recording.value_types import Value
from provisioner.report.plan.plan_view import ApplicationView, PlanView
from provisioner.report.plan.wording import confirmed_words
from provisioner.report.runbook.runbook_steps import NEVER_SHOWN, FieldRow, RunbookStep, needs_people, runbook_steps
from provisioner.report.text.amounts import counted
from provisioner.report.text.markdown import code, escape, table

Specs = Mapping[str, Mapping[str, Value]]
"""Effective values of applications, by name."""


def render_runbook(plan: PlanView, labels: ConsoleLabels, specs: Specs) -> str:
    """All steps of an environment, by application."""
    todo = [entry for entry in plan.applications if needs_people(entry)]
    lines = [
        f"# Runbook: {escape(plan.environment)}",
        "",
        "**Nothing has been written.** This console has no API: people carry out the steps and confirm the result. "
        f"Applications with steps: {len(todo)} of {len(plan.applications)}.",
        "",
        *before_steps(plan.site, labels),
    ]
    for entry in todo:
        lines += ["", f"## {escape(entry.name)}", ""]
        lines.append(
            f"SDKAppId {code(str(entry.sdk_app_id))}, owner {code(entry.owner)}; {escape(known_words(entry))}."
        )
        lines.extend(application_steps(entry, plan.environment, labels, specs))
    return "\n".join(lines) + "\n"


def before_steps(site: str, labels: ConsoleLabels) -> Iterator[str]:
    """What holds for the steps of every application: the way to the console, its labels, from when a change counts."""
    yield f"- The console: <{labels.start}>, then {' → '.join(map(escape, labels.way))}"
    yield (
        "- A label with (?) is assumed, because no public page names it: go by the setting's name in the specs, and "
        "put the console's own word into the file that `console.page` names."
    )
    yield (
        f"- A change takes effect for rooms created {_window(site)} minutes after it was saved. Existing rooms keep "
        "their settings."
    )


def known_words(entry: ApplicationView) -> str:
    """Who confirmed what the console shows of an application, or that nobody did."""
    return confirmed_words(entry.confirmed) if entry.confirmed else "nobody has confirmed what the console shows"


_NAMED = 12


def render_look_first(plan: PlanView) -> str:
    """What to do where nobody has looked at anything yet: there is nothing that steps could start from."""
    names = [entry.name for entry in plan.applications]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    called = escape(", ".join(names[:_NAMED])) + more
    attest, apply = f"provisioner attest {plan.environment}", f"provisioner apply {plan.environment}"
    lines = [
        f"# Look first: {escape(plan.environment)}",
        "",
        "**Nothing has been written.** Nobody has confirmed what this console shows, so no step can say what is to be "
        "changed, and what is right already would be typed again.",
        "",
        f"- With a capture of your own console session, all at once: {code(f'{attest} --from CAPTURE.har')}",
        f"- By hand, application by application: {code(f'{attest}/APP')} for {called}.",
        f"- The steps of one application all the same: {code(f'{apply}/{names[0]}')}",
        "",
        "Then run it again: it tells what differs, and only that.",
    ]
    return "\n".join(lines) + "\n"


def render_left(environment: str, left: int, todo: int) -> str:
    """What `apply` and `pulumi up` say where people change the console and some of it is left to them."""
    return (
        f"Nothing was written: people change this console. Applications left: {left} of {todo}.\n"
        f"  Carry out the steps, then confirm each application: provisioner attest {environment}/APP"
    )


def render_waiting(environment: str, waiting: int, issues: Sequence[str]) -> str:
    """What `apply --post` says where all that is left is left to people; `issues` tell where it is written down."""
    verb = "waits" if waiting == 1 else "wait"
    lines = [f"{environment}: {counted(waiting, 'application')} {verb} for people:"]
    return "\n".join([*lines, *(f"  {printable(issue)}" for issue in issues)])


def _window(site: str) -> str:
    """How many minutes a change takes, by the pages of the site."""
    earliest, latest = (int(moment.total_seconds() // 60) for moment in SITES[site].effective_after)
    return f"about {earliest}" if earliest == latest else f"{earliest} to {latest}"


def application_steps(entry: ApplicationView, environment: str, labels: ConsoleLabels, specs: Specs) -> Iterator[str]:
    """What one application's change means, and its steps from opening the page to confirming what it shows."""
    for finding in (item.finding for item in entry.findings if item.planned):
        yield from ("", f"> **{finding.severity.value.upper()}** {escape(finding.id)}: {escape(finding.message)}")
    hedge = " (this address is assumed; the way above leads there too)" if _assumed(labels) else ""
    yield from ("", f"1. [ ] **Open the page** <{labels.address(entry.sdk_app_id)}>{hedge}")
    todo = runbook_steps(entry, labels, specs.get(entry.name, {}))
    for number, step in enumerate(todo, 2):
        yield from _step(number, step)
    yield f"{len(todo) + 2}. [ ] **Reload the page and compare every value.** What was saved counts."
    confirm = code(f"provisioner attest {environment}/{entry.name}")
    yield f"{len(todo) + 3}. [ ] **Confirm what it shows,** and commit the file: {confirm}"


def _assumed(labels: ConsoleLabels) -> bool:
    return labels.application_grade is Grade.ASSUMED


def _step(number: int, step: RunbookStep) -> Iterator[str]:
    indent = " " * len(f"{number}. ")  # what belongs to a list item stands below its first word
    yield f"{number}. [ ] **{escape(step.title)}.** {step.why}"
    if step.rows:
        yield ""
        head = ("In the console", "In the specs", "Now", "Set to")
        marked = any(row.kept for row in step.rows)
        yield from (indent + line for line in table(head, [_cells(row, marked=marked) for row in step.rows]))
    if step.empty:
        yield from ("", f"{indent}Leave empty: {', '.join(map(escape, step.empty))}.")
    yield ""


def _cells(row: FieldRow, *, marked: bool) -> Sequence[str]:
    """`marked`: what is to be changed stands out, because other values stay as they are."""
    label, now = escape(row.label) + (" (?)" if row.assumed else ""), "unknown" if row.now is None else code(row.now)
    if row.kept:
        return label, code(short(row.path)), NEVER_SHOWN if row.now is None else now, "keep"
    strong = "**" if marked else ""
    return f"{strong}{label}{strong}", code(short(row.path)), now, f"{strong}{code(row.to)}{strong}"
