"""Plans as one HTML page that needs nothing else: no script, no font, no request. It reads, prints and archives."""

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
from provisioner.report.plan.grouping import drifted, every_field, notes, proposed, unverified
from provisioner.report.plan.plan_view import HIDDEN, Change, PlanView
from provisioner.report.plan.risks import removal, risks
from provisioner.report.plan.wording import (
    DRIFT,
    UNSEEN,
    cause_words,
    confirmed_words,
    cost_words,
    counted,
    headline,
    minute,
    recorded_words,
    severity_word,
    unread,
    without_causes,
)

_CSS = resources.files("provisioner.report.plan").joinpath("plan.css")


def render_page(plans: Sequence[PlanView]) -> str:
    """The whole page. Nothing is left out, whatever the number of applications."""
    known = (words for plan in plans for words in (unread(plan), without_causes(plan)))
    return (
        _environment()
        .get_template("plan.html.j2")
        .render(
            plans=plans,
            risks=risks(plans),
            headline=headline(plans),
            caveats=list(dict.fromkeys(words for words in known if words)),
            css=Markup(_CSS.read_text("utf-8")),  # ours, and no value of a plan is in it
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("provisioner.report.plan", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(causes_of=_causes_of, DRIFT=DRIFT, UNSEEN=UNSEEN, HIDDEN=HIDDEN, SCHEMA=Layer.SCHEMA)
    environment.filters.update(
        causes=cause_words,
        confirmed=confirmed_words,
        cost=cost_words,
        counted=counted,
        drifted=drifted,
        every_field=every_field,
        minute=minute,
        notes=notes,
        proposed=proposed,
        recorded=recorded_words,
        removal=removal,
        severity=severity_word,
        short=short,
        unverified=unverified,
    )
    return environment


def _visible(value: Any) -> Any:
    """What every expression of the template passes through, before it is escaped."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _causes_of(changes: Iterable[Change]) -> str:
    return cause_words(cause for change in changes for cause in change.causes)
