"""What became of an apply as a whole: how many, and what failed why."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.console.port import ConsoleError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.apply import Outcome, StoppedError

_NAMES = 10


def apply_totals(environment: str, outcomes: Sequence[Outcome]) -> str:
    """`prod: 497 applied, 2 failed, 1 not done.`"""
    stopped = sum(isinstance(outcome.error, StoppedError) for outcome in outcomes)
    failed = sum(outcome.error is not None for outcome in outcomes) - stopped
    done = len(outcomes) - failed - stopped
    counts = [f"{done:,} applied", f"{failed:,} failed" if failed else "", f"{stopped:,} not done" if stopped else ""]
    return printable(f"{environment}: {', '.join(filter(None, counts))}.")


def render_failures(outcomes: Sequence[Outcome]) -> str:
    """A line for each reason, with how many failed for it and the first names."""
    groups: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.error is not None:
            groups.setdefault(_reason(outcome), []).append(outcome.plan.application.name)
    lines = []
    for reason, names in sorted(groups.items(), key=lambda group: -len(group[1])):
        more = f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""
        lines.append(f"  {len(names):,}: {printable(reason)}: {printable(', '.join(names[:_NAMES]))}{more}\n")
    return "".join(lines)


def _reason(outcome: Outcome) -> str:
    """Why one failed, in words that others share: without its name, its number and its request."""
    error, app = outcome.error, outcome.plan.application
    assert error is not None
    said = f"{error.code}: {error.message}" if isinstance(error, ConsoleError) else error.what.partition("\n")[0]
    said = said.removeprefix(f"{app.name}: ").replace(f"SDKAppId {app.sdk_app_id}", "it")
    return said.replace(str(app.sdk_app_id), "N")
