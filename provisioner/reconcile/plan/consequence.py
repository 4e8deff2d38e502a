"""What a change does to recordings, and what the console does now. Which field does what: `recording/effects.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from provisioner.console.port import Observed, Unreadable
from provisioner.reconcile.plan.diff import Difference
from provisioner.recording import consequences as known
from provisioner.recording import present as states
from provisioner.recording.application import Application
from provisioner.recording.consequences import Consequence
from provisioner.recording.effects import Changed, ChangeEffect, effects
from provisioner.recording.field import Mode
from provisioner.recording.fields import SETTINGS, find
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, text
from provisioner.specs.rules import observed as rules

_ENABLED = "/recording/enabled"
_MODE = "/recording/mode"
_FEW = 4
"""Fields that a sentence names; there may be dozens."""


def consequences(application: Application, observed: Observed, differences: Sequence[Difference]) -> list[Finding]:
    """What the console shows of one application, and what carrying out its differences does, highest severity first."""
    changed = {difference.path: difference for difference in differences}
    findings = [*_standing(application, observed), *_switching(application, observed, changed)]
    by_template = application.automatic and _automatic(observed)
    findings += _of_settings(application, [one for one in differences if by_template or _apart(one.path)])
    return _by_severity(findings)


def of_contract(application: Application, base: Application | None) -> list[Finding]:
    """What the change of a contract in manual mode does: no console has it, whoever records by it does."""
    if base is None or not (_manual(application) and _manual(base)):
        return []
    paths = dict.fromkeys((*base.values, *application.values))
    moved = [Difference(path, base.value(path), application.value(path)) for path in paths]
    told = (f"{SETTINGS}/", "/recording/manual/")
    return _by_severity(
        _of_settings(application, [one for one in moved if one.path.startswith(told) and one.before != one.after])
    )


def present(
    application: Application, wanted: Mapping[str, Value], observed: Observed, differences: Sequence[Difference]
) -> list[Finding]:
    """What the console does now that `wanted` does not say, highest severity first.

    `wanted` is the application's spec, or what the base had for it; `differences` are those of the console from it. Of
    what is not recorded at all, or must not be, the settings are no news.
    """
    differ = {one.path for one in differences}
    if differ & {_ENABLED, _MODE}:
        apart = [one for one in differences if _apart(one.path)]
        return _by_severity(
            [_of_switches(application, wanted, observed, differ), *_of_state(application, wanted, apart)]
        )
    return _by_severity(_of_state(application, wanted, differences))


def _of_switches(app: Application, wanted: Mapping[str, Value], observed: Observed, differ: Collection[str]) -> Finding:
    mode = observed.fields.get(_MODE)
    if _ENABLED in differ:
        if wanted.get(_ENABLED) is True:
            return _now(states.NOT_RECORDING, app, _ENABLED, "switched-off")
        unwanted = mode == "auto"
        what, case = (states.RECORDING_UNWANTED, "off") if unwanted else (states.SWITCHED_ON, "on")
        return _now(what, app, _ENABLED, case)
    shown = "nothing" if mode is None or isinstance(mode, Unreadable) else text(mode)
    if wanted.get(_MODE) == "auto":
        return _now(states.NOT_RECORDING, app, _MODE, "manual", shown=shown)
    if mode == "auto":
        return _now(states.RECORDING_UNWANTED, app, _MODE, "manual")
    changes = f"recording.mode {shown}, specified {_value(_MODE, wanted.get(_MODE))}"
    return _now(states.DIFFERS, app, _MODE, "now", changes=changes)


def _apart(path: str) -> bool:
    """Whether a field holds whatever recordings are made by: it is none of the template's."""
    return not path.startswith("/recording/")


def _manual(app: Application) -> bool:
    return app.records and app.mode == Mode.MANUAL.value


def _by_severity(findings: Iterable[Finding]) -> list[Finding]:
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
            yield _does(known.STOP_RECORDING, app, _ENABLED, "switched-off")
    elif recorded_automatically and app.mode == "manual" and _MODE in changed:
        yield _does(known.STOP_RECORDING, app, _MODE, "removed" if app.removed else "manual")
    if app.records and _ENABLED in changed and observed.generation != "old":
        yield _does(known.ENABLED_FOR_GOOD, app, _ENABLED, "enabled")
    if app.automatic and not recorded_automatically and changed.keys() & {_ENABLED, _MODE}:
        yield _does(known.START_RECORDING, app, _MODE, "auto")


def _automatic(observed: Observed) -> bool:
    """Whether rooms are recorded by the template that the console has; also where it does not show it."""
    enabled, mode = (observed.fields.get(path) for path in (_ENABLED, _MODE))
    return (enabled is True or isinstance(enabled, Unreadable)) and (mode == "auto" or isinstance(mode, Unreadable))


def _of_settings(app: Application, differences: Sequence[Difference]) -> Iterator[Finding]:
    changed = [Changed(one.path, one.before, one.after) for one in differences]
    for what, fields in _grouped(changed, app.values, lambda effect: effect.does):
        first = fields[0]
        told = [f"{_value(one.path, one.before)} -> {_value(one.path, one.after)}" for one in fields]
        values = {"before": _text(first.before), "after": _text(first.after), **_named(fields, told)}
        yield _does(what, app, first.path, next(iter(what.sentences)), **values)


def _of_state(app: Application, wanted: Mapping[str, Value], differences: Sequence[Difference]) -> Iterator[Finding]:
    """The same, of the change that somebody made in the console: from what is wanted to what is shown."""
    changed = [Changed(one.path, one.after, one.before) for one in differences]
    for what, fields in _grouped(changed, wanted, lambda effect: effect.now or states.DIFFERS):
        first = fields[0]
        told = [f"{_value(one.path, one.after)}, specified {_value(one.path, one.before)}" for one in fields]
        yield _now(what, app, first.path, "now", shown=_text(first.after), **_named(fields, told))


def _grouped(
    changed: Sequence[Changed], spec: Mapping[str, Value], pick: Callable[[ChangeEffect], Consequence | None]
) -> Iterator[tuple[Consequence, list[Changed]]]:
    """Each consequence with the fields that have it; whether a call is recorded at all is told elsewhere."""
    expected = spec.get("/recording/expectedParticipants")
    settings = [one for one in changed if one.path not in (_ENABLED, _MODE)]
    found: dict[str, tuple[Consequence, list[Changed]]] = {}
    for effect, one in effects(settings, expected if isinstance(expected, int) else None):
        if what := pick(effect):
            found.setdefault(what.id, (what, []))[1].append(one)
    yield from found.values()


def _named(fields: Sequence[Changed], values: Sequence[str]) -> dict[str, str]:
    """Fields with their values, and without."""
    names = [short(one.path) for one in fields]
    told = [f"{name} {value}" for name, value in zip(names, values, strict=True)]
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    parted = "; " if any("," in one for one in told) else ", "
    return {"changes": parted.join(told[:_FEW]) + more, "names": ", ".join(names[:_FEW]) + more}


def _value(path: str, value: Value | None) -> str:
    """As spec text; what a secret is called is none of a sentence's."""
    field = find(path)
    if value is None:
        return "(not set)"
    return "(hidden)" if field is None or field.secret else text(value)


def _text(value: Value | None) -> str:
    return "nothing" if value is None else text(value)


def _does(what: Consequence, app: Application, path: str, case: str, **values: str) -> Finding:
    return rules.CONSEQUENCES[what.id].finding(app, path, what.says(case, **values))


def _now(what: Consequence, app: Application, path: str, case: str, **values: str) -> Finding:
    return rules.PRESENT[what.id].finding(app, path, what.says(case, **values))
