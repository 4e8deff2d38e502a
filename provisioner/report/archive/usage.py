"""Recorded minutes as text, JSON and CSV. An unknown figure is shown with its reason, never as 0."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from provisioner.archive.minutes.record_statistic import StatisticSeconds
from provisioner.archive.minutes.usage import Usage, UsageGap, joined
from provisioner.archive.minutes.usage_period import ZONE, Period
from provisioner.archive.unknown import Unknown
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.recording.minutes import KINDS, STREAMS, WORDS, MinuteKind, Minutes, total
from provisioner.recording.prices import Cost, Prices
from provisioner.report.text.columns import aligned, room
from provisioner.report.text.style import Style, plain


@dataclass(frozen=True, slots=True)
class ApplicationUsage:
    """One application's minutes in a period and in the equally long time before, and the site's other count."""

    application: Application
    usage: Usage
    before: Usage
    statistic: Mapping[date, StatisticSeconds] | Unknown


@dataclass(frozen=True, slots=True)
class UsageReport:
    """An environment's recorded minutes; `source` names who answered. Without `prices` there is no money.

    `growing`: the last day was not over when the service was asked.
    """

    environment: str
    source: str
    period: Period
    applications: tuple[ApplicationUsage, ...]
    prices: Prices | None = None
    growing: bool = False

    @property
    def usage(self) -> Usage:
        """Of all applications together."""
        return joined(self.period, [entry.usage for entry in self.applications])

    @property
    def before(self) -> Usage:
        """Of all applications together, in the time before."""
        return joined(self.period.before(), [entry.before for entry in self.applications])

    @property
    def lacking(self) -> tuple[str, ...]:
        """Applications of which nothing is known; none where nothing is known of any."""
        unknown = tuple(entry.application.name for entry in self.applications if not entry.usage.known)
        return unknown if len(unknown) < len(self.applications) else ()

    @property
    def seen(self) -> Usage:
        """Of all applications but those that are lacking."""
        usages = [entry.usage for entry in self.applications if entry.application.name not in self.lacking]
        return joined(self.period, usages)


def without(names: Sequence[str]) -> str:
    """The applications whose minutes are missing in a figure: `, without support-desk`."""
    if not names:
        return ""
    return f", without {names[0] if len(names) == 1 else f'{len(names)} applications'}"


def trend(now: float, before: float) -> str:
    """How much more or less: `+12 %`."""
    if not before:
        return "new" if now else "same"
    change = round(100 * (now - before) / before)
    return f"{change:+d} %" if change else "same"


# Text


def render_usage(report: UsageReport, style: Style = plain) -> str:
    """A table of applications, a table of days, what is unknown and why."""
    lines = [style(f"{report.environment} on the {printable(report.source)}", "title")]
    lines += [f"Recorded minutes, {report.period}, days of {ZONE}", ""]
    lines.extend(_applications(report, style))
    lines.extend(_days(report, style))
    if report.growing:
        lines += ["", style(f"{report.period.last} is not over: its minutes still grow.", "warning")]
    lines.extend(_unknown(report, style))
    lines.extend(_statistics(report))
    if report.prices:
        lines += ["", *_prices(report.prices, report.usage.minutes, style)]
    return "\n".join(lines) + "\n"


def _applications(report: UsageReport, style: Style) -> Iterator[str]:
    recorded = report.usage.minutes
    kinds = [kind for kind in KINDS if kind in recorded]
    head = ["application", *map(str, kinds), "total", "before", "trend"]
    rows = [_row(entry, kinds, report.prices) for entry in report.applications]
    if len(rows) > 1:
        rows.append(_total_row(report, kinds))
    yield from _table([head + ["cost"] * bool(report.prices), *rows], style)


def _row(entry: ApplicationUsage, kinds: Sequence[MinuteKind], prices: Prices | None) -> list[str]:
    name = f"{entry.application.name} ({entry.application.sdk_app_id})"
    return [name, *_figures(entry.usage, entry.before, kinds, prices)]


def _figures(usage: Usage, before: Usage, kinds: Sequence[MinuteKind], prices: Prices | None) -> Iterator[str]:
    yield from (_kind_cell(usage, kind) for kind in kinds)
    yield from (_sum(usage), _sum(before))
    known = usage.complete and before.complete
    yield trend(total(usage.minutes), total(before.minutes)) if known else "unknown"
    if prices:
        cost = prices.cost(usage.minutes)
        least = "≥ " if cost.unpriced or not usage.complete else ""
        yield f"{least}{cost.amount:,} {cost.currency}" if usage.known and cost.amount is not None else "unknown"


def _total_row(report: UsageReport, kinds: Sequence[MinuteKind]) -> list[str]:
    return ["all", *_figures(report.usage, report.before, kinds, report.prices)]


def _kind_cell(usage: Usage, kind: MinuteKind) -> str:
    partly = any(gap.streams == kind.streams for gap in usage.gaps)
    if kind in usage.minutes:
        return f"{'≥ ' if partly else ''}{usage.minutes[kind]:,.1f}"
    return "?" if partly else "-"


def _sum(usage: Usage) -> str:
    if not usage.known:
        return "unknown"
    return f"{'' if usage.complete else '≥ '}{total(usage.minutes):,.1f}"


_WIDEST = 30
"""Columns of the longest bar."""


def _days(report: UsageReport, style: Style) -> Iterator[str]:
    usage = report.seen
    sums = {day: total(minutes) for day, minutes in usage.days.items()}
    most = max(sums.values(), default=0)
    rows = [["day", "minutes", without(report.lacking).removeprefix(", ")]]
    for day in report.period:
        if day not in sums:
            rows.append([str(day), "unknown", ""])
            continue
        bar = "█" * max(round(sums[day] / most * _WIDEST), 1) if sums[day] else ""
        rows.append([str(day), f"{sums[day]:,.1f}", bar if usage.whole(day) else f"{bar} and more, unknown"])
    yield ""
    yield from _table(rows, style, bars=True)


def _unknown(report: UsageReport, style: Style) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for entry in report.applications:
        for gap in dict.fromkeys((*entry.usage.gaps, *entry.before.gaps)):
            told = f"{entry.application.name}, {gap.streams} streams, {gap.period}"
            reasons.setdefault(gap.why.reason, []).append(told)
    for reason, places in reasons.items():
        yield ""
        yield style(f"Unknown, which is not 0: {printable(reason)}", "warning")
        yield from (f"    {place}" for place in places[:_FEW])
        if len(places) > _FEW:
            yield f"    and {len(places) - _FEW} more"


_FEW = 6
"""How many places of one reason are named."""


def _statistics(report: UsageReport) -> Iterator[str]:
    told = [entry for entry in report.applications if not isinstance(entry.statistic, Unknown)]
    if told:
        yield from ("", "DescribeRecordStatistic, which counts every stream, in minutes:")
        for entry in told:
            sums = ", ".join(f"{name} {seconds / 60:,.1f}" for name, seconds in _classes(entry.statistic).items())
            yield f"    {entry.application.name}  {sums}"
    reasons = {entry.statistic.reason: None for entry in report.applications if isinstance(entry.statistic, Unknown)}
    yield from (f"\nNo second count: {printable(reason)}." for reason in reasons)


def _classes(statistic: Mapping[date, StatisticSeconds] | Unknown) -> dict[str, int]:
    sums: dict[str, int] = {}
    for seconds in () if isinstance(statistic, Unknown) else statistic.values():
        for name, amount in seconds.items():
            sums[name] = sums.get(name, 0) + amount
    return sums


def _table(rows: Sequence[Sequence[str]], style: Style, *, bars: bool = False) -> Iterator[str]:
    """Numbers to the right under a head; the first column, and with `bars` the last, to the left."""
    last = len(rows[0]) - 1
    columns = list(zip(*rows, strict=True))
    padded = [
        column if not number or (bars and number == last) else _to_the_right(column)
        for number, column in enumerate(columns)
    ]
    head, *body = (line.rstrip() for line in aligned(list(zip(*padded, strict=True))))
    yield style(head, "title")
    yield from body


def _to_the_right(column: Sequence[str]) -> tuple[str, ...]:
    wide = max(map(room, column))
    return tuple(" " * (wide - room(cell)) + cell for cell in column)


def _prices(prices: Prices, minutes: Minutes, style: Style) -> Iterator[str]:
    if unpriced := prices.cost(minutes).unpriced:
        yield style(f"No price for {', '.join(map(str, unpriced))}: it is in no cost", "warning")
    yield printable(f"Prices: {prices.source}, {prices.dated} ({prices.where.file})")


# JSON


def usage_document(report: UsageReport) -> dict[str, Any]:
    """Minutes by streams, then by size of picture; null where nothing is known."""
    return {
        "usageVersion": 1,
        "environment": report.environment,
        "source": report.source,
        "from": str(report.period.first),
        "to": str(report.period.last),
        "zone": str(ZONE),
        "growing": report.growing,
        "applications": [_application(entry, report.prices) for entry in report.applications],
        "totals": _figures_document(report.usage, report.before, report.prices),
        "prices": _listed(report.prices) if report.prices else None,
    }


def _application(entry: ApplicationUsage, prices: Prices | None) -> dict[str, Any]:
    usage, app = entry.usage, entry.application
    return {
        "name": app.name,
        "sdkAppId": app.sdk_app_id,
        **_figures_document(usage, entry.before, prices),
        "days": [
            {"day": str(day), "minutes": _nested(usage.days[day]) if day in usage.days else None}
            for day in usage.period
        ],
        "unknown": [_gap(gap) for gap in usage.gaps],
        "statistic": _statistic(entry.statistic),
    }


def _figures_document(usage: Usage, before: Usage, prices: Prices | None) -> dict[str, Any]:
    return {
        "minutes": _nested(usage.minutes) if usage.known else None,
        "total": total(usage.minutes) if usage.known else None,
        "complete": usage.complete,
        "before": total(before.minutes) if before.complete else None,
        "cost": _money(prices.cost(usage.minutes)) if prices and usage.known else None,
    }


def _nested(minutes: Minutes) -> dict[str, dict[str, float]]:
    return {
        streams: {WORDS[kind.tier]: amount for kind, amount in minutes.items() if kind.streams == streams}
        for streams in STREAMS
    }


def _gap(gap: UsageGap) -> dict[str, str]:
    dates = {"from": str(gap.period.first), "to": str(gap.period.last)}
    return {**dates, "streams": gap.streams, "cause": gap.why.cause.value, "reason": gap.why.reason}


def _statistic(statistic: Mapping[date, StatisticSeconds] | Unknown) -> dict[str, Any]:
    if isinstance(statistic, Unknown):
        return {"unknown": statistic.cause.value, "reason": statistic.reason}
    return {"days": [{"day": str(day), "seconds": dict(seconds)} for day, seconds in statistic.items()]}


def _money(cost: Cost) -> dict[str, Any]:
    amount = None if cost.amount is None else str(cost.amount)
    return {"amount": amount, "currency": cost.currency, "unpriced": [str(kind) for kind in cost.unpriced]}


def _listed(prices: Prices) -> dict[str, str]:
    return {"file": prices.where.file, "source": prices.source, "date": str(prices.dated), "basis": prices.basis}


# CSV


def usage_csv(report: UsageReport) -> str:
    """A row for each application, day and kind. A day without minutes has one row of 0; an unknown one has none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("day", "application", "sdkAppId", "streams", "kind", "minutes", "unknown"))
    for entry in report.applications:
        writer.writerows(_csv_rows(entry))
    return out.getvalue()


def _csv_rows(entry: ApplicationUsage) -> Iterable[tuple[object, ...]]:
    who = (entry.application.name, entry.application.sdk_app_id)
    for day in entry.usage.period:
        for kind, minutes in entry.usage.days.get(day, {}).items():
            yield day, *who, kind.streams, WORDS[kind.tier], minutes, ""
        gaps = [gap for gap in entry.usage.gaps if day in gap.period]
        for gap in gaps:
            yield day, *who, gap.streams, "", "", gap.why.cause.value
        if not gaps and not entry.usage.days[day]:
            yield day, *who, "", "", 0, ""
