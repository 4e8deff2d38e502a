"""Carrying out a plan: for each application read, check, write, read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from provisioner.console.port import AmbiguousWriteError, Console, Observed
from provisioner.foundation.clock import Clock
from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.reconcile.diff import Diff, change, diff
from provisioner.reconcile.plan import ApplicationPlan, Plan, desired_values
from provisioner.recording.kinds import Value
from provisioner.recording.limits import EFFECT_WINDOW


@dataclass(frozen=True, slots=True)
class Applied:
    """One application reads back as wanted. What was written holds for rooms created after `effective_after`.

    None stands for nothing to write.
    """

    sdk_app_id: int
    observed: Observed
    effective_after: datetime | None


def apply_application(
    console: Console,
    sdk_app_id: int,
    desired: Mapping[str, Value],
    reviewed: Callable[[Diff, Observed], None],
    clock: Clock,
) -> Applied:
    """The one way anything is written. `reviewed` raises where the live diff is not the one that was looked at.

    Raises ConflictError before the write, ConsoleError where the console refuses, ProvisionerError where it
    reads back something else.
    """
    observed = console.read(sdk_app_id)
    found = diff(desired, observed)
    reviewed(found, observed)
    if not found.differences:
        return Applied(sdk_app_id, observed, None)
    lost: ProvisionerError | None = None
    for _ in range(_ROUNDS):
        try:
            console.write(sdk_app_id, change(desired, found))
            lost = None
        except AmbiguousWriteError as error:
            lost = error  # whether it took effect is seen by reading back; what still differs is written again
        observed = console.read(sdk_app_id)
        found = diff(desired, observed)
        if lost is None or not found.differences:
            break
    if found.differences:
        raise lost or _diverged(sdk_app_id, found)
    return Applied(sdk_app_id, observed, clock() + EFFECT_WINDOW)


_ROUNDS = 3
"""How often an application is written when the answers to its writes are lost."""


def _diverged(sdk_app_id: int, found: Diff) -> ProvisionerError:
    fields = ", ".join(difference.path for difference in found.differences)
    return ProvisionerError(
        f"SDKAppId {sdk_app_id} diverged: the console accepted the change but shows other values at {fields}",
        fix="Somebody else may be writing; run plan again and look.",
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one application of a plan: `applied`, or the error that kept it from that."""

    plan: ApplicationPlan
    applied: Applied | None
    error: ProvisionerError | None


def apply_plan(plan: Plan, console: Console, clock: Clock) -> Iterator[Outcome]:
    """Carry out every change, one application after another; a failure does not stop the others."""
    for entry in plan.applications:
        if entry.action == "change":
            yield _carry_out(entry, console, clock)


def _carry_out(entry: ApplicationPlan, console: Console, clock: Clock) -> Outcome:
    def as_planned(found: Diff, _: Observed) -> None:
        if found.differences != entry.differences:
            raise ConflictError(
                f"{entry.application.name}: the console changed since the plan was made; nothing was written",
                fix="Run plan again and review what differs now.",
            )

    try:
        desired = desired_values(entry.application)
        return Outcome(
            entry, apply_application(console, entry.application.sdk_app_id, desired, as_planned, clock), None
        )
    except ProvisionerError as error:
        return Outcome(entry, None, error)
