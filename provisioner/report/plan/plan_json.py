"""A plan as JSON: the plan document itself, which `apply --plan` and `report` read."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.report.plan.plan_view import PlanView
from provisioner.report.text.json_text import json_text


def render_plan_json(plans: Sequence[PlanView]) -> str:
    """The document of one plan, of several a list; drift adds `lastEqual`, the time by application."""
    documents = [
        view.document if view.last_in_sync is None else {**view.document, "lastEqual": view.last_in_sync}
        for view in plans
    ]
    return json_text(documents[0] if len(documents) == 1 else documents)
