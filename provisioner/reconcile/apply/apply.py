"""Carrying out a plan: for each application read, check, write, read back; under a lock, into a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from provisioner.console.port import AmbiguousWriteError, Console, Observed
from provisioner.foundation import progress
from provisioner.foundation.clock import Clock, timestamp
from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.reconcile.apply.journal import Run
from provisioner.reconcile.apply.lock import whoami
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.plan.diff import Diff, Difference, change, diff
from provisioner.reconcile.plan.plan import ApplicationPlan, Plan, desired_values
from provisioner.reconcile.plan.promotable_digest import moving_digest
from provisioner.reconcile.plan.removal import STOP_AUTO, only_stops
from provisioner.recording.application import Application
from provisioner.recording.limits import EFFECT_WINDOW
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, canonical

_ROUNDS = 3
"""How often an application is written when the answers to its writes are lost."""

_WRITERS = 8
"""Applications written at the same time; the client keeps them within the service's rate."""

_NAMED = 4
"""Fields that an error names; there may be dozens."""

Reviewed = Callable[[Diff, Observed], None]
"""Raises where the live diff is not the one that was looked at."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One application reads back as wanted. What was written takes effect for rooms created after `effective_after`.

    None stands for nothing to write.
    """

    sdk_app_id: int
    observed: Observed
    effective_after: datetime | None


@contextmanager
def applying(state: EnvironmentState, console: Console, *, engine: str, plan: str = "") -> Iterator[Applier]:
    """Hold the environment's lock and open a run of its journal. `plan` is a sealed plan's digest.

    Raises ConflictError where somebody else writes, ProvisionerError where there can be no journal.
    """
    with state.locked(engine) as guard:
        run = state.journal.begin(
            guard, who=whoami(), engine=engine, environment=state.environment, console=console.label, plan=plan
        )
        try:
            yield Applier(console, run, state.clock)
            run.record("end")
        finally:
            run.close()


class Applier:
    """The one thing that writes to a console. Safe to use from several threads."""

    def __init__(self, console: Console, run: Run, clock: Clock) -> None:
        self._console = console
        self._run = run
        self._clock = clock

    @property
    def applications_per_second(self) -> float | None:
        """As fast as the console lets applications be written: each is read before and after."""
        rate = self._console.capabilities().calls_per_second
        return rate / 2 if rate else None

    def note_equal(self, applications: Iterable[Application]) -> None:
        """Put on record which applications were found to be as wanted, and which of them their removal stops."""
        self._note_equal({app.sdk_app_id: (app.name, app.values) for app in applications})

    def _note_equal(self, wanted: Mapping[int, tuple[str, Mapping[str, Value]]]) -> None:
        stopping = {
            str(number): {"name": name, **_on_removal(desired)}
            for number, (name, desired) in sorted(wanted.items())
            if desired.get("/onRemove") == STOP_AUTO
        }
        self._run.record("equal", sdkAppIds=sorted(wanted), stopAuto=stopping)

    def note_released(self, sdk_app_ids: Iterable[int]) -> None:
        """Put on record which removed applications have nothing that could be stopped: they are forgotten."""
        if released := sorted(sdk_app_ids):
            self._run.record("released", sdkAppIds=released)

    def apply(self, name: str, sdk_app_id: int, desired: Mapping[str, Value], reviewed: Reviewed) -> Applied:
        """Bring one application to `desired`.

        Raises ConflictError before the write, ConsoleError where the console refuses, ProvisionerError where it
        reads back something else.
        """
        observed = self._console.read(sdk_app_id)
        found = diff(desired, observed)
        reviewed(found, observed)
        if not found.differences:
            self._note_equal({sdk_app_id: (name, desired)})  # what it says of its removal may be another now
            return Applied(sdk_app_id, observed, None)
        whose = {"name": name, "sdkAppId": sdk_app_id}
        self._run.record("write", **whose, changes=[_change(difference) for difference in found.differences])
        try:
            observed, requests = self._write(sdk_app_id, desired, found)
        except ProvisionerError as error:
            with suppress(ProvisionerError):  # a journal that fails as well must not hide why the write did
                self._run.record("failed", **whose, reason=error.what)
            raise
        effective_after = self._clock() + EFFECT_WINDOW
        done = {
            "requests": requests,
            "effectiveAfter": timestamp(effective_after),
            "digest": moving_digest(desired),
        }
        try:
            self._run.record("applied", **whose, **done, **_on_removal(desired))
        except ProvisionerError as error:
            raise ProvisionerError(
                f"was written and reads back as wanted, which could not be recorded: {error}"
            ) from error
        return Applied(sdk_app_id, observed, effective_after)

    def _write(self, sdk_app_id: int, desired: Mapping[str, Value], found: Diff) -> tuple[Observed, list[str]]:
        requests: list[str] = []
        lost: ProvisionerError | None = None
        for _ in range(_ROUNDS):
            try:
                receipt = self._console.write(sdk_app_id, change(desired, found))
                requests += [f"{action} {request}" for action, request in receipt.calls]
                lost = None
            except AmbiguousWriteError as error:
                lost = error  # whether it took effect is seen by reading back; what still differs is written again
            observed = self._console.read(sdk_app_id)
            found = diff(desired, observed)
            if not found.differences:
                return observed, requests
            if lost is None:
                break
        raise lost or _diverged(sdk_app_id, found)


def _diverged(sdk_app_id: int, found: Diff) -> ProvisionerError:
    paths = [short(difference.path) for difference in found.differences]
    fields = ", ".join(paths[:_NAMED]) + (f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else "")
    return ProvisionerError(
        f"SDKAppId {sdk_app_id} diverged: the console accepted the change but shows other values at {fields}",
        fix="Somebody else may be writing; run plan again and look.",
    )


def _change(difference: Difference) -> dict[str, object]:
    before, after = (None if value is None else canonical(value) for value in (difference.before, difference.after))
    return {"path": difference.path, "before": before, "after": after}


def _on_removal(desired: Mapping[str, Value]) -> dict[str, object]:
    """What the journal keeps of a spec for the day on which it is gone."""
    return {"owner": str(desired.get("/owner", "")), "onRemove": str(desired.get("/onRemove", "retain"))}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one application of a plan: `applied`, or the error that kept it from that."""

    plan: ApplicationPlan
    applied: Applied | None
    error: ProvisionerError | None


class StoppedError(ProvisionerError):
    """Somebody stopped the run before this application's turn; nothing of it was written."""


def apply_plan(plan: Plan, applier: Applier) -> Iterator[Outcome]:
    """Carry out every change, several at a time; a failure does not stop the others.

    Ctrl-C finishes what is in flight and answers the rest as not done.
    """
    pending = [entry for entry in plan.applications if entry.action == "change"]
    pace = applier.applications_per_second
    with ThreadPoolExecutor(_WRITERS) as pool, progress.task("Applying", len(pending), pace) as task:
        running: dict[Future[Outcome], ApplicationPlan] = {
            pool.submit(_carry_out, entry, applier): entry for entry in pending
        }
        while running:
            try:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt:
                done = {future for future in running if future.cancel()}
            for future in done:
                entry = running.pop(future)
                task.step()
                yield _not_done(entry) if future.cancelled() else future.result()


def _not_done(entry: ApplicationPlan) -> Outcome:
    name = entry.application.name
    return Outcome(entry, None, StoppedError(f"{name}: not done, the run was stopped", fix="Run apply again."))


def _carry_out(entry: ApplicationPlan, applier: Applier) -> Outcome:
    app = entry.application

    def as_planned(found: Diff, observed: Observed) -> None:
        if app.removed:
            only_stops(found, observed)
        if found.differences != entry.differences:
            raise ConflictError(
                f"{app.name}: the console changed since the plan was made; nothing was written",
                fix="Run plan again and review what differs now.",
            )

    try:
        return Outcome(entry, applier.apply(app.name, app.sdk_app_id, desired_values(app), as_planned), None)
    except ProvisionerError as error:
        return Outcome(entry, None, error)
