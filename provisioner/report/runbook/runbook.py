"""A plan as a runbook: Markdown that people follow in the console and tick off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.console.port import Attested
from provisioner.console.runbook.labels import ConsoleLabels
from provisioner.console.tencent.binding import Grade
from provisioner.reconcile.plan.plan import ApplicationPlan, Plan
from provisioner.recording.paths import short
from provisioner.recording.sites import SITES
from provisioner.report.runbook.runbook_steps import Row, Step, needs_people, steps
from provisioner.report.text.markdown import code, escape, table


def render_runbook(plan: Plan, labels: ConsoleLabels) -> str:
    """All steps of an environment, in the order of its applications."""
    todo = [entry for entry in plan.applications if needs_people(entry)]
    lines = [
        f"# Runbook: {escape(plan.environment.name)}",
        "",
        "**Nothing has been written.** People change this console. Applications that need somebody, who carries out "
        f"the steps and confirms the result: {len(todo)} of {len(plan.applications)}.",
        "",
        f"- The console: <{labels.start}>, then {' → '.join(map(escape, labels.way))}",
        "- A label with (?) is assumed, because no public page names it: go by the setting's name in the specs, and "
        "put the console's own word into the file that `console.page` names.",
        f"- A change holds for rooms created {_window(plan.environment.site)} minutes after it was saved. Rooms that "
        "exist keep what they have.",
    ]
    for entry in todo:
        lines.extend(_application(entry, labels))
    return "\n".join(lines) + "\n"


def _window(site: str) -> str:
    """How many minutes a change takes, by the pages of the site."""
    earliest, latest = (int(moment.total_seconds() // 60) for moment in SITES[site].effective_after)
    return f"about {earliest}" if earliest == latest else f"{earliest} to {latest}"


def _application(entry: ApplicationPlan, labels: ConsoleLabels) -> Iterator[str]:
    app, by = entry.application, entry.observed.attested
    known = escape(attested(by)) if by else "nobody has confirmed what it shows now"
    yield from ("", f"## {escape(app.name)}", "")
    yield f"SDKAppId {code(str(app.sdk_app_id))}, owner {code(app.owner)}; {known}."
    for finding in entry.consequences:
        yield from ("", f"> **{finding.severity.value.upper()}** {escape(finding.id)}: {escape(finding.message)}")
    hedge = " (this address is assumed; the way above leads there too)" if _assumed(labels) else ""
    yield from ("", f"1. [ ] **Open the page** <{labels.address(app.sdk_app_id)}>{hedge}")
    todo = steps(entry, labels)
    for number, step in enumerate(todo, 2):
        yield from _step(number, step)
    yield f"{len(todo) + 2}. [ ] **Reload the page and compare every value.** What was typed is not what counts."
    confirm = code(f"provisioner attest {app.environment}/{app.name}")
    yield f"{len(todo) + 3}. [ ] **Confirm what it shows,** and commit the file: {confirm}"


def attested(by: Attested) -> str:
    """Who looked at the console and how long ago: what a plan was compared with."""
    days = by.age.days
    age = "today" if not days else "yesterday" if days == 1 else f"{days} days ago"
    return f"compared with what {by.who} confirmed {age}; counts until {by.expires.date().isoformat()}"


def _assumed(labels: ConsoleLabels) -> bool:
    return labels.application_grade is Grade.ASSUMED


def _step(number: int, step: Step) -> Iterator[str]:
    indent = " " * len(f"{number}. ")  # what belongs to a list item stands below its first word
    yield f"{number}. [ ] **{escape(step.title)}.** {step.why}"
    if step.rows:
        yield ""
        head = ("In the console", "In the specs", "Now", "Set to")
        yield from (indent + line for line in table(head, [_cells(row) for row in step.rows]))
    if step.empty:
        yield from ("", f"{indent}Leave empty: {', '.join(map(escape, step.empty))}.")
    yield ""


def _cells(row: Row) -> Sequence[str]:
    now = "unknown" if row.now is None else code(row.now)
    return escape(row.label) + (" (?)" if row.assumed else ""), code(short(row.path)), now, code(row.to)
