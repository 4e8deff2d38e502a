"""`provisioner apply`: carry out what plan shows."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from provisioner.cli.by_hand import by_hand
from provisioner.cli.output import style
from provisioner.cli.session import session
from provisioner.foundation.clock import system_clock, timestamp
from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.reconcile.apply import Outcome, apply_plan
from provisioner.reconcile.consequence import STOP_RECORDING
from provisioner.reconcile.plan import Plan, refusals
from provisioner.report.terminal import render_plan, render_refusals

PARTIAL = 3


@click.command("apply")
@click.argument("address", metavar="ENV[/APP]")
@click.option(
    "--allow",
    multiple=True,
    metavar="CONSEQUENCE=APP",
    help=f"Allow a HIGH consequence, such as {STOP_RECORDING}=APP.",
)
@click.option("--yes", is_flag=True, help="Do not ask on a terminal.")
def command(address: str, allow: tuple[str, ...], yes: bool) -> int:
    """Carry out what plan shows: write each change, read it back, report.

    Where people change the console, print the steps instead; on a terminal, walk through them.

    \b
    Examples:
      provisioner apply dev --yes
      provisioner apply dev/video-call --yes --allow stop-recording=video-call
    """
    with session(address) as opened:
        plan = opened.plan()
        people = not opened.console.capabilities().writes
        if not people:
            click.echo(render_plan(plan, style), nl=False)
        if against := refusals(plan, _allowed(allow, plan), system_clock().date().isoformat()):
            click.echo(f"Refused; nothing was written:\n{render_refusals(against)}", err=True)
            return 1
        if people:
            return by_hand(plan, opened.console, ask=not yes)
        if not plan.changes:
            return 0
        if not yes and sys.stdin.isatty():
            click.confirm(f"Apply this to {plan.environment.name} on the {plan.console}?", abort=True, err=True)
        outcomes = list(_report(apply_plan(plan, opened.console, system_clock)))
    failed = sum(outcome.error is not None for outcome in outcomes)
    if not failed:
        return 0
    return PARTIAL if failed < len(outcomes) else 1


def _report(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        name = outcome.plan.application.name
        if outcome.applied:
            after = outcome.applied.effective_after
            holds = f"holds for rooms created after {timestamp(after)}" if after else "was so already"
            click.echo(f"{style('applied', 'good')} {name}: {holds}")
        else:
            click.echo(f"{style('failed', 'danger')} {name}: {outcome.error}", err=True)
        yield outcome


def _allowed(words: tuple[str, ...], plan: Plan) -> dict[str, frozenset[str]]:
    names = [entry.application.name for entry in plan.applications]
    allowed: dict[str, frozenset[str]] = {}
    for word in words:
        consequence, _, name = word.partition("=")
        if consequence != STOP_RECORDING:
            raise UsageError(
                f'--allow knows no consequence "{consequence}"', fix=f"Write --allow {STOP_RECORDING}=APP."
            )
        if name not in names:
            raise UsageError(f'--allow {word}: the plan has no application "{name}"{did_you_mean(name, names)}')
        allowed[consequence] = allowed.get(consequence, frozenset()) | {name}
    return allowed
