"""The forms in which plans are shown, by the word that `--format` takes. Each is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from provisioner.report.plan.plan_view import PlanView
from provisioner.report.plan.repository_paths import plan_from_root
from provisioner.report.text.json_text import json_text

View = Callable[[Sequence[PlanView]], str]


def render(form: str, plans: Sequence[PlanView], below: str) -> str:
    """The plans in the form of FORMATS, with paths that begin at the repository's root: forges read them.

    `below` is the project's folder there, `''` or such as `infra/rec/`.
    """
    return FORMATS[form]([plan_from_root(plan, below) for plan in plans])


def _markdown(plans: Sequence[PlanView]) -> str:
    from provisioner.report.plan.comment import render_comment

    return render_comment(plans)


def _step_summary(plans: Sequence[PlanView]) -> str:
    from provisioner.report.plan.comment import STEP_SUMMARY, render_comment

    return render_comment(plans, STEP_SUMMARY)


def _html(plans: Sequence[PlanView]) -> str:
    from provisioner.report.plan.html import render_page

    return render_page(plans)


def _json(plans: Sequence[PlanView]) -> str:
    from provisioner.report.plan.report_json import summary

    return json_text(summary(plans))


def _github(plans: Sequence[PlanView]) -> str:
    from provisioner.report.plan.github_annotations import render_risks

    return render_risks(plans)


def _sarif(plans: Sequence[PlanView]) -> str:
    from provisioner.report.plan.risks import all_findings
    from provisioner.report.plan.sarif import sarif
    from provisioner.specs.rules import RULES
    from provisioner.specs.rules.plugins import team_rules

    rules = {**RULES, **{rule.id: rule for rule in team_rules(RULES)}}
    return json_text(sarif(all_findings(plans), rules))


def _junit(plans: Sequence[PlanView]) -> str:
    from provisioner.report.plan.junit import render_junit

    return render_junit(plans)


def _code_quality(plans: Sequence[PlanView]) -> str:
    from provisioner.report.plan.gitlab_artifacts import code_quality

    return json_text(code_quality(plans))


def _terraform(plans: Sequence[PlanView]) -> str:
    from provisioner.report.plan.gitlab_artifacts import terraform_counts

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
