"""When a change has which consequence; what each is called and says stands in `recording/consequences.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provisioner.console.port import Observed, Unreadable
from provisioner.reconcile.plan.diff import Difference
from provisioner.recording import consequences as known
from provisioner.recording.application import Application
from provisioner.recording.consequences import Consequence
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import text
from provisioner.specs.rules import observed as rules

_ENABLED = "/recording/enabled"
_MODE = "/recording/mode"


def consequences(application: Application, observed: Observed, differences: Sequence[Difference]) -> list[Finding]:
    """Findings about one application and its differences, highest risk first."""
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
            yield _finding(known.STOP_RECORDING, app, _ENABLED, "switched-off")
    elif recorded_automatically and app.mode == "manual" and _MODE in changed:
        yield _finding(known.STOP_RECORDING, app, _MODE, "removed" if app.removed else "manual")
    if app.records and _ENABLED in changed and observed.generation != "old":
        yield _finding(known.ENABLED_FOR_GOOD, app, _ENABLED, "enabled")
    if app.automatic and not recorded_automatically and changed.keys() & {_ENABLED, _MODE}:
        yield _finding(known.START_RECORDING, app, _MODE, "auto")


def _shrinking(app: Application, changed: Mapping[str, Difference]) -> Iterator[Finding]:
    idle = changed.get(f"{SETTINGS}/maxIdleTime")
    if idle and _shorter(idle):
        yield _of_change(known.SHORTER_IDLE_TIME, app, idle, "shorter")
    retention = changed.get(f"{SETTINGS}/storage/vod/retention")
    if retention and _shorter(retention):
        yield _of_change(known.SHORTER_RETENTION, app, retention, "shorter")
    for path in (f"{SETTINGS}/storage/vendor", f"{SETTINGS}/storage/vod/subAppId"):
        moved = changed.get(path)
        if moved and moved.before is not None:
            yield _of_change(known.STORAGE_MOVED, app, moved, "moved")
            break


def _of_change(what: Consequence, app: Application, difference: Difference, case: str) -> Finding:
    values = {"before": _text(difference.before), "after": _text(difference.after)}
    return _finding(what, app, difference.path, case, **values)


def _finding(what: Consequence, app: Application, path: str, case: str, **values: str) -> Finding:
    return rules.CONSEQUENCES[what.id].finding(app, path, what.says(case, **values))


def _shorter(difference: Difference) -> bool:
    before, after = difference.before, difference.after
    return isinstance(before, Quantity) and isinstance(after, Quantity) and after < before


def _text(value: object) -> str:
    return text(value) if isinstance(value, (bool, int, str, Quantity, tuple)) else "nothing"
