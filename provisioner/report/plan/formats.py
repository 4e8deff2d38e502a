"""The forms in which plans are shown, by the word that `--format` takes. Each is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from provisioner.report.json_text import json_text
from provisioner.report.reading import PlanReading

View = Callable[[Sequence[PlanReading]], str]


def _markdown(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.comment import render_comment

    return render_comment(plans)


def _step_summary(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.comment import STEP_SUMMARY, render_comment

    return render_comment(plans, STEP_SUMMARY)


def _html(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.page import render_page

    return render_page(plans)


def _json(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.summary import summary

    return json_text(summary(plans))


def _github(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.github import render_risks

    return render_risks(plans)


def _sarif(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.risks import all_findings
    from provisioner.report.sarif import sarif
    from provisioner.specs.rules import RULES
    from provisioner.specs.rules.plugins import team_rules

    rules = {**RULES, **{rule.id: rule for rule in team_rules(RULES)}}
    return json_text(sarif(all_findings(plans), rules))


def _junit(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.junit import render_junit

    return render_junit(plans)


def _code_quality(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.gitlab import code_quality

    return json_text(code_quality(plans))


def _terraform(plans: Sequence[PlanReading]) -> str:
    from provisioner.report.gitlab import terraform_counts

    return json_text(terraform_counts(plans))


FORMATS: Mapping[str, View] = {
    "markdown": _markdown,
    "step-summary": _step_summary,
    "html": _html,
    "json": _json,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "codequality": _code_quality,
    "terraform": _terraform,
}
