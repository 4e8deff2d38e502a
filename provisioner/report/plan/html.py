"""Plans as one self-contained HTML page, without scripts, fonts and requests, to read, print and archive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Layer
from provisioner.recording.paths import short
from provisioner.report.plan.grouping import drifted, every_field, proposed, spec_warnings, unverified
from provisioner.report.plan.guardrail_view import broken_words
from provisioner.report.plan.plan_values import HIDDEN
from provisioner.report.plan.plan_view import FieldChange, PlanView
from provisioner.report.plan.present_words import PRESENT_ABOUT, PRESENT_TITLE
from provisioner.report.plan.risks import removal, risks, states
from provisioner.report.plan.wording import (
    GUARDRAILS,
    UNLISTED,
    UNVERIFIED,
    cause_words,
    causes_unknown,
    changed_words,
    confirmed_words,
    console_not_read,
    cost_words,
    drift_about,
    drift_title,
    drifted_words,
    headline,
    severity_word,
    usage_words_of_all,
)
from provisioner.report.text.amounts import counted
from provisioner.report.text.moments import minute

CSS = resources.files("provisioner.report.plan").joinpath("plan.css")


def render_html(plans: Sequence[PlanView]) -> str:
    """The whole page. Nothing is left out, whatever the number of applications."""
    known = (
        words
        for plan in plans
        for words in (console_not_read(plan), changed_words(plan), causes_unknown(plan), *broken_words(plan.guardrails))
    )
    return (
        _environment()
        .get_template("plan.html.j2")
        .render(
            plans=plans,
            states=states(plans),
            risks=risks(plans),
            headline=headline(plans),
            caveats=list(dict.fromkeys(words for words in known if words)),
            css=Markup(CSS.read_text("utf-8")),  # a file of this package: it holds no value of a plan
        )
    )


@cache
def _environment() -> Environment:
    environment = page_templates("provisioner.report.plan")
    environment.globals.update(
        causes_of=_causes_of,
        PRESENT_ABOUT=PRESENT_ABOUT,
        PRESENT_TITLE=PRESENT_TITLE,
        GUARDRAILS=GUARDRAILS,
        UNLISTED=UNLISTED,
        UNVERIFIED=UNVERIFIED,
        HIDDEN=HIDDEN,
        SCHEMA=Layer.SCHEMA,
    )
    environment.filters.update(
        causes=cause_words,
        confirmed=confirmed_words,
        cost=cost_words,
        drift_about=drift_about,
        drift_title=drift_title,
        drifted_words=drifted_words,
        drifted=drifted,
        every_field=every_field,
        minute=minute,
        proposed=proposed,
        recorded=usage_words_of_all,
        removal=removal,
        severity=severity_word,
        short=short,
        spec_warnings=spec_warnings,
        unverified=unverified,
    )
    return environment


def page_templates(package: str) -> Environment:
    """The templates of a package: every value in them is escaped, and one that is missing is an error."""
    environment = Environment(
        loader=PackageLoader(package, "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = counted
    return environment


def _visible(value: Any) -> Any:
    """Makes control characters visible in every value, before jinja escapes it."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _causes_of(changes: Iterable[FieldChange]) -> str:
    return cause_words(cause for change in changes for cause in change.causes)
