"""What a change does to people and recordings, in words; the gravest decides what it takes to apply it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provisioner.console.port import Observed
from provisioner.reconcile.diff import Difference
from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.kinds import text
from provisioner.recording.quantities import Quantity

STOP_RECORDING = "stop-recording"

_ENABLED = "/recording/enabled"
_MODE = "/recording/mode"
_SOON = "Rooms created after about 5 to 10 minutes"


def consequences(application: Application, observed: Observed, differences: Sequence[Difference]) -> list[Finding]:
    """Findings about one application's differences, gravest first."""
    changed = {difference.path: difference for difference in differences}
    findings = [*_switching(application, observed, changed), *_shrinking(application, changed)]
    order = list(Severity)
    return sorted(findings, key=lambda finding: (order.index(finding.severity), finding.id))


def _switching(app: Application, observed: Observed, changed: Mapping[str, Difference]) -> Iterator[Finding]:
    recorded = observed.fields.get(_ENABLED) is True
    recorded_automatically = recorded and observed.fields.get(_MODE) == "auto"
    if not app.records and _ENABLED in changed:
        if observed.generation != "old":
            message = "New-type recording cannot be switched off again; keep enabled: true and choose mode: manual."
            yield _finding("cannot-switch-off", Severity.ERROR, message, app, _ENABLED)
        else:
            message = f"{_SOON} will not be recorded; what was not recorded cannot be recovered."
            yield _finding(STOP_RECORDING, Severity.HIGH, message, app, _ENABLED)
    elif recorded_automatically and app.mode == "manual" and _MODE in changed:
        message = (
            f"{_SOON} will no longer be recorded automatically, only where the backend starts a recording; "
            "what was not recorded cannot be recovered."
        )
        yield _finding(STOP_RECORDING, Severity.HIGH, message, app, _MODE)
    elif app.automatic and not recorded_automatically and changed.keys() & {_ENABLED, _MODE}:
        message = f"{_SOON} will be recorded, every one of them: this costs money and concerns whoever is in them."
        yield _finding("start-recording", Severity.MEDIUM, message, app, _MODE)
        if app.value("/recording/backendRecords") is True:
            message = "The backend records too: every call will have two files and two fees."
            yield _finding("double-recording", Severity.MEDIUM, message, app, "/recording/backendRecords")


def _shrinking(app: Application, changed: Mapping[str, Difference]) -> Iterator[Finding]:
    idle = changed.get(f"{SETTINGS}/maxIdleTime")
    if idle and _shorter(idle):
        message = f"A room that everybody left ends its file after {_text(idle.after)} (was {_text(idle.before)})."
        yield _finding("shorter-idle-time", Severity.MEDIUM, message, app, idle.path)
    retention = changed.get(f"{SETTINGS}/storage/vod/retention")
    if retention and _shorter(retention):
        message = f"New files are deleted after {_text(retention.after)} (was {_text(retention.before)})."
        yield _finding("shorter-retention", Severity.MEDIUM, message, app, retention.path)
    for path in (f"{SETTINGS}/storage/vendor", f"{SETTINGS}/storage/vod/subAppId"):
        moved = changed.get(path)
        if moved and moved.before is not None:
            message = f"New files go to {_text(moved.after)}, no longer to {_text(moved.before)}."
            yield _finding("storage-moved", Severity.MEDIUM, message, app, path)
            break


def _shorter(difference: Difference) -> bool:
    before, after = difference.before, difference.after
    if not isinstance(before, Quantity) or not isinstance(after, Quantity):
        return False
    longest = float("inf")
    return (longest if after.amount is None else after.amount) < (longest if before.amount is None else before.amount)


def _text(value: object) -> str:
    return text(value) if isinstance(value, (bool, int, str, Quantity, tuple)) else "nothing"


def _finding(name: str, severity: Severity, message: str, app: Application, path: str) -> Finding:
    return Finding(name, severity, message, app.origin(path), app.name, path)
