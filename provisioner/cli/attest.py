"""`provisioner attest`: confirm what the console shows, where no API can read it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from provisioner.cli.address import select
from provisioner.cli.blind_sample import misread, sampled, typed_at_terminal
from provisioner.cli.confirm import (
    LASTS,
    Answers,
    ConfirmationContext,
    Confirmer,
    confirm,
    confirmer,
)
from provisioner.cli.output import style
from provisioner.cli.prompt import require_answer
from provisioner.cli.writing import workspace_to_change
from provisioner.console.drivers import open_console
from provisioner.console.runbook.labels import labels_of
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import UsageError
from provisioner.reconcile.intake.attest import confirmed
from provisioner.recording.application import Application
from provisioner.report.runbook.runbook_prompt import render_head
from provisioner.report.text.columns import hanging
from provisioner.specs.editing.assignment import assignment, shown_field

PARTIAL = 3


@click.command("attest")
@click.argument("addresses", metavar="ENV[/APP]...", nargs=-1, required=True)
@click.option(
    "--from", "captures", multiple=True, metavar="CAPTURE.har", type=click.Path(path_type=Path, dir_okay=False),
    help="Take what this capture of your console session shows, instead of a person's word.",
)  # fmt: skip
@click.option("--binding", default="default", show_default=True, metavar="FILE", help="How to read the capture.")
@click.option(
    "--seen", multiple=True, metavar="PATH=VALUE", help="What you saw instead of the spec's value; PATH= for nothing."
)
@click.option("--unseen", multiple=True, metavar="PATH", help="A field that the page does not show you.")
@click.option("--expires", default=LASTS, show_default=True, help="How long this counts.")
@click.option("--who", help="Who confirms; the name that Git commits with unless given.")
@click.option("--yes", is_flag=True, help="Confirm without being asked.")
def command(
    *,
    addresses: tuple[str, ...],
    captures: tuple[Path, ...],
    binding: str,
    seen: tuple[str, ...],
    unseen: tuple[str, ...],
    expires: str,
    who: str | None,
    yes: bool,
) -> int:
    """Confirm what the console of applications shows: every value as the spec wants it, except for --seen.

    APP may be a pattern. At a terminal a few values are to be typed from the page, before the rest is shown; of what
    was confirmed before only what changed since then (--verbose shows all). With --from nobody is asked: what a capture
    (HAR) of your own console session shows of each application is stored with the capture's digest and time; `console
    learn` makes the binding that reads it.

    \b
    Exit: 0 all confirmed, 3 some of it, 1 nothing.
    \b
    Examples:
      provisioner attest prod --from monday.har --binding bindings/ours.yaml
      provisioner attest prod 'class*' prod/video-call --yes
      provisioner attest prod/video-call --yes
      provisioner attest prod/video-call --yes --seen maxIdleTime=30s
    """
    workspace = workspace_to_change()
    environment, names = select(workspace, addresses)
    apps = [app for app in environment.applications if names is None or app.name in names]
    if not environment.console.by_people:
        raise UsageError(
            f"{environment.name}: the driver {environment.console.driver} reads its console itself",
            where=environment.where,
            fix="Only what nothing but people can see is confirmed: console: {driver: runbook}.",
        )
    root = workspace.root
    if captures:
        if seen or unseen:
            raise UsageError("--from takes what the capture shows", fix="Leave --seen and --unseen out.")
        from provisioner.cli.attest_capture import attest_captures

        return attest_captures(apps, captures, binding, confirmer(who, expires, system_clock, root), root)
    if names is None and yes:
        raise UsageError(
            f"{addresses[0]} is an environment: nobody has looked at all of it at once",
            fix="Write ENV/APP or ENV/PATTERN.",
        )
    if len(apps) > 1 and (seen or unseen):
        raise UsageError("--seen and --unseen are about one application", fix="Name one, as ENV/APP.")
    require_answer(yes)
    answers = _answers(seen, unseen)
    by = confirmer(who, expires, system_clock, root)
    at = ConfirmationContext(open_console(environment, root, os.environ), labels_of(environment, root), root)
    stored = [app for app in apps if _attested(app, answers, by, at, ask=not yes)]
    if stored:
        click.echo("Commit what was written, so that plans everywhere compare with it.")
    return 0 if len(stored) == len(apps) else PARTIAL if stored else 1


def _attested(app: Application, answers: Answers, by: Confirmer, at: ConfirmationContext, *, ask: bool) -> bool:
    click.echo(render_head(app.name, app.sdk_app_id, at.labels, style))
    values = confirmed(app, answers.seen, answers.unseen)
    asked = [path for path in sampled(values) if path not in answers.seen] if ask else []
    if wrong := misread(values, asked, at.labels, typed_at_terminal):
        click.echo("\n".join([f"Nothing was confirmed of {app.name}.", *hanging("  ", wrong)]), err=True)
        return False
    file = confirm(app, answers, by, at, ask=ask)
    if file is None:
        click.echo(f"Nothing was confirmed of {app.name}.", err=True)
        return False
    click.echo(f"{style('confirmed', 'good')} {app.name}: {file}")
    return True


def _answers(seen: tuple[str, ...], unseen: tuple[str, ...]) -> Answers:
    hidden = {shown_field(name) for name in unseen}
    if "/recording/enabled" in hidden:
        raise UsageError("--unseen enabled: who cannot see whether recording is on cannot confirm anything")
    return Answers(dict(assignment(word, "--seen") for word in seen), hidden)
