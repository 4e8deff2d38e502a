"""Rooms by day as a picture, PNG or SVG: what became of them. The same report gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from provisioner.archive.coverage.room_coverage import CoverageVerdict
from provisioner.report.archive.coverage_summary import CoverageSummary, share

# Okabe and Ito's palette: told apart also by people who do not see all colours.
_COLOURS = {
    CoverageVerdict.RECORDED: "#009E73",
    CoverageVerdict.PARTLY: "#E69F00",
    CoverageVerdict.NOT_RECORDED: "#D55E00",
    CoverageVerdict.UNKNOWN: "#5B6570",
    CoverageVerdict.NOT_YET: "#56B4E9",
    CoverageVerdict.NOT_MEANT: "#B0B7BF",
}
_QUIET = "#5B6570"
_INCHES = (10.0, 4.6)
_MOST_DATES = 10


def draw_coverage(summary: CoverageSummary, form: str) -> bytes:
    """Stacked bars by day of creation (UTC), a colour for each verdict; `form` is png or svg."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    out = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "coverage", "svg.fonttype": "none", "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=_INCHES, layout="constrained")
        FigureCanvasAgg(figure)
        _paint(figure, summary)
        metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, dpi=144, metadata=metadata)
    return out.getvalue()


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
    _dress(axes, days)
    names = [app.name for app in summary.report.query.applications]
    whose = f"{summary.report.environment}/{names[0]}" if len(names) == 1 else summary.report.environment
    figure.suptitle(f"{whose}: {share(whole)}", x=0.01, ha="left", fontsize=13, fontweight="bold")
    note = f"rooms created {summary.span}, days of UTC; {summary.report.source}"
    figure.supxlabel(note, x=0.01, ha="left", fontsize=8, color=_QUIET)
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=9)


def _days(summary: CoverageSummary) -> list[date]:
    query = summary.report.query
    count = (query.until.date() - query.since.date()).days + 1
    return [query.since.date() + timedelta(days=number) for number in range(count)]


def _dress(axes: Any, days: Sequence[date]) -> None:
    axes.margins(x=0.02 if len(days) > 3 else 0.6)  # a single day would be as wide as the page
    told = days[:: -(-len(days) // _MOST_DATES)]
    axes.set_xticks(told, labels=[f"{day.day} {day:%b}" for day in told])
    axes.set_ylabel("rooms a day", color=_QUIET)
    axes.grid(axis="y", color="#E4E7EB", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_QUIET, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#C3C9D0")
