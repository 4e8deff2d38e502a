"""`provisioner console`: a simulated console, standalone over the file that the embedded one uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from provisioner.cli.address import find, find_application
from provisioner.cli.console_learn import learn, scrub
from provisioner.cli.output import format_option, print_json, style
from provisioner.console.embedded import rehearsal, state_file
from provisioner.console.embedded.serve import Listen, until_stopped
from provisioner.console.tencent.binding import load
from provisioner.foundation.errors import UsageError
from provisioner.foundation.secret_refs import resolve
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.plan.diff import managed
from provisioner.reconcile.plan.plan import desired_values
from provisioner.report.console import simulator
from provisioner.report.text.amounts import clock
from provisioner.simulator import AuditCaller, Call, ConsoleState, Fault, Target
from provisioner.simulator.audit_log import SOMEBODY
from provisioner.simulator.callbacks.outbox import callback_url
from provisioner.simulator.fault_kinds import FAULT_KINDS, FaultKind, FaultSeconds
from provisioner.specs.documents.environment import Environment
from provisioner.specs.editing.assignment import edits
from provisioner.specs.workspace import Workspace


@click.group("console")
def command() -> None:
    """Learn how your own console is asked; run, show and change a simulated one; rehearse calls.

    `learn` and `scrub` read captures. The others work on .provisioner/ENV/console.sqlite,
    which the embedded console uses.

    \b
    Examples:
      provisioner console learn --sheet
      provisioner console show dev
      provisioner console call dev/video-call --people 9 --minutes 10 --drop 12
      provisioner console fault dev rate --count 1
    """


@command.command("serve", short_help="Serve it over HTTP until Ctrl-C.")
@click.argument("environment", metavar="ENV")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on loopback; by default any free one.")
@click.option("--tls", is_flag=True, help="Serve HTTPS by an authority of its own.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address; beyond loopback others reach it too.")
@click.option("--binding", metavar="FILE", default="default", help="Answer in the shape of this binding.")
def serve(*, environment: str, port: int, tls: bool, host: str, binding: str) -> None:
    """Serve the simulated console until Ctrl-C or SIGTERM. Prints endpoint and keys as environment lines.

    A browser that opens the endpoint sees its applications, can change them, and asks as the real console's page does.
    With --binding it answers in the shape of any binding file, so that `console learn` can be tried on it.

    \b
    Examples:
      provisioner console serve dev --port 8443 --tls
      provisioner console serve dev --port 8080 --binding bindings/ours.yaml
    """
    with _opened(environment) as (found, root, state):
        listen = Listen(found.console.calls_per_second, host, port, tls)
        title = f"the simulated console of {found.name}"
        until_stopped(state, load(binding, root), title, listen, lambda lines: click.echo("\n".join(lines)))


@command.command("seed", short_help="Add the applications that embedded.yaml lists.")
@click.argument("environment", metavar="ENV")
@click.option("--like", metavar="OTHER", help="Make it hold what OTHER's specs say, too.")
def seed(environment: str, like: str | None) -> None:
    """Add what embedded.yaml lists and the state lacks. Nothing is overwritten.

    With --like, the console then holds what the specs of OTHER say: applications of the same name are changed, behind
    the tool's back, and others are added with made-up SDKAppIds. So import, adopt and drift can be rehearsed on what
    production records by. OTHER may be ENV itself: then nothing differs.

    \b
    Examples:
      provisioner console seed dev
      provisioner console seed dev --like prod
    """
    workspace = Workspace.containing(Path.cwd())
    found, _ = find(workspace, environment)
    added, total = state_file.seed(workspace.root, found.name)
    if like is None:
        click.echo(f"{added} added, {total} in the simulated console of {found.name}")
        return
    specs = {app.name: desired_values(app) for app in workspace.environment(like).applications}
    wanted = {name: {path: said[path] for path in said if managed(said, path)} for name, said in specs.items()}
    with state_file.open_state(workspace.root, found) as state:
        done = state_file.make_like(state, workspace.root, found, wanted, workspace.managed() or ())
    made_up = "".join(f"\n  {name} ({number})" for name, number in done.added.items())
    click.echo(f"like {like}: {len(done.changed)} changed, {len(done.added)} added{made_up}")


@command.command("show", short_help="What it holds.")
@click.argument("address", metavar="ENV[/APP]")
@format_option
def show(address: str, form: str) -> None:
    """Show applications and their templates in the words of specs, without defaults.

    \b
    Example:
      provisioner console show dev/video-call --format json
    """
    with _opened(address) as (environment, root, state):
        _, _, name = address.partition("/")
        found = state_file.held(state, root, state_file.sdk_app_id(state, environment, name) if name else None)
    if form == "json":
        print_json(simulator.held_document(environment.name, found))
    else:
        click.echo(simulator.render_held(environment.name, found, style), nl=False)


@command.command("edit", short_help="Change it behind the tool's back.")
@click.argument("address", metavar="ENV/APP")
@click.argument("assignments", metavar="PATH=VALUE...", nargs=-1, required=True)
@click.option("--who", default=SOMEBODY.user, show_default=True, help="Whom the audit log names.")
@click.option("--address", "source", default=SOMEBODY.address, show_default=True, help="From where, likewise.")
def edit(address: str, assignments: tuple[str, ...], who: str, source: str) -> None:
    """Change what the console holds, as somebody with a browser would: drift to look at.

    Every setting that a console holds can be set, secrets by reference (callback.keyRef=env:NAME). PATH= takes a value
    away, or a whole block; another storage.vendor takes the place of the one that is there.

    \b
    Examples:
      provisioner console edit dev/video-call maxIdleTime=30s mode=manual
      provisioner console edit dev/video-call single.streams=main mixed=
    """
    values = edits(assignments, "edit")
    with _opened(address) as (environment, root, state):
        by = AuditCaller(who, source, "ConsoleCall")
        app = state_file.edit(state, root, _app(state, environment, address), values, by)
    click.echo(f"edited {app.name} ({app.sdk_app_id}): {', '.join(assignments)}")


@command.command("callbacks", short_help="Where an application's callbacks go.")
@click.argument("address", metavar="ENV/APP")
@click.option("--to", "url", metavar="URL", help="Send what happens from now on there.")
@click.option("--key-ref", metavar="REF", help="Key that signs it: env:NAME or file:PATH.")
@click.option("--off", is_flag=True, help="Tell nobody, and forget what waits.")
@format_option
def callbacks(*, address: str, url: str | None, key_ref: str | None, off: bool, form: str) -> None:
    """Show or set where callbacks of rooms and recorders go. `console serve` sends them, as the vendor does.

    \b
    Example:
      provisioner console callbacks dev/support-desk
    """
    if (off and (url or key_ref)) or bool(url) != bool(key_ref):
        raise UsageError("an address needs a key, and --off neither", fix="Write --to URL --key-ref REF, or --off.")
    with _opened(address) as (environment, root, state):
        app = _app(state, environment, address)
        if url and key_ref:
            state.callbacks.aim(app, Target(callback_url(url), resolve(key_ref, root).reveal()))
        elif off:
            state.callbacks.aim(app, None)
        target, counts = state.callbacks.targets().get(app), state.callbacks.counts()
    if form == "json":
        print_json({"application": address, "url": target.url if target else None, **asdict(counts)})
        return
    click.echo(f"{printable(address)}: callbacks go {f'to {target.url}' if target else 'nowhere'}.")
    click.echo(f"{counts.answered} answered, {counts.given_up} given up, {counts.waiting} waiting.")


@command.command("call", short_help="What a call would leave behind.")
@click.argument("address", metavar="ENV/APP")
@click.option("--people", type=click.IntRange(1, 1000), default=2, show_default=True, help="Anchors with camera.")
@click.option("--minutes", type=click.FloatRange(0, 1440, min_open=True), default=10, show_default=True)
@click.option(
    "--drop",
    "drops",
    type=click.FloatRange(0, min_open=True),
    multiple=True,
    metavar="SECONDS",
    help="Everybody's network is gone for so long; several are spread evenly.",
)
@click.option("--console", "held", is_flag=True, help="Under what the console holds, instead of the spec.")
@click.option("--play", is_flag=True, help="Let it happen there: its clock moves past it, files and minutes appear.")
@click.option("--controller", "controlled", is_flag=True, help="Let it happen, and a running controller record it.")
@format_option
def call(
    *,
    address: str,
    people: int,
    minutes: float,
    drops: tuple[float, ...],
    held: bool,
    play: bool,
    controlled: bool,
    form: str,
) -> None:
    """Rehearse a call: a timeline, and the files it would leave behind.

    Nothing is stored without --play, or --controller, which plays it through `provisioner controller serve`.

    \b
    Example:
      provisioner console call dev/classroom --people 9 --minutes 10 --drop 12
    """
    planned = rehearsal.call_of(people, minutes, drops)
    if controlled:
        if held or play:
            raise UsageError("--controller plays the call by itself", fix="Leave --console and --play out.")
        _call_through_controller(address, planned, form)
        return
    if held or play:
        with _opened(address) as (environment, _, state):
            app_id = _app(state, environment, address)
            found = rehearsal.rehearse_console(environment, state, app_id, planned)
            if play:
                wound = rehearsal.play(state, app_id, planned)
                click.echo(f"It happened: the console's clock went on by {clock(round(wound))}.", err=True)
    else:
        workspace = Workspace.containing(Path.cwd())
        environment, app = find(workspace, address)
        if app is None:
            raise _no_app(address)
        found = rehearsal.rehearse_spec(environment, app, workspace.root, planned)
    if form == "json":
        print_json(simulator.rehearsal_document(found))
    else:
        click.echo(simulator.render_rehearsal(found, style), nl=False)


def _call_through_controller(address: str, planned: Call, form: str) -> None:
    from provisioner.console.embedded.live_call import live_call

    workspace = Workspace.containing(Path.cwd())
    environment, app = find_application(workspace, address)
    with state_file.open_state(workspace.root, environment) as state:
        found = live_call(environment, app, state, workspace.root, planned)
    if form == "json":
        print_json(simulator.live_call_document(address, found))
    else:
        click.echo(simulator.render_live_call(address, found, style), nl=False)
    if not found.tasks or found.running:
        raise click.exceptions.Exit(3)


class _FaultCommand(click.Command):
    """Its help lists the kinds that there are."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Kinds"):
            formatter.write_dl([(kind.name, _told(kind)) for kind in FAULT_KINDS.values()])


def _told(kind: FaultKind) -> str:
    seconds = "" if kind.seconds is FaultSeconds.NONE else "; needs --seconds"
    return f"{kind.seen} (has the call taken effect? {kind.took_effect}){seconds}".replace("`", "").replace("**", "")


@command.command("fault", short_help="Make it fail on demand.", cls=_FaultCommand)
@click.argument("environment", metavar="ENV")
@click.argument("kind", metavar="[KIND]", required=False)
@click.option("--action", "actions", multiple=True, metavar="NAME", help="Only calls of this; * is a wildcard.")
@click.option("--count", type=int, help="How often it strikes; by default for ever.")
@click.option("--probability", type=float, default=1.0, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Decides which calls are struck.")
@click.option("--seconds", type=float, default=0.0, help="How late, how long ago, or how far ahead.")
@click.option("--clear", is_flag=True, help="Take all faults away first.")
@click.option("--list", "listed", is_flag=True, help="Show the faults that are set.")
@format_option
def fault(*, environment: str, kind: str | None, clear: bool, listed: bool, form: str, **options: Any) -> None:
    """Set a fault of one of the kinds below, show the faults, or take them away.

    \b
    Example:
      provisioner console fault dev rate --action "Describe*" --count 2
    """
    if kind is None and not clear and not listed:
        raise UsageError("nothing to do", fix="Name a kind of fault, or pass --list or --clear.")
    new = None if kind is None else Fault(kind, **options)
    with _opened(environment) as (_, _, state):
        if clear:
            state.faults.clear()
        if new is not None:
            state.faults.add(new)
        standing = state.faults.all()
    if form == "json":
        print_json(simulator.faults_document(standing))
    else:
        click.echo(simulator.render_faults(standing), nl=False)


command.add_command(learn)
command.add_command(scrub)


@contextmanager
def _opened(address: str) -> Iterator[tuple[Environment, Path, ConsoleState]]:
    """The environment that `address` begins with, the project's folder, and the state of its console."""
    workspace = Workspace.containing(Path.cwd())
    environment, _ = find(workspace, address.partition("/")[0])
    with state_file.open_state(workspace.root, environment) as state:
        yield environment, workspace.root, state


def _app(state: ConsoleState, environment: Environment, address: str) -> int:
    name = address.partition("/")[2]
    if not name:
        raise _no_app(address)
    return state_file.sdk_app_id(state, environment, name)


def _no_app(address: str) -> UsageError:
    return UsageError(f"{address} is an environment: this is about one application", fix="Write ENV/APP.")
