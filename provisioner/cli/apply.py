"""`provisioner apply`: carry out what plan shows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from provisioner.cli.checklist import close_checklists, keep_checklists
from provisioner.cli.output import style
from provisioner.cli.progress_bar import say
from provisioner.cli.prompt import agreed, can_ask
from provisioner.cli.runbook_walk import runbook_walk
from provisioner.cli.sealed_plan import load_plan, session_of, signature_options
from provisioner.cli.session import CommandSession, owner_option, session
from provisioner.console.calls.opening import declared, webhooks_alone
from provisioner.forge.registry import FORGES, open_forge
from provisioner.foundation.clock import system_clock, timestamp
from provisioner.foundation.errors import ConflictError, UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.apply.apply import Outcome, apply_plan, applying
from provisioner.reconcile.apply.journal import runs_of
from provisioner.reconcile.apply.last_applied import unrecorded
from provisioner.reconcile.apply.lock import whoami
from provisioner.reconcile.apply.webhooks import set_webhooks
from provisioner.reconcile.plan.document import Document, document
from provisioner.reconcile.plan.plan import Plan, make_plan
from provisioner.reconcile.plan.refusals import refusals
from provisioner.reconcile.plan.staleness import moved
from provisioner.recording.consequences import Scope, acknowledgeable
from provisioner.report.console.applied import apply_totals, render_failures
from provisioner.report.plan.plan_view import read_plan
from provisioner.report.plan.terminal import render_plan, render_refusals
from provisioner.report.text.amounts import counted

PARTIAL = 3

_ALLOWABLE = ", or ".join(
    [f"{word}=APP" for word in acknowledgeable(Scope.APPLICATION)] + [*acknowledgeable(Scope.ENVIRONMENT)]
)


@click.command("apply")
@click.argument("addresses", metavar="ENV[/APP]...", nargs=-1)
@owner_option
@click.option("--plan", "file", type=click.Path(dir_okay=False, path_type=Path), help="Apply this sealed plan instead.")
@signature_options
@click.option(
    "--allow",
    multiple=True,
    metavar="CONSEQUENCE[=APP]",
    help=f"Allow a HIGH consequence: {_ALLOWABLE}.",
)
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
@click.option("--post", type=click.Choice(list(FORGES)), help="In a CI job: keep an issue an owner of what people do.")
def command(
    addresses: tuple[str, ...],
    *,
    owners: tuple[str, ...],
    file: Path | None,
    signature: Path | None,
    signers: Path | None,
    allow: tuple[str, ...],
    yes: bool,
    post: str | None,
) -> int:
    """Carry out what plan shows: write each change, read it back, report.

    With --plan exactly the sealed plan is carried out, or nothing if anything changed since; with --signature,
    only if somebody signed it who may. After a kill the same command continues.

    Where people change the console (driver runbook), print the steps instead, and exit 1; on a terminal, walk through
    them. With --post keep one issue for each owner instead, with a box for each thing to do, closed when nothing is
    left: what is left to people alone is no failure then, and exits 0.

    \b
    Examples:
      provisioner apply dev --yes
      provisioner apply dev/video-call --yes --allow stop-recording=video-call
    """
    if bool(addresses) == bool(file) or (file and owners):
        raise UsageError("apply takes addresses or --plan FILE", fix="provisioner apply dev, or apply --plan FILE.")
    if (signature or signers) and not file:
        raise UsageError("--signature is that of a sealed plan", fix="Add --plan FILE.")
    forge = open_forge(post, os.environ) if post else None
    sealed = load_plan(file, signature, signers) if file else None
    with session_of(sealed) if sealed else session(*addresses, owners=owners) as opened:
        plan = opened.plan()
        planned = document(plan)
        if sealed:
            _hold(sealed, planned, opened)
        people = not opened.console.capabilities().writes
        if forge or not people:
            click.echo(render_plan(read_plan(planned), style), nl=False)
        allowed = _allowed(allow, plan)
        if against := refusals(plan, allowed, system_clock().date().isoformat()):
            click.echo(f"Refused; nothing was written:\n{render_refusals(against)}", err=True)
            return 1
        if people:
            code = _set_webhooks(opened, yes=yes)
            if forge is None:
                return runbook_walk(plan, opened.console, ask=not yes) or code
            keep_checklists(opened, forge, allowed)
            return code
        code = _write(plan, opened, sealed["seal"]["digest"] if sealed else "", yes=yes)
        if forge:
            close_checklists(opened, forge)
        return code


def _write(plan: Plan, opened: CommandSession, digest: str, *, yes: bool) -> int:
    """Carry the plan out where that is agreed to; the exit code."""
    if not plan.changes:
        _keep_on_record(plan, opened)
        return 0
    if not agreed(f"Apply this to {plan.environment.name} on the {plan.console}?", yes=yes):
        click.echo("Nothing was written.", err=True)
        return 1
    return _carry_out(plan, opened, digest)


def _set_webhooks(opened: CommandSession, *, yes: bool) -> int:
    """Set the webhooks of calls that differ, where people change the rest. Answers 1 where one could not be set."""
    alone = webhooks_alone(opened.console, opened.environment)
    if alone is None:
        return 0
    named = {app.name for app in declared(opened.environment).values()}
    plan = make_plan(opened.environment, alone, named if opened.only is None else named & opened.only)
    if not plan.changes:
        return 0
    if not yes and not can_ask():
        click.echo("Webhooks of calls differ, and can be set over the API: pass --yes.", err=True)
        return 1
    if not agreed(f"Set {counted(plan.count('change'), 'webhook')} of calls over the API?", yes=yes):
        click.echo("No webhook was set.", err=True)
        return 1
    failed = 0
    with opened.state.locked("provisioner apply") as guard:
        begin = {"who": whoami(), "engine": "provisioner apply", "environment": opened.environment.name}
        run = opened.state.journal.begin(guard, **begin, console=alone.label, plan="")
        try:
            for name, error in set_webhooks(plan, alone, run):
                failed += error is not None
                told = f"{style('failed', 'danger')} {name}: {error}" if error else f"{style('set', 'good')} {name}"
                click.echo(f"{told}: webhook of calls" if error is None else told, err=error is not None)
            run.record("end")
        finally:
            run.close()
    return 1 if failed else 0


def _hold(sealed: Document, planned: Document, opened: CommandSession) -> None:
    """Raises ConflictError where the sealed plan was applied already or differs from what is `planned` now."""
    runs = runs_of(opened.state.journal.entries(), sealed["seal"]["digest"])
    if runs.finished:
        raise ConflictError(f"this plan was carried out already, at {runs.finished}", fix="Make a new plan.")
    if found := moved(sealed, planned, system_clock(), runs):
        reasons = "\n".join(printable(str(one)) for one in found)
        raise ConflictError(f"the plan is out of date; nothing was written:\n{reasons}", fix="Make the plan again.")


def _keep_on_record(plan: Plan, opened: CommandSession) -> None:
    """Nothing is to be written, but specs may say something else of their removal than when they were last applied."""
    known = opened.last_applied
    if isinstance(known, str) or not unrecorded(plan, known):
        return
    with applying(opened.state, opened.console, engine="provisioner apply") as applier:
        applier.note_equal(entry.application for entry in plan.applications if entry.action == "none")
        applier.note_released(plan.settled)


def _carry_out(plan: Plan, opened: CommandSession, digest: str) -> int:
    with applying(opened.state, opened.console, engine="provisioner apply", plan=digest) as applier:
        applier.note_equal(entry.application for entry in plan.applications if entry.action == "none")
        applier.note_released(plan.settled)
        outcomes = list(_report(apply_plan(plan, applier), plan.count("change")))
    failed = sum(outcome.error is not None for outcome in outcomes)
    click.echo(style(apply_totals(plan.environment.name, outcomes), "danger" if failed else "good"))
    if not failed:
        return 0
    click.echo(render_failures(outcomes), nl=False, err=True)
    return PARTIAL if failed < len(outcomes) else 1


def _report(outcomes: Iterator[Outcome], of: int) -> Iterator[Outcome]:
    for number, outcome in enumerate(outcomes, 1):
        name, count = outcome.plan.application.name, f" ({number:,}/{of:,})" if of > 1 else ""
        if outcome.applied:
            after = outcome.applied.effective_after
            effect = f"takes effect for rooms created after {timestamp(after)}" if after else "was as specified already"
            say(f"{style('applied', 'good')} {name}: {effect}{count}")
        else:
            say(f"{style('failed', 'danger')} {name}{count}: {outcome.error}", err=True)
        yield outcome


def _allowed(words: tuple[str, ...], plan: Plan) -> dict[str, frozenset[str]]:
    names = [entry.application.name for entry in plan.applications]
    allowed: dict[str, frozenset[str]] = {}
    for word in words:
        consequence, _, name = word.partition("=")
        if word not in acknowledgeable(Scope.ENVIRONMENT) and consequence not in acknowledgeable(Scope.APPLICATION):
            known = f"Write --allow {_ALLOWABLE.replace(', or ', ' or --allow ')}."
            raise UsageError(f'--allow knows no consequence "{printable(word)}"', fix=known)
        if consequence in acknowledgeable(Scope.APPLICATION) and name not in names:
            unknown = f'the plan has no application "{printable(name)}"{did_you_mean(name, names)}'
            raise UsageError(f"--allow {printable(word)}: {unknown}")
        allowed[consequence] = allowed.get(consequence, frozenset()) | {name}
    return allowed
