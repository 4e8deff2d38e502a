"""Setting webhooks of calls where people change everything else: the one thing there that has an API.

Each is read, written and read back. The journal keeps it as `webhook`, which says nothing of the rest of the
application: that is what people confirm.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.console.port import AmbiguousWriteError, Console
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.apply.journal import Run
from provisioner.reconcile.plan.diff import change, diff
from provisioner.reconcile.plan.plan import ApplicationPlan, Plan, desired_values


def set_webhooks(plan: Plan, console: Console, run: Run) -> Iterator[tuple[str, ProvisionerError | None]]:
    """Carry out a plan of webhooks alone; answers each application's name, and why it failed. A rerun goes on."""
    for entry in plan.applications:
        if not entry.differences:
            continue
        try:
            _set(entry, console, run)
        except ProvisionerError as error:
            yield entry.application.name, error
        else:
            yield entry.application.name, None


def _set(entry: ApplicationPlan, console: Console, run: Run) -> None:
    app = entry.application
    desired = desired_values(app)
    found = diff(desired, console.read(app.sdk_app_id))
    if not found.differences:
        return
    run.record("webhook", name=app.name, sdkAppId=app.sdk_app_id, url=str(desired["/calls/webhook/url"]))
    lost: AmbiguousWriteError | None = None
    try:
        console.write(app.sdk_app_id, change(desired, found))
    except AmbiguousWriteError as error:
        lost = error  # whether it took effect is seen by reading back
    if diff(desired, console.read(app.sdk_app_id)).differences:
        raise lost or ProvisionerError(
            f"SDKAppId {app.sdk_app_id} diverged: the call service accepted the webhook but shows another one",
            fix="Somebody else may be writing; run plan again and look.",
        )
