"""Every room accounted for, as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.archive.coverage.coverage_totals import CoverageTotals, ObjectiveVerdict, ReasonCount
from provisioner.archive.coverage.room_coverage import CoverageVerdict, RoomCoverage
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.recording.minutes import total
from provisioner.report.archive.coverage_summary import CoverageSummary, address, share
from provisioner.report.text.amounts import counted
from provisioner.report.text.columns import aligned, hanging
from provisioner.report.text.markdown import code, escape
from provisioner.report.text.style import Style, plain

_ROLES = {
    CoverageVerdict.RECORDED: "good",
    CoverageVerdict.PARTLY: "warning",
    CoverageVerdict.NOT_RECORDED: "danger",
    CoverageVerdict.NOT_YET: "quiet",
    CoverageVerdict.NOT_MEANT: "quiet",
    CoverageVerdict.UNKNOWN: "warning",
}
_VERDICTS = {
    ObjectiveVerdict.MET: ("met", "good"),
    ObjectiveVerdict.MISSED: ("MISSED", "danger"),
    ObjectiveVerdict.UNKNOWN: ("UNKNOWN", "warning"),
}
_MOST_GAPS = 5
_WIDTH = 80


def render_coverage(summary: CoverageSummary, style: Style = plain) -> str:
    """A block for each application: the share, rooms by verdict, and reasons with the first rooms of each."""
    report = summary.report
    lines = [style(printable(f"{report.environment} on the {report.source}"), "title"), f"rooms created {summary.span}"]
    for app in report.query.applications:
        lines += ["", *_application(app, summary, style)]
    lines += ["", *(style(line, "warning") for remark in remarks(summary) for line in hanging("", remark))]
    whole = summary.whole
    lines.append(style(f"{report.environment}: {share(whole)}.", "title"))
    if (judged := summary.judged) and summary.objective:
        word, role = _VERDICTS[judged[0]]
        lines.append(style(f"Objective {summary.objective}: {word}; {judged[1]}.", role))
    return "\n".join(lines) + "\n"


def _application(app: Application, summary: CoverageSummary, style: Style) -> Iterator[str]:
    totals = summary.totals[app.sdk_app_id]
    yield f"{style(app.name, 'title')} ({app.sdk_app_id}): {share(totals)}"
    shown = [verdict for verdict in CoverageVerdict if totals.verdicts[verdict]]
    if not shown:
        return
    rows = [(f"  {verdict.words}", f"{totals.verdicts[verdict]:,}") for verdict in shown]
    width = max(len(count) for _, count in rows)
    for verdict, line in zip(shown, aligned([(word, count.rjust(width)) for word, count in rows]), strict=True):
        yield style(line, _ROLES[verdict])
    for reason in totals.worst_first():
        yield from _reason(reason, style)
    usage = summary.report.minutes[app.sdk_app_id]
    if usage.known:
        least = "" if usage.complete else "at least "
        yield style(f"  {least}{total(usage.minutes):,.1f} recorded minutes were counted", "quiet")


def _reason(reason: ReasonCount, style: Style) -> Iterator[str]:
    first = reason.examples[0]
    told = printable(f"{reason.verdict.words}, {counted(reason.count, 'room')}: {first.reason}")
    head, *more = hanging("  ", told, _WIDTH - 2)
    yield from (style(line, _ROLES[reason.verdict]) for line in (head, *(f"  {line}" for line in more)))
    if reason.verdict is CoverageVerdict.NOT_MEANT:
        return
    for room in reason.examples:
        own = f": {room.reason}" if room.reason != first.reason else ""
        yield printable(f"      room {room.room}, {room.created:%Y-%m-%d %H:%M}Z{_length(room)}{own}")
    if reason.count > len(reason.examples):
        yield f"      and {reason.count - len(reason.examples):,} more"


def _length(room: RoomCoverage) -> str:
    if room.ended is None:
        return ""
    minutes = round((room.ended - room.created).total_seconds() / 60)
    return f", {counted(minutes, 'minute')}"


def remarks(summary: CoverageSummary) -> Iterator[str]:
    """What could not be asked, in sentences."""
    report, names = summary.report, {app.sdk_app_id: app.name for app in summary.report.query.applications}
    for gap in report.gaps[:_MOST_GAPS]:
        span = f"{timestamp(gap.since)} to {timestamp(gap.until)}"
        yield printable(f"{names[gap.sdk_app_id]}: no list of rooms of {span}: {gap.why.reason}.")
    if len(report.gaps) > _MOST_GAPS:
        yield f"And {len(report.gaps) - _MOST_GAPS:,} more times without a list of rooms."
    for number, reason in report.query.unread.items():
        yield printable(f"{names[number]}: what the console shows now is not known: {reason}.")
    for number, why in report.missing.items():
        yield printable(f"{names[number]}: files cannot be listed: {why.reason}.")
    for number, usage in report.minutes.items():
        if not usage.complete:
            which = " of all days" if usage.known else ""
            yield printable(f"{names[number]}: minutes are not known{which}: {usage.gaps[0].why.reason}.")
    if report.unheard:
        yield printable(f"The controller's callbacks are not known: {report.unheard.reason}.")
    if report.unreadable:
        first = f", the first in {report.findings[0].where}: {report.findings[0].message}" if report.findings else ""
        yield printable(f"Lines of the inbox that cannot be read: {report.unreadable:,}{first}.")


def coverage_markdown(summary: CoverageSummary) -> str:
    """The same for a comment, an issue or a page: a table of applications, then reasons. Every value is escaped."""
    report = summary.report
    told = f"{escape(share(summary.whole))}. Rooms created {summary.span}, on the {escape(report.source)}."
    lines = [f"## Rooms recorded: {escape(report.environment)}", "", told]
    if (judged := summary.judged) and summary.objective:
        lines += ["", f"**Objective {summary.objective}: {_VERDICTS[judged[0]][0]}**; {escape(judged[1])}."]
    heads = [verdict.words for verdict in CoverageVerdict]
    lines += ["", f"| application | share | {' | '.join(heads)} |", f"|---|---:|{'---:|' * len(heads)}"]
    for app in report.query.applications:
        totals = summary.totals[app.sdk_app_id]
        percent = "unknown" if totals.percent is None else f"{totals.percent} %"
        counts = " | ".join(f"{totals.verdicts[verdict]:,}" for verdict in CoverageVerdict)
        lines.append(f"| {code(address(app))} | {percent} | {counts} |")
    lines += [*_reasons(summary), *(f"- {escape(line)}" for line in remarks(summary))]
    return "\n".join(lines) + "\n"


def _reasons(summary: CoverageSummary) -> Iterator[str]:
    yield ""
    for app in summary.report.query.applications:
        totals: CoverageTotals = summary.totals[app.sdk_app_id]
        for reason in totals.worst_first():
            first = reason.examples[0]
            rooms = ", ".join(code(room.room) for room in reason.examples)
            more = f" and {reason.count - len(reason.examples):,} more" if reason.count > len(reason.examples) else ""
            told = f"{reason.verdict.words}, {counted(reason.count, 'room')}: {first.reason}"
            yield f"- {code(address(app))}: {escape(told)} ({rooms}{more})"


def coverage_issue(summary: CoverageSummary, run: str, limit: int) -> str:
    """The issue about a missed objective, in at most `limit` bytes; `run` is the address of the CI job's page."""
    name, judged = summary.report.environment, summary.judged
    if judged is None or judged[0] is not ObjectiveVerdict.MISSED:
        return f"Rooms of {code(name)} are recorded again as its objective asks: [this job]({run}). Closed."
    shows = code(f"provisioner coverage {name} --format csv")
    tail = f"\n{shows} has every room. This issue closes itself when the objective is met.\n"
    kept: list[str] = []
    left = limit - len(tail.encode()) - 200
    lines = coverage_markdown(summary).splitlines()
    for number, line in enumerate(lines):
        left -= len(line.encode()) + 1
        if left < 0:
            kept.append(f"\n… and {len(lines) - number:,} lines more")
            break
        kept.append(line)
    return "\n".join(kept) + "\n" + tail
