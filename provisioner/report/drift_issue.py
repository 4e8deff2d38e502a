"""The issue about an environment that has drifted, as Markdown."""

from __future__ import annotations

from provisioner.report.markdown import code, fenced

_BUDGET = 50_000
"""Bytes; GitHub takes 65,536 characters."""


def render_drift_issue(environment: str, drift: str | None, run: str) -> str:
    """What differs, as a terminal shows it, and the two ways back; None: nothing does. `run` is the job's page.

    It says the same as long as the same has drifted: who watches the issue hears of it once.
    """
    if drift is None:
        return f"Console and specs of {code(environment)} agree again: [this job]({run}) found no drift. Closed."
    apply, look = code(f"provisioner apply {environment}"), code(f"provisioner drift {environment}")
    lines = [
        f"Somebody changed recording settings of {code(environment)} in the console. Each line says what the console "
        "shows and, after the arrow, what the specs say.",
        "",
        *fenced(drift.splitlines(), _BUDGET),
        "",
        "- **If the console is right**, change the specs, and have that reviewed.",
        f"- **If the specs are right**, bring the console back: {apply}, or the next {code('pulumi up')}.",
        "",
        f"{look} shows the same now. This issue closes itself when nothing differs.",
    ]
    return "\n".join(lines)
