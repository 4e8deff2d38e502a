"""The issue about an environment that has drifted, as Markdown."""

from __future__ import annotations

from provisioner.report.plan.plan_view import PlanView
from provisioner.report.plan.present_words import present_headline
from provisioner.report.plan.terminal import render_drift
from provisioner.report.text.markdown import clip, code, escape, fenced

_HEADLINE = 600
_AROUND = 2_000 + 4 * _HEADLINE
"""Bytes for the sentences around the list of what differs."""


def render_drift_issue(plan: PlanView, run: str, limit: int) -> str:
    """What is lost now, since when, and the two ways to resolve it, in at most `limit` bytes.

    `run` is the address of the CI job's page.

    The text stays the same as long as the same fields have drifted, so that the issue notifies nobody twice.
    """
    name = plan.environment
    if not any(entry.to_settle for entry in plan.applications):
        return f"Console and specs of {code(name)} agree again: [this job]({run}) found no drift. Closed."
    told, ways = _told(plan)
    now = present_headline([plan])
    lines = [
        *([f"**{escape(clip(now, _HEADLINE))}**", ""] if now else []),
        " ".join(told),
        "",
        *fenced(render_drift(plan, how_much=False).splitlines(), limit - _AROUND),
        "",
        *ways,
        "",
        f"{code(f'provisioner drift {name}')} shows the same now. This issue closes itself when nothing differs.",
    ]
    return "\n".join(lines)


def _told(plan: PlanView) -> tuple[list[str], list[str]]:
    """What has drifted, and the ways back."""
    name = plan.environment
    told, ways = [], []
    if plan.count("change"):
        told.append(
            f"Somebody changed recording settings of {code(name)} in the console. Each line says what the console "
            "shows and, after the arrow, what the specs say."
        )
        ways += [
            "- **If the console is right**, change the specs, and have that reviewed.",
            f"- **If the specs are right**, bring the console back: {code(f'provisioner apply {name}')}, or the next "
            f"{code('pulumi up')}.",
        ]
    if lapsed := [entry.name for entry in plan.applications if entry.lapsed]:
        told.append(
            f"What people confirmed of {len(lapsed)} applications counts no longer: nobody knows what it shows."
        )
        ways.append(f"- **Look again**, or bring a capture: {code(f'provisioner attest {name}/APP')}.")
    if any(entry.behind for entry in plan.applications):
        told.append("The controller records by other settings than the specs'.")
        ways.append(
            f"- **The controller** reads the specs by itself: {code(f'provisioner controller reload {name}')} makes it "
            "do so now, and says why it cannot."
        )
    return told, ways
