"""`provisioner watch`: looks at consoles all the time, and tells at once when one no longer is as specified."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from provisioner.cli.address import check_environment
from provisioner.cli.output_file import metrics_option, write_output
from provisioner.cli.watching import Channels, Pushed, Watched, issue_channel, webhook_channel
from provisioner.console.audit.audit_event import AuditEvent
from provisioner.forge.registry import FORGES
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import UsageError
from provisioner.foundation.secret_refs import resolve
from provisioner.foundation.webhook import Webhook
from provisioner.specs.workspace import Workspace


@click.command("watch")
@click.argument("environments", metavar="ENV...", nargs=-1, required=True)
@click.option(
    "--every", type=click.IntRange(5, 3600), default=20, show_default=True, help="Seconds from one look to the next."
)
@click.option("--once", is_flag=True, help="One look, then exit: 2 where something differs, 4 not verifiable.")
@click.option("--post", type=click.Choice(list(FORGES)), help="Keep one issue an environment while it differs.")
@click.option("--webhook", "url", metavar="URL", help="Send a signed CloudEvent here when drift begins, changes, ends.")
@click.option("--webhook-key-ref", metavar="REF", help="The key that signs it: env:NAME or file:PATH.")
@click.option("--listen", metavar="HOST:PORT", help="Take CloudAudit's CloudEvents, as EventBridge delivers them.")
@metrics_option
@click.option("--token-ref", metavar="REF", help="The bearer token that they must carry: env:NAME or file:PATH.")
def command(
    *,
    environments: tuple[str, ...],
    every: int,
    once: bool,
    post: str | None,
    url: str | None,
    webhook_key_ref: str | None,
    listen: str | None,
    token_ref: str | None,
    metrics: Path | None,
) -> int:
    """Look at consoles until Ctrl-C or SIGTERM, and tell once when one begins to differ from its specs, differs
    otherwise, or agrees again: who changed it, when and from where, by CloudAudit.

    A look reads what CloudAudit names since the last full look, and everything once a day and whenever CloudAudit
    cannot tell (as drift --since-audit). With --listen a click is heard when EventBridge delivers it. With --metrics
    the first look reads everything, and each look writes the gauges that drift --metrics writes.

    \b
    Examples:
      provisioner watch dev --once
      provisioner watch dev prod --once --every 30
    """
    workspace = Workspace.containing(Path.cwd())
    for name in environments:
        check_environment(workspace, name)
    if bool(url) != bool(webhook_key_ref) or bool(listen) != bool(token_ref):
        raise UsageError(
            "an address and a reference go together",
            fix="Write --webhook URL --webhook-key-ref REF, and --listen HOST:PORT --token-ref REF.",
        )
    channels: Channels = {}
    if post:
        channels["issue"] = issue_channel(post)
    if url and webhook_key_ref:
        webhook = Webhook(url, resolve(webhook_key_ref, workspace.root), system_clock)
        channels["webhook"] = webhook_channel(webhook, system_clock)
    pushed, stop = Pushed(), threading.Event()
    watched = [Watched(name, channels, pushed, metrics is not None) for name in dict.fromkeys(environments)]
    with _heard(listen, token_ref, workspace.root, pushed):
        return _once(watched, metrics) if once else _until(stop, watched, pushed, every, metrics)


def _once(watched: Sequence[Watched], metrics: Path | None) -> int:
    codes = [one.look() for one in watched]
    _measure(watched, metrics)
    return next((code for code in (1, 2, 4) if code in codes), 0)


def _measure(watched: Sequence[Watched], metrics: Path | None) -> None:
    if metrics:
        from provisioner.report.metrics.health_metrics import drift_metrics

        views = [one.latest for one in watched if one.latest]
        write_output(metrics, drift_metrics(views, [one.name for one in watched], system_clock()))


def _until(stop: threading.Event, watched: Sequence[Watched], pushed: Pushed, every: int, metrics: Path | None) -> int:
    """Look until a signal comes. What fails is said, and tried again at the next look."""

    def end(*_: object) -> None:
        stop.set()
        pushed.wake.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    click.echo(f"Watching {', '.join(one.name for one in watched)}, every {every} s.", err=True)
    while not stop.is_set():
        began = system_clock()
        pushed.wake.clear()
        for one in watched:
            if not stop.is_set():
                one.look()
        _measure(watched, metrics)
        left = timedelta(seconds=every) - (system_clock() - began)
        pushed.wake.wait(max(left.total_seconds(), 1))
    return 0


@contextmanager
def _heard(listen: str | None, token_ref: str | None, root: Path, pushed: Pushed) -> Iterator[None]:
    if listen is None or token_ref is None:
        yield
        return
    from provisioner.console.audit.receiver import receiving  # the server loads long

    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--listen takes HOST:PORT, not {listen[:80]!r}")

    def heard(events: Sequence[AuditEvent]) -> None:
        # Without a time an entry would count as new for ever.
        pushed.add(event if event.at else replace(event, at=system_clock()) for event in events)

    with receiving(host.strip("[]"), int(port), resolve(token_ref, root), heard) as address:
        click.echo(f"CloudEvents are taken at http://{address}/", err=True)
        yield
