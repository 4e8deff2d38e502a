"""What a change does to people and recordings, in words; the gravest decides what it takes to apply it.

The rules behind each finding - id, severity, fact - stand in the registry (`specs/rules/observed.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provisioner.console.port import Observed, Unreadable
from provisioner.reconcile.plan.diff import Difference
from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import text
from provisioner.specs.rules import observed as rules

STOP_RECORDING = rules.STOP_RECORDING.id
MAX_CHANGES = rules.MAX_CHANGES.id

_ENABLED = "/recording/enabled"
_MODE = "/recording/mode"
_SOON = "Rooms created after about 5 to 10 minutes"


def consequences(application: Application, observed: Observed, differences: Sequence[Difference]) -> list[Finding]:
    """Findings about one application and its differences, gravest first."""
    changed = {difference.path: difference for difference in differences}
    findings = [
        *_standing(application, observed),
        *_switching(application, observed, changed),
        *_shrinking(application, changed),
    ]
    order = list(Severity)
    return sorted(findings, key=lambda finding: (order.index(finding.severity), finding.id))


def _standing(app: Application, observed: Observed) -> Iterator[Finding]:
    """What the console shows of the application itself, whatever is to change."""
    if observed.generation == "old":
        message = (
            "This application has old-type recording. Changing its relay domain turns that into new-type recording, "
            "without a question and for good."
        )
        yield rules.OLD_GENERATION.finding(app, "/sdkAppId", message)
    shown = [value for path, value in observed.fields.items() if path.startswith(SETTINGS + "/")]
    readable = [value for value in shown if not isinstance(value, Unreadable)]
    if app.automatic and readable and all(value is None for value in readable):
        message = (
            "The console holds no template for this application yet; it is written before automatic mode is chosen."
        )
        yield rules.TEMPLATE_MISSING.finding(app, _MODE, message)


def _switching(app: Application, observed: Observed, changed: Mapping[str, Difference]) -> Iterator[Finding]:
    recorded = observed.fields.get(_ENABLED) is True
    recorded_automatically = recorded and observed.fields.get(_MODE) == "auto"
    if not app.records and _ENABLED in changed:
        if observed.generation != "old":
            message = "New-type recording cannot be switched off again; keep enabled: true and choose mode: manual."
            yield rules.CANNOT_SWITCH_OFF.finding(app, _ENABLED, message)
        else:
            message = f"{_SOON} will not be recorded; what was not recorded cannot be recovered."
            yield rules.STOP_RECORDING.finding(app, _ENABLED, message)
    elif recorded_automatically and app.mode == "manual" and _MODE in changed:
        message = (
            f"{_SOON} will no longer be recorded automatically, only where the backend starts a recording; "
            "what was not recorded cannot be recovered."
        )
        yield rules.STOP_RECORDING.finding(app, _MODE, message)
    if app.records and _ENABLED in changed and observed.generation != "old":
        message = "Recording of the new type cannot be switched off again once it is on; its mode can be changed."
        yield rules.ENABLED_FOR_GOOD.finding(app, _ENABLED, message)
    if app.automatic and not recorded_automatically and changed.keys() & {_ENABLED, _MODE}:
        message = f"{_SOON} will be recorded, every one of them: this costs money and concerns whoever is in them."
        yield rules.START_RECORDING.finding(app, _MODE, message)


def _shrinking(app: Application, changed: Mapping[str, Difference]) -> Iterator[Finding]:
    idle = changed.get(f"{SETTINGS}/maxIdleTime")
    if idle and _shorter(idle):
        message = f"A room that everybody left ends its file after {_text(idle.after)} (was {_text(idle.before)})."
        yield rules.SHORTER_IDLE_TIME.finding(app, idle.path, message)
    retention = changed.get(f"{SETTINGS}/storage/vod/retention")
    if retention and _shorter(retention):
        message = f"New files are deleted after {_text(retention.after)} (was {_text(retention.before)})."
        yield rules.SHORTER_RETENTION.finding(app, retention.path, message)
    for path in (f"{SETTINGS}/storage/vendor", f"{SETTINGS}/storage/vod/subAppId"):
        moved = changed.get(path)
        if moved and moved.before is not None:
            message = f"New files go to {_text(moved.after)}, no longer to {_text(moved.before)}."
            yield rules.STORAGE_MOVED.finding(app, path, message)
            break


def _shorter(difference: Difference) -> bool:
    before, after = difference.before, difference.after
    return isinstance(before, Quantity) and isinstance(after, Quantity) and after < before


def _text(value: object) -> str:
    return text(value) if isinstance(value, (bool, int, str, Quantity, tuple)) else "nothing"
