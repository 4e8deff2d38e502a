"""`provisioner promote`: promote settings from one environment to the next."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

import click

from provisioner.cli.confirm import identity
from provisioner.cli.output import format_option, print_json, style
from provisioner.cli.writing import workspace_to_change, write_specs
from provisioner.foundation import git
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.promotion.bypass import asked_for, standing
from provisioner.promotion.gate_context import assess
from provisioner.promotion.gates import judge, stopping
from provisioner.promotion.gates.gate import GateContext
from provisioner.promotion.history import find_record, last
from provisioner.promotion.merge import Side
from provisioner.promotion.pairing import Pairing, pair
from provisioner.promotion.promote import Promotion, Stamp, prepare
from provisioner.promotion.pull_request import Background, body, title
from provisioner.promotion.render_promotion import gates_document, promotion_document, render_gates, render_promotion
from provisioner.promotion.rollback import CANNOT, restore
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.promotion_record import Bypass, PromotionRecord
from provisioner.specs.editing.transaction import FileChange, created, reverted
from provisioner.specs.layout import ENVIRONMENTS, TEMPLATES, pull_request_file
from provisioner.specs.workspace import Workspace

PARTIAL = 3

_LONGEST_REASON = 500


_KEY = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("promote")
@click.argument("environments", metavar="[DEV PROD]", nargs=-1)
@click.option("--app", "apps", multiple=True, metavar="APP", help="Only this application; may be repeated.")
@click.option("--prefer", metavar="ENV", help="Where both changed a value, take that of ENV.")
@click.option("--to", "record", metavar="RECORD", help="Go back to what this promotion record left behind.")
@click.option("--reason", metavar="TEXT", help="Why, for --to and --bypass; it is recorded.")
@click.option("--check", is_flag=True, help="Only ask the gates; exit 1 if one stands against it.")
@click.option("--bypass", multiple=True, metavar="GATE", help="Pass a gate over, with --reason and --expires.")
@click.option("--expires", metavar="DAY", help="Last day on which --bypass counts, YYYY-MM-DD.")
@click.option("--dry-run", is_flag=True, help="Write nothing, and say what would be written.")
@click.option("--branch", metavar="NAME", help="Commit the promotion on this new branch.")
@click.option("--sign", "key", metavar="KEY", type=_KEY, help="With --branch: sign the commit by an SSH key.")
@format_option
def command(
    environments: tuple[str, ...],
    *,
    apps: tuple[str, ...],
    prefer: str | None,
    record: str | None,
    reason: str | None,
    check: bool,
    bypass: tuple[str, ...],
    expires: str | None,
    dry_run: bool,
    branch: str | None,
    key: Path | None,
    form: str,
) -> int:
    """Move to PROD what DEV's files changed since the last promotion, and record it.

    Only what an application's own file says of mode, template and settings moves; ids, storage, callbacks and
    owners stay. What only PROD changed, such as a hotfix, stays too. What both changed is a conflict that stops
    its application and no other (exit code 3). A new application gets a file to fill in.

    Gates are asked first: see docs/promotion.md. Nothing is sent to a console: review what was written, merge it,
    then apply PROD. The text of a pull request is printed, and saved as .provisioner/PROD/pull-request.md.

    With --to, PROD's files go back to what a record holds, and are held there: nothing is promoted into them until
    somebody takes `hold` away.

    \b
    Examples:
      provisioner promote dev prod --dry-run
      provisioner promote dev prod --app classroom
      provisioner promote dev prod --check --format json
    """
    named = bool(environments or prefer)
    _check_options(check=check, dry_run=dry_run, branch=branch, key=key, record=record, named=named)
    workspace = Workspace.containing(Path.cwd()) if check or dry_run else workspace_to_change()
    if branch:
        git.check_new_branch(workspace.root, branch)
    _check_reason(reason, means_something=bool(record or bypass))
    given = asked_for(bypass, reason, expires, system_clock().date())
    back = _rollback(workspace, record, apps, reason) if record else None
    if (promotion := back or _promotion(workspace, environments, apps, prefer)).empty:
        return _nothing(promotion, check, form)
    source = _source(workspace, promotion)
    context = assess(workspace, promotion, source, _state(workspace, source), os.environ)
    promotion = promotion.judged(judge(context, _bypasses(workspace, promotion) | given))
    stops = list(stopping(promotion.record.gates, promotion.target.production))
    if check:
        _tell_gates(promotion, stops, form)
        return int(bool(stops))
    text = _pull_request(workspace, promotion, context)
    _tell(promotion, text, form)
    if stops:
        _tell_refusal(stops, dry_run)
    if not dry_run:
        if stops:
            return 1
        _write(workspace, promotion, "\n\n".join(text), branch, key)
    return PARTIAL if promotion.conflicts else 0


def _check_options(
    *, check: bool, dry_run: bool, branch: str | None, key: Path | None, record: str | None, named: bool
) -> None:
    if check and (branch or dry_run):
        raise UsageError("--check only asks the gates", fix="Leave --branch and --dry-run out.")
    if record and named:
        raise UsageError("--to RECORD names its environments itself", fix="Leave DEV, PROD and --prefer out.")
    if key and (dry_run or not branch):
        raise UsageError("--sign signs the commit that --branch makes", fix="Give --branch NAME, without --dry-run.")


def _check_reason(reason: str | None, *, means_something: bool) -> None:
    if reason and not means_something:
        raise UsageError("--reason is for --to and --bypass; it means nothing here", fix="Leave it out.")
    if reason and len(reason) > _LONGEST_REASON:
        raise UsageError(f"--reason takes at most {_LONGEST_REASON} characters: a sentence")


def _nothing(promotion: Promotion, check: bool, form: str) -> int:
    if check:
        _tell_gates(promotion, [], form)
    else:
        _tell(promotion, None, form)
    return int(bool(promotion.conflicts))


def _tell(promotion: Promotion, text: tuple[str, str] | None, form: str) -> None:
    if form == "json":
        print_json(promotion_document(promotion) | {"pullRequest": text and {"title": text[0], "body": text[1]}})
        return
    click.echo(render_promotion(promotion, style), nl=False)
    if text:
        click.echo(f"\n{render_gates(promotion.record.gates, style)}", nl=False)
        click.echo(f"\n{style(text[0], 'title')}\n\n{text[1]}", nl=False)


def _tell_gates(promotion: Promotion, stops: Sequence[str], form: str) -> None:
    if form == "json":
        print_json(gates_document(promotion, stops))
    elif promotion.empty:
        why = f" but conflicts: {', '.join(promotion.conflicts)}" if promotion.conflicts else ""
        click.echo(f"{promotion.source} -> {promotion.target.name}: nothing to promote{why}.")
    else:
        click.echo(render_gates(promotion.record.gates, style), nl=False)
        verdict = f"stopped by {', '.join(stops)}" if stops else "every gate is open"
        click.echo(style(f"{promotion.source} -> {promotion.target.name}: {verdict}.", "danger" if stops else "good"))


def _tell_refusal(stops: Sequence[str], dry_run: bool) -> None:
    verdict = "It would be refused" if dry_run else "Refused; nothing was written"
    click.echo(f"{verdict}: {', '.join(stops)}.", err=True)


def _source(workspace: Workspace, promotion: Promotion) -> Environment:
    """The source environment; for a rollback it is the target itself."""
    return promotion.target if promotion.record.restores else workspace.environment(promotion.source)


def _state(workspace: Workspace, environment: Environment) -> EnvironmentState:
    return EnvironmentState(environment.name, workspace.root, environment.journal, system_clock)


def _bypasses(workspace: Workspace, promotion: Promotion) -> dict[str, Bypass]:
    """Those of earlier promotions that still count."""
    records = workspace.promotions(promotion.target.name)
    return dict(standing(records, promotion.source, [*promotion.moves], promotion.record.when.date()))


def _promotion(
    workspace: Workspace, environments: tuple[str, ...], apps: tuple[str, ...], prefer: str | None
) -> Promotion:
    if len(environments) != 2:
        raise UsageError("promote takes two environments", fix="provisioner promote dev prod, or --to RECORD.")
    source, target = (workspace.environment(name) for name in environments)
    pairing = pair(source, target).narrowed(apps)
    _check_holds(pairing, apps)
    records = workspace.promotions(target.name)
    return prepare(workspace, pairing, records, _stamp(workspace, source.name, records), _side(prefer, pairing))


def _rollback(workspace: Workspace, words: str, apps: tuple[str, ...], reason: str | None) -> Promotion:
    if not reason:
        raise UsageError("--to needs --reason: whoever would promote again reads it", fix='--reason "What went wrong".')
    record = find_record(workspace, words)
    click.echo(CANNOT, err=True)
    stamp = _stamp(workspace, record.environment, workspace.promotions(record.environment))
    return restore(workspace, record, apps, stamp, reason)


def _stamp(workspace: Workspace, source: str, records: Sequence[PromotionRecord]) -> Stamp:
    """Later than every record that is there: their order is that of their times, which count whole seconds."""
    now = system_clock().replace(microsecond=0)
    when = max([now, *(record.when + timedelta(seconds=1) for record in records)])
    return Stamp(
        identity(None, workspace.root), when, git.clean_head(workspace.root, [f"{ENVIRONMENTS}/{source}", TEMPLATES])
    )


def _check_holds(pairing: Pairing, apps: Collection[str]) -> None:
    """Raises ConflictError where the whole target is held, or an application that was asked for by name."""
    target = pairing.target
    named = [app for _, app in pairing.pairs.values() if apps and app.hold]
    for subject, hold in [(target.name, target.hold), *((app.name, app.hold) for app in named)]:
        if hold:
            raise ConflictError(
                f"{subject} is held since {hold.since}: {hold.reason}",
                where=hold.where,
                fix="Nothing is promoted here until `hold` is taken away.",
            )


def _side(prefer: str | None, pairing: Pairing) -> Side | None:
    sides = {pairing.source.name: Side.SOURCE, pairing.target.name: Side.TARGET}
    if prefer is not None and prefer not in sides:
        raise UsageError(f"--prefer takes {' or '.join(sides)}, not {prefer}")
    return sides[prefer] if prefer else None


def _pull_request(workspace: Workspace, promotion: Promotion, context: GateContext) -> tuple[str, str]:
    """Its title and its body."""
    commits, place = _commits(workspace, promotion), git.place_of(workspace.root)
    return title(promotion), body(promotion, Background(context.plans.after, context.owners, commits, place.below))


def _commits(workspace: Workspace, promotion: Promotion) -> dict[str, list[str] | None]:
    if promotion.record.restores:
        return {}
    records = workspace.promotions(promotion.target.name)
    carried = {}
    for name, move in promotion.moves.items():
        before = last(records, name)
        pins = {pin for app in (move.source, move.target) for pin in app.templates}
        files = [move.source.where.file, *sorted(f"templates/{pin.replace('@', '/')}.yaml" for pin in pins)]
        carried[name] = git.commits(workspace.root, before.commit if before else "", files)
    return carried


def _write(workspace: Workspace, promotion: Promotion, text: str, branch: str | None, key: Path | None) -> None:
    record = created({promotion.record.file: promotion.record.data}) if promotion.moves else {}
    changes = {**promotion.changes, **record}
    place = pull_request_file(promotion.target.name)
    there = workspace.root / place
    written = {**changes, place: FileChange(there.read_bytes() if there.is_file() else None, text.encode())}
    write_specs(workspace.root, written)
    if branch:
        try:
            git.commit_on(workspace.root, branch, [*changes], text, key)
        except BaseException:
            write_specs(workspace.root, reverted(written))
            raise
    click.echo("\n".join(f"wrote {file}" for file in changes), err=True)
    click.echo(f"The pull request's text: {place}", err=True)
    if branch:
        click.echo(f"Committed on {branch}: push it and open the pull request.", err=True)
