"""Rooms by day as a picture, PNG or SVG: what became of them. The same report gives the same bytes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from provisioner.archive.coverage.room_coverage import CoverageVerdict
from provisioner.report.archive.coverage_summary import CoverageSummary, share
from provisioner.report.archive.day_bars import draw_figure, dress, explain, head

# Okabe and Ito's palette: told apart also by people who do not see all colours.
_COLOURS = {
    CoverageVerdict.RECORDED: "#009E73",
    CoverageVerdict.PARTLY: "#E69F00",
    CoverageVerdict.NOT_RECORDED: "#D55E00",
    CoverageVerdict.UNKNOWN: "#5B6570",
    CoverageVerdict.NOT_YET: "#56B4E9",
    CoverageVerdict.NOT_MEANT: "#B0B7BF",
}


def draw_coverage(summary: CoverageSummary, form: str) -> bytes:
    """Stacked bars by day of creation (UTC), a colour for each verdict; `form` is png or svg."""
    return draw_figure(lambda figure: _paint(figure, summary), form, "coverage")


def _paint(figure: Any, summary: CoverageSummary) -> None:
    axes, whole = figure.add_subplot(), summary.whole
    days = _days(summary)
    below = [0] * len(days)
    for verdict, colour in _COLOURS.items():
        counts = [whole.days[day][verdict] if day in whole.days else 0 for day in days]
        if any(counts):
            label = f"{verdict.words}  {sum(counts):,}"
            axes.bar(days, counts, bottom=below, width=0.82, color=colour, label=label, linewidth=0)
            below = [low + more for low, more in zip(below, counts, strict=True)]
    axes.set_ylim(0, (max(below, default=0) or 1) * 1.12)
    dress(axes, days, "rooms a day")
    names = [app.name for app in summary.report.query.applications]
    whose = f"{summary.report.environment}/{names[0]}" if len(names) == 1 else summary.report.environment
    note = f"rooms created {summary.span}, days of UTC; {summary.report.source}"
    head(figure, f"{whose}: {share(whole)}", note)
    explain(axes)


def _days(summary: CoverageSummary) -> list[date]:
    query = summary.report.query
    count = (query.until.date() - query.since.date()).days + 1
    return [query.since.date() + timedelta(days=number) for number in range(count)]
