"""What the journal knows of each application's spec as it was last applied: whether removing it stops its recording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.apply.journal import UNREADABLE, JournalEntry
from provisioner.reconcile.plan.plan import ApplicationPlan, Plan
from provisioner.reconcile.plan.removal import STOP_AUTO, Managed
from provisioner.recording.application import Application


def last_applied(entries: Iterable[JournalEntry], environment: str, console: str) -> dict[int, Managed]:
    """The applications whose removal stops them, by SDKAppId. What entries do not say is `retain`.

    Runs of another environment that keeps its journal in the same place, and those on another `console` (its label),
    say nothing about this one. Raises ProvisionerError where an entry cannot be read: it may be the one that says
    `retain`.
    """
    found: dict[int, Managed] = {}
    ours = ""
    for entry in entries:
        try:
            if entry.event == UNREADABLE:
                raise ValueError
            if entry.event == "begin":
                ours = entry.run if _here(entry.details, environment, console) else ""
            if entry.run != ours:
                continue
            if entry.event == "applied":
                _put(found, entry.details["sdkAppId"], entry.details)
            elif entry.event in ("equal", "released"):
                stopping = entry.details.get("stopAuto", {})
                for sdk_app_id in entry.details["sdkAppIds"]:
                    _put(found, sdk_app_id, {"onRemove": None} | stopping.get(str(sdk_app_id), {}))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ProvisionerError(f"an entry of the journal's run {entry.run} cannot be read") from None
    return found


def _here(begin: Mapping[str, Any], environment: str, console: str) -> bool:
    return begin.get("environment") == environment and begin.get("console") == console


def _put(found: dict[int, Managed], sdk_app_id: Any, says: Mapping[str, Any]) -> None:
    if not isinstance(sdk_app_id, int):
        raise TypeError
    found.pop(sdk_app_id, None)
    if says.get("onRemove") == STOP_AUTO:
        found[sdk_app_id] = Managed(str(says["name"]), sdk_app_id, str(says.get("owner", "")), stops=True)


def on_record(app: Application) -> dict[str, str] | None:
    """What an `equal` entry says of an application that its removal stops; None of any other."""
    if app.value("/onRemove") != STOP_AUTO:
        return None
    return {"name": app.name, "owner": app.owner, "onRemove": STOP_AUTO}


def unrecorded(plan: Plan, last: Mapping[int, Managed]) -> bool:
    """Whether the journal does not yet say what holds of applications in which nothing is to be written."""
    return bool(plan.settled) or any(_differs(entry, last) for entry in plan.applications if entry.action == "none")


def _differs(entry: ApplicationPlan, last: Mapping[int, Managed]) -> bool:
    app, known = entry.application, last.get(entry.application.sdk_app_id)
    if app.value("/onRemove") != STOP_AUTO:
        return known is not None
    return known != Managed(app.name, app.sdk_app_id, app.owner, stops=True)
