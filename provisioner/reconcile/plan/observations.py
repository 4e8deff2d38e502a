"""Asking a console about many applications: several at a time, and told how far that has come."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from provisioner.console.port import NO_SUCH_APPLICATION, Console, ConsoleError, Observed
from provisioner.foundation import progress
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.application import Application

_READERS = 8


@contextmanager
def observations(console: Console, chosen: Sequence[Application]) -> Iterator[Generator[Observed, None, None]]:
    """What the console shows of each, in order. After an error or Ctrl-C nothing more is asked.

    Raises ConsoleError, and ProvisionerError for all that the account turns out to lack.
    """
    rate = console.capabilities().calls_per_second
    with ThreadPoolExecutor(_READERS) as pool, progress.task("Reading", len(chosen), rate) as task:
        asked = [(app, pool.submit(console.read, app.sdk_app_id)) for app in chosen]
        try:
            yield _answers(asked, task)
        finally:
            for _, answer in asked:
                answer.cancel()


def _answers(
    asked: Sequence[tuple[Application, Future[Observed]]], task: progress.ProgressTask
) -> Generator[Observed, None, None]:
    missing: list[Application] = []
    for app, answer in asked:
        progress.check_interrupted()
        try:
            observed = answer.result()
        except ConsoleError as error:
            if error.code != NO_SUCH_APPLICATION:
                raise
            missing.append(app)
        else:
            if not missing:
                yield observed
        task.step()
    if missing:
        raise not_in_account(missing)


def not_in_account(missing: Sequence[Application]) -> ProvisionerError:
    """What is told of applications that the account does not have."""
    reasons = (
        f"{app.origin('/sdkAppId')}: {app.name}: no SDKAppId {app.sdk_app_id} in this account" for app in missing
    )
    advice = "Check sdkAppId, or create the application in the TRTC console first."
    return ProvisionerError("\n".join(reasons), fix=advice)
