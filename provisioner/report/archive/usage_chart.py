"""Recorded minutes as a picture, PNG or SVG: the same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from provisioner.archive.minutes.usage_period import ZONE
from provisioner.recording.minutes import KINDS, total
from provisioner.report.archive.day_bars import draw_figure, dress, explain, head
from provisioner.report.archive.usage import ApplicationUsage, UsageReport, trend, without

# Okabe and Ito's palette: told apart also by people who do not see all colours.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
_REST = "#B0B7BF"
_WIDE = 62
"""Days up to which bars stand apart; more of them would flicker."""

_Series = tuple[str, str, list[float]]
"""A name, its colour, and minutes by day."""


def draw(report: UsageReport, form: str) -> bytes:
    """Stacked bars by day, of applications or, of a single one, of kinds; `form` is png or svg."""
    return draw_figure(lambda figure: _paint(figure, report), form, "usage")


def _paint(figure: Any, report: UsageReport) -> None:
    axes = figure.add_subplot()
    days = list(report.period)
    below = [0.0] * len(days)
    for name, colour, minutes in _series(report, days):
        label = f"{name}  {sum(minutes):,.0f}"
        axes.bar(
            days, minutes, bottom=below, width=0.82 if len(days) <= _WIDE else 1, color=colour, label=label, linewidth=0
        )
        below = [low + more for low, more in zip(below, minutes, strict=True)]
    top = max(below, default=0) or 1
    axes.set_ylim(0, top * 1.12)
    _mark_unknown(axes, report, days)
    dress(axes, days, "minutes a day")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 10 else f"{value:g}")
    _title(figure, report)
    explain(axes)


def _series(report: UsageReport, days: Sequence[date]) -> list[_Series]:
    if len(report.applications) == 1:
        return _by_kind(report.applications[0], days)
    return _by_application(report, days)


def _by_kind(entry: ApplicationUsage, days: Sequence[date]) -> list[_Series]:
    kinds = [kind for kind in KINDS if kind in entry.usage.minutes]
    colours = [*_COLOURS, *[_REST] * len(kinds)]
    return [
        (str(kind), colour, [entry.usage.days.get(day, {}).get(kind, 0) for day in days])
        for kind, colour in zip(kinds, colours, strict=False)
    ]


def _by_application(report: UsageReport, days: Sequence[date]) -> list[_Series]:
    """The applications that recorded most, each in a colour, and all others together."""
    ranked = sorted(report.applications, key=lambda entry: (-total(entry.usage.minutes), entry.application.name))
    ranked = [entry for entry in ranked if entry.usage.minutes]
    first, rest = ranked[: len(_COLOURS)], ranked[len(_COLOURS) :]
    series = [
        (entry.application.name, colour, _totals(entry, days)) for entry, colour in zip(first, _COLOURS, strict=False)
    ]
    if rest:
        sums = [sum(column) for column in zip(*(_totals(entry, days) for entry in rest), strict=True)]
        series.append((f"{len(rest)} others", _REST, sums))
    return series


def _totals(entry: ApplicationUsage, days: Sequence[date]) -> list[float]:
    return [total(entry.usage.days.get(day, {})) for day in days]


def _mark_unknown(axes: Any, report: UsageReport, days: Sequence[date]) -> None:
    """A hatched column wherever something is unknown: an empty one would say that nothing was recorded."""
    usage = report.seen
    unknown = [day for day in days if not usage.whole(day)]
    if unknown:
        _, top = axes.get_ylim()
        axes.bar(
            unknown,
            [top] * len(unknown),
            width=1,
            facecolor="none",
            edgecolor="#C3C9D0",
            hatch="///",
            linewidth=0,
            label="something unknown",
            zorder=0,
        )


def _title(figure: Any, report: UsageReport) -> None:
    one = report.applications[0].application.name if len(report.applications) == 1 else ""
    whose = f"{report.environment}/{one}" if one else report.environment
    title = f"{whose}: {_amount(report)}"
    note = f"{report.period}, days of {ZONE}{without(report.lacking)}; {report.source}"
    head(figure, title, note)


def _amount(report: UsageReport) -> str:
    """How much was recorded, and against the time before where that is known."""
    usage, before, days = report.usage, report.before, len(report.period)
    now = total(usage.minutes)
    if not usage.known:
        return "recorded minutes unknown"
    if not (usage.complete and before.complete):
        return f"{'' if usage.complete else 'at least '}{now:,.0f} minutes recorded"
    then = "the day before" if days == 1 else f"the {days} days before"
    compared = trend(now, total(before.minutes))
    words = {"new": f"none in {then}", "same": f"as many as in {then}"}.get(compared, f"{compared} against {then}")
    return f"{now:,.0f} minutes recorded, {words}"
