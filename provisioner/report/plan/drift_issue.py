"""The issue about an environment that has drifted, as Markdown."""

from __future__ import annotations

from provisioner.report.plan.plan_view import PlanView
from provisioner.report.plan.terminal import render_drift
from provisioner.report.text.markdown import code, fenced

_AROUND = 2_000
"""Bytes for the sentences around the list of what differs."""


def render_drift_issue(plan: PlanView, run: str, limit: int) -> str:
    """What differs, since when, and the two ways to resolve it, in at most `limit` bytes.

    `run` is the address of the CI job's page.

    The text stays the same as long as the same fields have drifted, so that the issue notifies nobody twice.
    """
    name = plan.environment
    if not plan.count("change"):
        return f"Console and specs of {code(name)} agree again: [this job]({run}) found no drift. Closed."
    lines = [
        f"Somebody changed recording settings of {code(name)} in the console. Each line says what the console shows "
        "and, after the arrow, what the specs say.",
        "",
        *fenced(render_drift(plan).splitlines(), limit - _AROUND),
        "",
        "- **If the console is right**, change the specs, and have that reviewed.",
        f"- **If the specs are right**, bring the console back: {code(f'provisioner apply {name}')}, or the next "
        f"{code('pulumi up')}.",
        "",
        f"{code(f'provisioner drift {name}')} shows the same now. This issue closes itself when nothing differs.",
    ]
    return "\n".join(lines)
