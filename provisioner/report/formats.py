"""The forms in which plans are shown, by the word that `--format` takes. Each is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provisioner.report.reading import PlanReading

View = Callable[[Sequence[PlanReading]], str]


def _markdown(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.comment import render_comment

    return render_comment(plans)


def _step_summary(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.comment import STEP_SUMMARY, render_comment

    return render_comment(plans, STEP_SUMMARY)


FORMATS: dict[str, View] = {
    "markdown": _markdown,
    "step-summary": _step_summary,
}
