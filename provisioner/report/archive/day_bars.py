"""Bars by day as a picture, PNG or SVG: the frame of every chart. The same data gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

_QUIET = "#5B6570"
_INCHES = (10.0, 4.6)
_MOST_DATES = 10


def draw_figure(paint: Callable[[Any], None], form: str, salt: str) -> bytes:
    """What `paint` does to a figure, as `form` png or svg. Without a `salt` the ids inside an SVG are random."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    out = io.BytesIO()
    # Without text as text nobody can search an SVG.
    with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": "none", "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=_INCHES, layout="constrained")
        FigureCanvasAgg(figure)
        paint(figure)
        metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, dpi=144, metadata=metadata)
    return out.getvalue()


def dress(axes: Any, days: Sequence[date], label: str) -> None:
    """Dates below, `label` beside, a grid behind, and no frame."""
    axes.margins(x=0.02 if len(days) > 3 else 0.6)  # a single day would be as wide as the page
    told = days[:: -(-len(days) // _MOST_DATES)]
    axes.set_xticks(told, labels=[f"{day.day} {day:%b}" for day in told])
    axes.set_ylabel(label, color=_QUIET)
    axes.grid(axis="y", color="#E4E7EB", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_QUIET, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#C3C9D0")


def head(figure: Any, title: str, note: str) -> None:
    """What the picture says, above it, and how it was counted, below."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold")
    figure.supxlabel(note, x=0.01, ha="left", fontsize=8, color=_QUIET)


def explain(axes: Any) -> None:
    """The legend, in the order in which the bars are stacked; none where nothing was drawn."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=9)
